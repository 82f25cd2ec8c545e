import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { CompareOptions, Directory } from '../directory/directory.ts';
import {
  type CompareQuery,
  type CompareWindow,
  type InstallationRow,
  type KeyOf,
  type ListKey,
  type ListKind,
  type ListState,
  type RowOf,
  type Tally,
  type WindowQuery,
  listName,
} from '../directory/rows.ts';
import { loadSnapshot, removeSnapshot, removeSnapshots } from '../directory/snapshot.ts';
import type { Installation, PageCursor, PageStream, ProviderContext, User } from '../providers/provider.ts';
import { spentCodes } from './cut-lists.ts';
import { type ExportRequest, type ReadyExport, prepareExport } from './export-lists.ts';
import { fillList, installationsKey, sideBySide, streamOf, usersKey } from './fill-list.ts';
import type { ServiceParts } from './parts.ts';
import { providerContext } from './provider-context.ts';

export interface SyncOptions {
  /** Only this installation's people, by id. */
  readonly installation?: string;
  /** Read the people too. */
  readonly users: boolean;
  /** Begin lists anew that were cut, instead of reading on. */
  readonly restart?: boolean;
  /** The provider's own filter for users, passed on as typed. */
  readonly filter?: string;
  readonly signal: AbortSignal;
  readonly progress: (said: {
    readonly connection: string;
    /** The installation's id, null for a list of installations. */
    readonly installation: string | null;
    readonly rows: number;
    readonly total: number | null;
  }) => void;
  /** Told when the provider of a connection (its id) asks to wait, in milliseconds. */
  readonly waiting: (connection: string, milliseconds: number) => void;
}

export interface SyncFailure {
  /** The connection's id. */
  readonly connection: string;
  /** The installation's id; null where the connection's installations could not be read. */
  readonly installation: string | null;
  readonly failure: Failure;
}

/** Lists that stay in memory while a screen looks at them. Connections are named by their ids. */
export interface BrowseService {
  /** Reads lists from the providers, the lists of one connection and several connections side by side. */
  sync(connections: readonly Connection[], options: SyncOptions): Promise<readonly SyncFailure[]>;
  /** Brings back what was kept of lists that are not here yet; what is damaged becomes the list's failure. */
  loadKept(connections: readonly Connection[]): Promise<Result<void>>;
  /** `known` = all connections there are; what is here of another is dropped first. */
  states(known: readonly Connection[]): Promise<Result<readonly ListState[]>>;
  window<K extends ListKind>(
    known: readonly Connection[],
    query: WindowQuery<K>,
  ): Promise<Result<{ readonly rows: readonly RowOf[K][]; readonly total: number }>>;
  /** The rows that words find, counted by what they have in common; all rows where there are no words. */
  tallies(known: readonly Connection[], kind: ListKind, search?: string): Promise<Result<readonly Tally[]>>;
  compare(
    known: readonly Connection[],
    query: CompareQuery,
    offset: number,
    limit: number,
    options?: CompareOptions,
  ): Promise<Result<CompareWindow>>;
  /** The row of that id; null where the list is not here or has none of that id. */
  row<K extends ListKind>(
    known: readonly Connection[],
    key: KeyOf<K>,
    id: string,
  ): Promise<Result<RowOf[K] | null>>;
  record(key: ListKey, id: string): Promise<Result<unknown>>;
  /** Makes a file of what lists show ready to be written; see export-lists.ts. */
  prepareExport(
    known: readonly Connection[],
    request: ExportRequest,
    signal?: AbortSignal,
  ): Promise<Result<ReadyExport>>;
  /** Drops a connection's lists, also what was kept of them. */
  forget(connection: string): Promise<Result<void>>;
  /** Told, often, when rows or states of lists changed. */
  onChanged(listener: () => void): void;
}

