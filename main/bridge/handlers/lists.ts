import type { ListState } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import type { InstallationRow, UserRow } from '../../directory/rows.ts';
import { hasLists, profileOf } from '../../providers/catalogue.ts';
import { isUnusual } from '../../providers/installation-state.ts';
import { isSandbox } from '../connection-info.ts';
import type { Handlers } from '../dispatcher.ts';
import { filterOf } from '../list-filters.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `lists.${'sync' | 'states' | 'installations' | 'users' | 'installation' | 'user' | 'record'}`;

export function listsHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;

  return {
    'lists.sync': async (
      { connections: wanted, installation, users, restart, filter },
      { signal, progress },
    ) => {
      const list = console.connections.list();
      if (!list.ok) return list;
      const chosen =
        wanted === undefined
          ? await allWithSession(parts, list.value)
          : list.value.filter(({ id }) => wanted.includes(id));
      const lists = await console.lists();
      const failures = await lists.sync(chosen, {
        users,
        ...(installation !== undefined && { installation }),
        ...(restart !== undefined && { restart }),
        ...(filter !== undefined && filter.trim() !== '' && { filter }),
        signal,
        progress: (said) => progress({ kind: 'list', ...said }),
        waiting: (connection, milliseconds) =>
          progress({ kind: 'waiting', connection, until: console.clock.now() + milliseconds }),
      });
      // Reading may have renewed sessions, or ended one.
      parts.connectionsChanged();
      return ok({ failures: [...failures] });
    },

    'lists.states': async () => {
      const names = byId(parts);
      if (!names.ok) return names;
      const states = await (await console.lists()).states([...names.value.values()]);
      if (!states.ok) return states;
      return ok(
        states.value.flatMap(({ key, ...state }): ListState[] => {
          const connection = names.value.get(key.connection);
          if (connection === undefined) return [];
          return [
            {
              kind: key.kind,
              connection: key.connection,
              connectionName: connection.name,
              installation: key.kind === 'users' ? { ...key.installation } : null,
              ...state,
            },
          ];
        }),
      );
    },

    'lists.installations': async ({ offset, limit, sort, descending, ...asked }) => {
      const names = byId(parts);
      if (!names.ok) return names;
      const lists = await console.lists();
      const found = await lists.window([...names.value.values()], {
        kind: 'installations',
        offset,
        limit,
        filter: filterOf(asked, [...names.value.values()], console.clock.now()),
        sort: { by: sort ?? 'name', descending: descending ?? false },
      });
      if (!found.ok) return found;
      return ok({
        total: found.value.total,
        rows: found.value.rows.map((row) => installationRow(row, names.value)),
      });
    },

    'lists.users': async ({ offset, limit, sort, descending, ...asked }) => {
      const names = byId(parts);
      if (!names.ok) return names;
      const lists = await console.lists();
      const found = await lists.window([...names.value.values()], {
        kind: 'users',
        offset,
        limit,
        filter: filterOf(asked, [...names.value.values()], console.clock.now()),
        sort: { by: sort ?? 'displayName', descending: descending ?? false },
      });
      if (!found.ok) return found;
      return ok({
        total: found.value.total,
        rows: found.value.rows.map((row) => userRow(row, names.value)),
      });
    },

    'lists.installation': async ({ connection, id }) => {
      const names = byId(parts);
      if (!names.ok) return names;
      const key = {
        kind: 'installations',
        connection,
        provider: providerOf(names.value.get(connection)),
      } as const;
      const found = await (await console.lists()).row([...names.value.values()], key, id);
      if (!found.ok) return found;
      return ok({ row: found.value && installationRow(found.value, names.value) });
    },

    'lists.user': async ({ connection, installation, id }) => {
      const names = byId(parts);
      if (!names.ok) return names;
      const key = { kind: 'users', connection, installation: { id: installation, name: '' } } as const;
      const found = await (await console.lists()).row([...names.value.values()], key, id);
      if (!found.ok) return found;
      return ok({ row: found.value && userRow(found.value, names.value) });
    },

    'lists.record': async ({ kind, connection, installation, id }) => {
      const found = console.connections.byId(connection);
      if (!found.ok) return found;
      const record = await (
        await console.lists()
      ).record(
        kind === 'installations'
          ? { kind, connection, provider: found.value.provider }
          : { kind, connection, installation: { id: installation ?? '', name: '' } },
        id,
      );
      return record.ok ? ok({ json: JSON.stringify(record.value, null, 2) }) : record;
    },
  };
}

/** Where no connection is named: those that have lists and are not signed out on purpose. */
async function allWithSession({ console }: BridgeParts, all: readonly Connection[]): Promise<Connection[]> {
  const listed = all.filter(({ provider }) => hasLists(profileOf(provider)));
  const states = await Promise.all(listed.map((connection) => console.sessions.status(connection)));
  return listed.filter((_, at) => {
    const status = states[at];
    return status?.ok !== true || status.value.state !== 'signed_out';
  });
}

function byId({ console }: BridgeParts) {
  const list = console.connections.list();
  return list.ok ? ok(new Map(list.value.map((connection) => [connection.id, connection]))) : list;
}

const providerOf = (connection: Connection | undefined): Connection['provider'] =>
  connection?.provider ?? 'oauth2';

type Names = ReadonlyMap<string, Connection>;

function installationRow(row: InstallationRow, names: Names) {
  return {
    ...row,
    ...labels(names.get(row.connection)),
    unusual: isUnusual(profileOf(row.provider), row.state),
  };
}

function userRow(row: UserRow, names: Names) {
  return { ...row, roles: [...row.roles], ...labels(names.get(row.connection)) };
}

function labels(connection: Connection | undefined) {
  return {
    connectionName: connection?.name ?? '',
    provider: providerOf(connection),
    sandbox: connection !== undefined && isSandbox(connection),
  };
}
