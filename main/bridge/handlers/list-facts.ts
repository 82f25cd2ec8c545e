import type { Output } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import { facetCounts, summaries } from '../../directory/facet-counts.ts';
import type { Tally, WindowQuery } from '../../directory/rows.ts';
import { profileOf } from '../../providers/catalogue.ts';
import { isUnusual } from '../../providers/installation-state.ts';
import type { Handlers } from '../dispatcher.ts';
import { dayOf } from '../list-filters.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `lists.${'facets' | 'overview' | 'compare'}`;

/** What is said of lists without showing them row by row. */
export function listFactsHandlers({ console }: BridgeParts): Pick<Handlers, Methods> {
  const today = (): number => dayOf(console.clock.now());

  return {
    'lists.facets': async ({ search, ...choice }) => {
      const known = console.connections.list();
      if (!known.ok) return known;
      const tallies = await (await console.lists()).tallies(known.value, 'users', search);
      if (!tallies.ok) return tallies;
      const { total, facets } = facetCounts(tallies.value, choice, known.value, today());
      return ok({
        total,
        facets: facets.map(({ name, values, more }) => ({ name, values: [...values], more })),
      });
    },

    'lists.overview': async () => {
      const known = console.connections.list();
      if (!known.ok) return known;
      const lists = await console.lists();
      const tallies = await lists.tallies(known.value, 'users');
      if (!tallies.ok) return tallies;
      const standing = await lists.tallies(known.value, 'installations');
      if (!standing.ok) return standing;
      const sources = await lists.states(known.value);
      if (!sources.ok) return sources;
      const byId = new Map(known.value.map((connection) => [connection.id, connection]));
      const perInstallation = summaries(tallies.value, today()).flatMap((summary) => {
        const connection = byId.get(summary.connection);
        if (connection === undefined) return [];
        const { status, installation, ...rest } = summary;
        return [
          {
            ...rest,
            ...nameOf(connection),
            installation: { ...installation },
            status: { ...noneOfAny, ...status },
            expiring: { ...summary.expiring },
          },
        ];
      });
      const states: Output<'lists.overview'>['states'] = [];
      for (const group of statesOf(standing.value, byId)) {
        const alone = group.unusual && group.installations === 1;
        const found = alone ? await lists.window(known.value, onlyIn(group.state)) : null;
        states.push({ ...group, name: found?.ok === true ? (found.value.rows[0]?.name ?? null) : null });
      }
      return ok({
        installations: sources.value.reduce(
          (sum, { key, rows }) => sum + (key.kind === 'installations' ? rows : 0),
          0,
        ),
        users: perInstallation.reduce((sum, { users }) => sum + users, 0),
        states,
        perInstallation,
      });
    },

    'lists.compare': async ({ places, find, search, offset, limit }, { signal, progress }) => {
      const known = console.connections.list();
      if (!known.ok) return known;
      const query = { places, find, ...(search !== undefined && { search }) };
      const compared = await (
        await console.lists()
      ).compare(known.value, query, offset, limit, {
        signal,
        progress: (done, of) => progress({ kind: 'comparison', done, of }),
      });
      if (!compared.ok) return compared;
      const byId = new Map(known.value.map((connection) => [connection.id, connection]));
      const { people, total, withoutEmail, incomplete, old } = compared.value;
      return ok({
        rows: people.map(({ users }) => ({
          email: users[0]?.email ?? '',
          displayName: users[0]?.displayName ?? '',
          users: users.map(({ connection, installation, installationName, id, displayName, status }) => ({
            connection,
            connectionName: byId.get(connection)?.name ?? '',
            installation,
            installationName,
            id,
            displayName,
            status,
          })),
        })),
        total,
        withoutEmail,
        old,
        incomplete: incomplete.flatMap((key) =>
          key.kind === 'users'
            ? [{ connection: key.connection, installation: key.installation.id, name: key.installation.name }]
            : [],
        ),
      });
    },
  };
}

/** Vendors that use one word for their states may mean different things by it: what is unusual at one of them is told. */
function statesOf(
  tallies: readonly Tally[],
  connections: ReadonlyMap<string, Connection>,
): readonly Omit<Output<'lists.overview'>['states'][number], 'name'>[] {
  const groups = Map.groupBy(
    tallies.filter(({ status }) => status !== ''),
    ({ status }) => status,
  );
  return [...groups]
    .map(([state, group]) => ({
      state,
      unusual: group.some(({ connection }) => {
        const of = connections.get(connection);
        return of !== undefined && isUnusual(profileOf(of.provider), state);
      }),
      installations: group.reduce((sum, { count }) => sum + count, 0),
    }))
    .toSorted((a, b) => Number(b.unusual) - Number(a.unusual) || b.installations - a.installations);
}

const onlyIn = (state: string): WindowQuery<'installations'> => ({
  kind: 'installations',
  offset: 0,
  limit: 1,
  filter: { status: state },
  sort: { by: 'name', descending: false },
});

const noneOfAny = { active: 0, pending: 0, suspended: 0, blocked: 0, expired: 0 } as const;

function nameOf({ name, provider }: Connection): Pick<Connection, 'provider'> & { connectionName: string } {
  return { connectionName: name, provider };
}
