import { type Result, ok } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import { connectionEndpoints } from '../../connections/endpoints.ts';
import { profileOf } from '../../providers/catalogue.ts';
import { sessionBinding } from '../../sessions/session.ts';
import { connectionInfo, connectionInfos } from '../connection-info.ts';
import { typedConnection } from '../connection-input.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `connections.${'list' | 'add' | 'change' | 'remove' | 'test'}`;

export function connectionsHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  return {
    'connections.list': async () => {
      const list = console.connections.list();
      return list.ok ? ok(await connectionInfos(console, list.value)) : list;
    },

    'connections.add': async ({ provider, ...fields }) => {
      const typed = typedConnection(fields);
      if (!typed.ok) return typed;
      const added = await console.connections.add(provider, typed.value.input, typed.value.credentials);
      if (!added.ok) return added;
      parts.connectionsChanged();
      return ok(await connectionInfo(console, added.value));
    },

    'connections.change': async ({ id, ...fields }, { signal }) => {
      const typed = typedConnection(fields);
      if (!typed.ok) return typed;
      const { input, credentials } = typed.value;
      const changed = await changeConnection(parts, id, (name) =>
        console.connections.change(name, input, credentials, signal),
      );
      if (!changed.ok) return changed;
      const { connection, signedOut } = changed.value;
      return ok({ ...(await connectionInfo(console, connection)), revoked: signedOut?.revoked ?? null });
    },

    'connections.remove': async ({ id }, { signal }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const removed = await console.connections.remove(found.value.name, signal);
      if (!removed.ok) return removed;
      await (await console.lists()).forget(id);
      parts.connectionsChanged();
      return ok({ revoked: removed.value.revoked });
    },

    'connections.test': async ({ provider, ...fields }, { signal, progress }) => {
      const typed = typedConnection(fields);
      if (!typed.ok) return typed;
      const { input, credentials } = typed.value;
      const steps = await console.tryConnection(provider, input, credentials, signal, (done, of) =>
        progress({ kind: 'steps', done, of }),
      );
      return ok([...steps]);
    },
  };
}

/** Changes a connection by what `change` does to the one of that name. */
export async function changeConnection<Changed>(
  parts: BridgeParts,
  id: string,
  change: (name: string) => Promise<Result<Changed>>,
): Promise<Result<Changed>> {
  const before = parts.console.connections.byId(id);
  if (!before.ok) return before;
  const changed = await change(before.value.name);
  const forgotten = await forgetOtherLists(parts, before.value);
  parts.connectionsChanged();
  return changed.ok && !forgotten.ok ? forgotten : changed;
}

/**
 * Drops the lists of a connection that means another account or server than `before`: nobody should see one account's people
 * under another's name. Also after a change that failed: its settings may be saved although its session could not be.
 */
export async function forgetOtherLists(parts: BridgeParts, before: Connection): Promise<Result<void>> {
  const now = parts.console.connections.byId(before.id);
  if (!now.ok || bindingOf(before) === bindingOf(now.value)) return ok(undefined);
  return (await parts.console.lists()).forget(before.id);
}

function bindingOf(connection: Connection): string {
  return sessionBinding(connection, connectionEndpoints(connection, profileOf(connection.provider)));
}