/** @param isOpen whether the directory is open; it holds nothing before */
export function browseService(
  parts: ServiceParts,
  directory: () => Directory,
  isOpen: () => boolean,
): BrowseService {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  /** Connections that the directory holds lists of. */
  const held = new Set<string>();
  /** Lists being read: who wants the same one waits for it, instead of starting it over. */
  const reading = new Map<string, Promise<Result<void>>>();
  /** Lists being brought back from what was kept. */
  const loading = new Map<string, Promise<Result<void>>>();

  async function readShared(
    key: ListKey,
    signal: AbortSignal,
    read: () => Promise<Result<void>>,
  ): Promise<Result<void>> {
    const name = listName(key);
    for (let other = reading.get(name); other !== undefined; other = reading.get(name)) {
      const result = await other;
      const cancelledByOther = !result.ok && result.error.code === 'cancelled' && !signal.aborted;
      if (!cancelledByOther) return result;
    }
    held.add(key.connection);
    const own = Promise.resolve(loading.get(name)).then(read);
    reading.set(name, own);
    try {
      return await own;
    } finally {
      reading.delete(name);
      changed();
    }
  }

  async function loadKeptList(key: ListKey): Promise<Result<void>> {
    const name = listName(key);
    const lists = await directory().lists();
    if (!lists.ok) return lists;
    if (reading.has(name) || loading.has(name) || lists.value.some((list) => listName(list.key) === name)) {
      return ok(undefined);
    }
    held.add(key.connection);
    const load = restoreList(parts, directory(), key);
    loading.set(name, load);
    try {
      return await load;
    } finally {
      loading.delete(name);
      changed();
    }
  }

  async function installationsOf(connection: Connection): Promise<Result<readonly InstallationRow[]>> {
    const all: InstallationRow[] = [];
    const filter = { connection: connection.id };
    for await (const rows of directory().rows({ kind: 'installations', filter })) {
      if (!rows.ok) return rows;
      all.push(...rows.value);
    }
    return ok(all);
  }

  /** Where lists were cut; forgotten with the process, for a provider's cursor is good for a while only. */
  const cursors = new Map<string, { readonly cursor: PageCursor; readonly filter: string | undefined }>();
  /** What the directory was told last of how connections are called. */
  let described = '';

  /** Drops what is here of connections that are gone, and tells how the others are called. */
  async function keepTo(known: readonly Connection[]): Promise<void> {
    const names = known.map(({ id, name, provider }) => ({ id, name, provider }));
    const text = JSON.stringify(names);
    if (text !== described) {
      described = text;
      await directory().describe(names);
    }
    const ids = new Set(known.map(({ id }) => id));
    for (const id of held) {
      if (ids.has(id)) continue;
      held.delete(id);
      await directory().removeConnection(id);
    }
  }

  /** The people of installations that a whole list no longer has, in memory and on disk. */
  async function dropVanished(
    connection: Connection,
    installations: readonly InstallationRow[],
  ): Promise<Result<void>> {
    const lists = await directory().lists();
    if (!lists.ok) return lists;
    const there = new Set(installations.map(({ id }) => id));
    for (const { key } of lists.value) {
      if (key.kind !== 'users' || key.connection !== connection.id || there.has(key.installation.id))
        continue;
      const removed = await directory().removeList(key);
      const unkept = removed.ok ? await removeSnapshot(parts.home, key) : removed;
      if (!unkept.ok) return unkept;
    }
    return ok(undefined);
  }

  async function syncConnection(
    connection: Connection,
    options: SyncOptions,
    report: (installation: string | null, failure: Failure) => void,
  ): Promise<void> {
    const warnings = new Set<string>();
    const warned = (failure: Failure): void => {
      // A token that could not be renewed is used for many requests; once is enough.
      if (!warnings.has(failure.code)) report(null, failure);
      warnings.add(failure.code);
    };
    const { signal } = options;
    const waiting = (milliseconds: number): void => options.waiting(connection.id, milliseconds);
    const context = providerContext(parts, connection, { signal, waiting, warned });
    if (!context.ok) {
      report(null, context.error);
      return;
    }
    const read = (key: ListKey): Promise<Result<void>> =>
      readShared(key, signal, () => readList(connection, key, context.value, options, warned));

    const before = options.installation === undefined ? ok([]) : await installationsOf(connection);
    const chosen = before.ok ? before.value.filter(({ id }) => id === options.installation) : [];
    if (chosen.length === 0) {
      const installations = await read(installationsKey(connection));
      if (!installations.ok) {
        report(null, installations.error);
        return;
      }
      const found = await installationsOf(connection);
      if (!found.ok) {
        report(null, found.error);
        return;
      }
      const wanted = found.value.filter(({ id }) => (options.installation ?? id) === id);
      if (options.installation !== undefined && wanted.length === 0) {
        report(options.installation, noInstallation(connection).error);
      }
      chosen.push(...wanted);
      const gone = await dropVanished(connection, found.value);
      if (!gone.ok) report(null, gone.error);
    }
    if (!options.users) return;
    await sideBySide(chosen, async (installation) => {
      if (signal.aborted) return;
      const people = await read(usersKey(connection, installation));
      if (!people.ok) report(installation.id, people.error);
    });
  }

  function readList(
    connection: Connection,
    key: ListKey,
    context: ProviderContext,
    options: SyncOptions,
    warned: (failure: Failure) => void,
  ): Promise<Result<void>> {
    changed();
    const installation = key.kind === 'users' ? key.installation.id : null;
    const filter = key.kind === 'users' ? options.filter : undefined;
    const name = listName(key);
    const known = cursors.get(name);
    cursors.delete(name);
    const resume = options.restart !== true && known?.filter === filter ? known?.cursor : undefined;
    const pages = (from: PageCursor | null): PageStream<Installation | User> =>
      streamOf(
        connection,
        key,
        from === null ? context : { ...context, from },
        filter === undefined ? undefined : { filter },
      );
    return fillList(parts, directory(), key, pages, {
      keep: filter === undefined,
      warned,
      ...(filter !== undefined && { filter }),
      ...(resume !== undefined && { resume }),
      cut: (cursor, failure) => {
        // A cursor that the provider no longer takes would fail for ever: the next reading begins anew.
        const spent = cursor === resume && spentCodes.has(failure.code);
        if (cursor !== null && !spent) cursors.set(name, { cursor, filter });
      },
      progress: (rows, total) => {
        changed();
        options.progress({ connection: connection.id, installation, rows, total });
      },
    });
  }

  return {
    async sync(connections, options) {
      const failures: SyncFailure[] = [];
      await sideBySide(connections, (connection) =>
        syncConnection(connection, options, (installation, failure) => {
          failures.push({ connection: connection.id, installation, failure });
        }),
      );
      return failures;
    },

    async loadKept(connections) {
      if (parts.vault.kind === 'memory') return ok(undefined);
      const { state } = await parts.vault.state();
      if (state !== 'open') return ok(undefined);
      for (const connection of connections) {
        const loaded = await loadKeptList(installationsKey(connection));
        if (!loaded.ok) return loaded;
        const installations = await installationsOf(connection);
        if (!installations.ok) return installations;
        for (const installation of installations.value) {
          const people = await loadKeptList(usersKey(connection, installation));
          if (!people.ok) return people;
        }
      }
      return ok(undefined);
    },

    async states(known) {
      await keepTo(known);
      const lists = await directory().lists();
      if (!lists.ok) return lists;
      return ok(
        lists.value.map((state) => ({
          ...state,
          resumable: state.resumable && !state.loading && cursors.has(listName(state.key)),
        })),
      );
    },

    async window(known, query) {
      await keepTo(known);
      const window = await directory().window(query);
      if (!window.ok) return window;
      const { rows, total } = window.value;
      if (total !== null) return ok({ rows, total });
      const count = await directory().count(query);
      return count.ok ? ok({ rows, total: count.value }) : count;
    },

    async tallies(known, kind, search) {
      await keepTo(known);
      return directory().tallies(kind, search === undefined ? {} : { search });
    },

    async compare(known, query, offset, limit, options) {
      await keepTo(known);
      return directory().compare(query, offset, limit, options);
    },

    async row(known, key, id) {
      await keepTo(known);
      return directory().row(key, id);
    },

    record: (key, id) => directory().record(key, id),

    async forget(connection) {
      held.delete(connection);
      const removed = isOpen() ? await directory().removeConnection(connection) : ok(undefined);
      changed();
      return removed.ok ? removeSnapshots(parts.home, connection) : removed;
    },

    async prepareExport(known, request, signal) {
      await keepTo(known);
      return prepareExport(directory(), known, request, parts.clock.now(), signal);
    },

    onChanged: (listener) => {
      listeners.add(listener);
    },
  };
}

/** A kept list into the directory. One that is damaged becomes an empty list that says so; none kept is no failure. */
async function restoreList(parts: ServiceParts, directory: Directory, key: ListKey): Promise<Result<void>> {
  const loaded = await loadSnapshot(parts, directory, key);
  if (loaded.ok || loaded.error.code === 'not_found') return ok(undefined);
  if (loaded.error.code !== 'settings_corrupt') return loaded;
  const handle = await directory.beginList(key);
  if (!handle.ok) return handle;
  return directory.finish(handle.value, { complete: false, failure: loaded.error });
}

function noInstallation(connection: Connection): { readonly error: Failure } {
  return fail(
    'not_found',
    `${connection.name} no longer has this installation.`,
    'Refresh the list of installations.',
  );
}
