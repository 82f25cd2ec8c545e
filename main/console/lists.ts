import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { type Directory, openDirectory } from '../directory/directory.ts';
import type { InstallationRow, ListKey, RowOf, UserRow } from '../directory/rows.ts';
import { loadSnapshot } from '../directory/snapshot.ts';
import type { PageCursor, ProviderContext, UserQuery } from '../providers/provider.ts';
import { type BrowseService, browseService } from './browse.ts';
import { basisOf, cutLists, spentCodes } from './cut-lists.ts';
import { fillList, installationsKey, sideBySide, streamOf, usersKey } from './fill-list.ts';
import type { ServiceParts } from './parts.ts';
import { type ContextOptions, providerContext } from './provider-context.ts';
import { typedName } from '../connections/typed-name.ts';

/** One list that could not be read whole, and why. */
export interface ListFailure {
  readonly connection: string;
  /** The installation's name, or null where the installations themselves could not be read. */
  readonly installation: string | null;
  readonly failure: Failure;
  /** Whether the next reading goes on where this one was cut. */
  readonly goesOn: boolean;
}

export interface ListProgress {
  readonly connection: string;
  readonly installation: string | null;
  readonly rows: number;
  readonly total: number | null;
}

export interface ListOptions extends ContextOptions {
  readonly progress?: (progress: ListProgress) => void;
  /** Reads what was kept at the last complete load instead of asking the provider. */
  readonly offline?: boolean;
  /** Begin lists anew that were cut, instead of reading on. */
  readonly restart?: boolean;
  /** Told of a list that goes on after so many rows, which were read so long ago, in milliseconds. */
  readonly resumed?: (resumed: Omit<ListProgress, 'total'> & { readonly age: number }) => void;
}

/** Rows come by windows from the directory; failures and ages are complete once the rows have been read. */
export interface Listing<Row> {
  /** How many lists were asked for. */
  readonly lists: number;
  readonly rows: AsyncIterable<Result<readonly Row[]>>;
  readonly failures: readonly ListFailure[];
  /** Offline: when the oldest of the snapshots was fetched, milliseconds since the epoch. */
  readonly fetchedAt: number | null;
}

/** What the command line does with lists, and by {@link BrowseService} what screens do. */
export interface ListService extends BrowseService {
  installations(
    connections: readonly Connection[],
    options?: ListOptions,
  ): Promise<Result<Listing<InstallationRow>>>;
  /**
   * `installation` = its id or name; null = all. `search`: words of names and e-mail addresses, looked for in the whole
   * lists that came (see `searchTerms` in directory/fold.ts). Errors: not_found, and why the installations could not be read.
   */
  users(
    connection: Connection,
    installation: string | null,
    query: UserQuery & { readonly search?: string },
    options?: ListOptions,
  ): Promise<Result<Listing<UserRow>>>;
  close(): Promise<void>;
}

/** What became of a list: of when it is, or why it is not whole and whether the next reading goes on with it. */
type Filled<More = unknown> =
  | { readonly ok: true; readonly value: { readonly fetchedAt: number | null } & More }
  | { readonly ok: false; readonly error: Failure; readonly goesOn?: boolean };

/** Lists by one directory, which is opened when the first is asked for. */
export function listService(parts: ServiceParts): ListService {
  let opened: Directory | null = null;
  const cuts = cutLists(parts);
  const directory = (): Directory =>
    (opened ??= openDirectory({
      clock: parts.clock,
      ...(parts.directoryWorker && { workerUrl: parts.directoryWorker }),
    }));

  /** Fills one list from the provider, or from what was kept of it. */
  async function fill(
    connection: Connection,
    key: ListKey,
    context: ProviderContext | null,
    options: ListOptions,
    { query, keep }: { query?: UserQuery; keep: boolean },
  ): Promise<Filled> {
    if (context === null) {
      const loaded = await loadSnapshot(parts, directory(), key);
      if (!loaded.ok) return loaded.error.code === 'not_found' ? neverRead(connection) : loaded;
      return ok({ fetchedAt: loaded.value.fetchedAt });
    }
    const place = {
      connection: connection.name,
      installation: key.kind === 'users' ? key.installation.name : null,
    };
    const basis = basisOf(context, query);
    const taken = options.restart === true ? null : await cuts.takeUp(directory(), key, basis);
    const now = parts.clock.now();
    const since = taken?.since ?? now;
    if (taken !== null) options.resumed?.({ ...place, rows: taken.cursor.before, age: now - since });
    const left: { cursor: PageCursor | null } = { cursor: null };
    const read = (resume?: PageCursor): Promise<Result<void>> =>
      fillList(
        parts,
        directory(),
        key,
        (from) => streamOf(connection, key, from === null ? context : { ...context, from }, query),
        {
          keep,
          progress: (rows, total) => options.progress?.({ ...place, rows, total }),
          ...(options.warned && { warned: options.warned }),
          ...(resume !== undefined && { resume, since }),
          cut: (cursor) => void (left.cursor = cursor),
        },
      );
    let filled = await read(taken?.cursor);
    // The provider no longer knows the place.
    if (!filled.ok && taken !== null && left.cursor === taken.cursor && spentCodes.has(filled.error.code)) {
      await cuts.forget(key);
      filled = await read();
    }
    if (filled.ok) return ok({ fetchedAt: null });
    const { cursor } = left;
    const goesOn = cursor !== null && (await cuts.keep(directory(), key, { cursor, basis, since }));
    return { ...filled, goesOn };
  }

  async function fillInstallations(
    connection: Connection,
    options: ListOptions,
  ): Promise<Filled<{ context: ProviderContext | null }>> {
    const context = options.offline ? null : providerContext(parts, connection, options);
    if (context?.ok === false) return context;
    const key = installationsKey(connection);
    const filled = await fill(connection, key, context?.value ?? null, options, { keep: true });
    return filled.ok ? ok({ ...filled.value, context: context?.value ?? null }) : filled;
  }

  /** The rows the directory has for these connections, with the connection's name in place of its id. */
  async function* windows<K extends 'installations' | 'users'>(
    kind: K,
    connections: readonly Connection[],
    filter: { installation?: string; search?: string },
  ): AsyncGenerator<Result<readonly RowOf[K][]>, void, undefined> {
    for (const connection of connections) {
      for await (const rows of directory().rows({ kind, filter: { ...filter, connection: connection.id } })) {
        yield rows.ok ? ok(rows.value.map((row) => ({ ...row, connection: connection.name }))) : rows;
        if (!rows.ok) return;
      }
    }
  }

  return {
    ...browseService(parts, directory, () => opened !== null),

    async installations(connections, options = {}) {
      const failures: ListFailure[] = [];
      const ages: number[] = [];
      const read: Connection[] = [];
      await sideBySide(connections, async (connection) => {
        const filled = await fillInstallations(connection, options);
        if (!filled.ok) {
          failures.push({
            connection: connection.name,
            installation: null,
            failure: filled.error,
            goesOn: filled.goesOn === true,
          });
          return;
        }
        read.push(connection);
        if (filled.value.fetchedAt !== null) ages.push(filled.value.fetchedAt);
      });
      const inOrder = connections.filter((connection) => read.includes(connection));
      return ok({
        lists: connections.length,
        rows: windows('installations', inOrder, {}),
        failures,
        fetchedAt: ages.length === 0 ? null : Math.min(...ages),
      });
    },

    async users(connection, installation, { search, ...query }, options = {}) {
      const installations = await fillInstallations(connection, options);
      if (!installations.ok) return installations;
      const all: InstallationRow[] = [];
      for await (const rows of windows('installations', [connection], {})) {
        if (!rows.ok) return rows;
        all.push(...rows.value);
      }
      const chosen = installation === null ? all : chooseInstallation(all, installation, connection);
      if (!Array.isArray(chosen)) return chosen as Result<never>;

      // People of one name and id stand as their installations do, whichever list comes first.
      const expected = await directory().expect(
        (chosen as readonly InstallationRow[]).map(({ id, name }) => usersKey(connection, { id, name })),
      );
      if (!expected.ok) return expected;
      const { context, fetchedAt } = installations.value;
      const failures: ListFailure[] = [];
      const ages = fetchedAt === null ? [] : [fetchedAt];
      await sideBySide(chosen as readonly InstallationRow[], async ({ id, name }) => {
        const filled = await fill(connection, usersKey(connection, { id, name }), context, options, {
          query,
          keep: query.filter === undefined,
        });
        if (!filled.ok)
          failures.push({
            connection: connection.name,
            installation: name,
            failure: filled.error,
            goesOn: filled.goesOn === true,
          });
        else if (filled.value.fetchedAt !== null) ages.push(filled.value.fetchedAt);
      });
      const only = installation === null ? undefined : (chosen as readonly InstallationRow[])[0]?.id;
      return ok({
        lists: chosen.length,
        rows: windows('users', [connection], {
          ...(only !== undefined && { installation: only }),
          ...(search !== undefined && { search }),
        }),
        failures,
        fetchedAt: ages.length === 0 ? null : Math.min(...ages),
      });
    },

    close: async () => {
      await opened?.close();
    },
  };
}

/** By id first, then by its whole name; a name that two have needs the id. */
function chooseInstallation(
  all: readonly InstallationRow[],
  wanted: string,
  connection: Connection,
): readonly InstallationRow[] | Result<never> {
  const byId = all.filter((row) => row.id === wanted);
  if (byId.length > 0) return byId;
  const byName = all.filter((row) => row.name.toLowerCase() === wanted.toLowerCase());
  if (byName.length === 1) return byName;
  return byName.length > 1
    ? fail(
        'input_invalid',
        `${byName.length} installations are named "${wanted}".`,
        `Give the id instead: ${byName.map((row) => row.id).join(', ')}`,
      )
    : fail(
        'not_found',
        `${connection.name} has no installation "${wanted}".`,
        `See them with: latchkey installations ${typedName(connection)}`,
      );
}

function neverRead(connection: Connection): Result<never> {
  return fail(
    'not_found',
    `Nothing was kept of this list of ${connection.name} yet.`,
    'Read it once without --offline; it is kept then.',
  );
}
