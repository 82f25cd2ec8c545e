import { Worker } from 'node:worker_threads';
import { systemClock, type Clock } from '../clock.ts';
import { fail, ok, type Failure, type Result } from '../../preload/errors.ts';
import type { Installation, User } from '../providers/provider.ts';
import { defaultSort, installationCells, userCells, type Cells } from './kinds.ts';
import type { Page } from './pages.ts';
import type { CallName, Calls, Reply, Request, Start } from './protocol.ts';
import {
  maxWindow,
  type CompareQuery,
  type CompareWindow,
  type ConnectionName,
  type Filter,
  type KeyOf,
  type ListKey,
  type ListKind,
  type ListState,
  type Query,
  type RowOf,
  type Tally,
  type Window,
  type WindowQuery,
} from './rows.ts';
import type { Place } from './window.ts';

/** A load under way; from `beginList`. */
export interface ListHandle {
  readonly key: ListKey;
  readonly load: number;
  /** Whether the rows of a load that was cut are still there, and this one adds to them. */
  readonly resumed: boolean;
}

export interface ListEnding {
  /** Whether every page came. A refresh that did not complete keeps the rows there were. */
  readonly complete: boolean;
  /** Why it did not. */
  readonly failure?: Failure;
  /** How many the vendor says there are. */
  readonly total?: number | null;
  /** The provider's own filter that the rows were asked for with. */
  readonly filter?: string;
  /** Milliseconds since the epoch; now, where missing. */
  readonly fetchedAt?: number;
}

/**
 * Installations and users of all connections, in memory, on a thread of its own. Every method fails with `unexpected`
 * when that thread has died, and with `input_invalid` where it was asked for something that cannot be.
 */
export interface Directory {
  /**
   * Starts (or starts over) the load of one list; with `resume`, takes up a first load that was cut, where there is one
   * (`resumed` of the handle says whether). The first is browsable while it comes; a refresh when complete. */
  beginList(key: ListKey, resume?: boolean): Promise<Result<ListHandle>>;
  /**
   * Lists that will be loaded: rows that are alike in name and id stand in this order, not in that in which their lists come.
   * Until then they are lists without rows.
   */
  expect(keys: readonly ListKey[]): Promise<Result<void>>;
  /**
   * Takes a page of the vendor's records. Resolves when the next may come: a few are kept on the way. `answer` is what
   * the page came in, where it holds just these records (see pages.ts): it need not be written anew then. Its bytes are
   * moved to the directory's thread, and empty here afterwards.
   */
  append(
    handle: ListHandle,
    rows: readonly Installation[] | readonly User[],
    answer?: Uint8Array<ArrayBuffer>,
  ): Promise<Result<void>>;
  finish(handle: ListHandle, ending: ListEnding): Promise<Result<void>>;
  /** Ends a load as if it had never begun. */
  abandon(handle: ListHandle): Promise<Result<void>>;
  /** Some rows of a sorted, filtered list; `limit` at most 1000. */
  window<K extends ListKind>(query: WindowQuery<K>): Promise<Result<Window<K>>>;
  /** How many rows a query finds. Windows asked for meanwhile come first. */
  count(query: Query): Promise<Result<number>>;
  /**
   * All rows a query finds, in its sort, at most a thousand at a time: for exports. In the default sort, rows that come or
   * go meanwhile disturb no other. In another, a row that changes ends it with `export_failed`. While rows are put in
   * order or looked for, empty portions come: whoever reads can turn away after any, and other questions are answered
   * between them.
   */
  rows<K extends ListKind>(query: Query<K>): AsyncGenerator<Result<readonly RowOf[K][]>, void, undefined>;
  /** The row of that id, wherever it stands in its list; null where the list is not here or has none of that id. */
  row<K extends ListKind>(key: KeyOf<K>, id: string): Promise<Result<RowOf[K] | null>>;
  /** The vendor's record as it came. Error: `not_found`. */
  record(key: ListKey, id: string): Promise<Result<unknown>>;
  lists(): Promise<Result<readonly ListState[]>>;
  removeConnection(connection: string): Promise<Result<void>>;
  /** Drops one list: its installation has vanished. */
  removeList(key: ListKey): Promise<Result<void>>;
  /** How connections are called, for sorting by it; until then they are sorted by their ids. */
  describe(connections: readonly ConnectionName[]): Promise<Result<void>>;
  /** The rows that a filter finds, counted by what they have in common: for facets and summaries. */
  tallies(kind: ListKind, filter?: Filter): Promise<Result<readonly Tally[]>>;
  /**
   * Users of several installations put together by e-mail address; `limit` at most 1000 people. Other questions are
   * answered meanwhile. Error: `cancelled`.
   */
  compare(
    query: CompareQuery,
    offset: number,
    limit: number,
    while_?: CompareOptions,
  ): Promise<Result<CompareWindow>>;
  /** Resolves when the search index is up to date: for measurements and tests, nothing needs to wait for it. */
  settled(): Promise<Result<void>>;
  close(): Promise<void>;
  /** For snapshots (snapshot.ts): the list's pages as they are kept, compressed. */
  readonly pages: {
    numbers(key: ListKey): Promise<Result<readonly number[]>>;
    read(no: number): Promise<Result<Uint8Array>>;
    restore(handle: ListHandle, packed: Uint8Array): Promise<Result<void>>;
  };
}

export interface CompareOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many rows were read, of how many. */
  readonly progress?: (done: number, of: number) => void;
}

export interface DirectoryOptions {
  /** The worker's file: beside this one, except in a bundle. */
  readonly workerUrl?: URL;
  readonly clock?: Pick<Clock, 'now'>;
  /** How long rows must have been unchanged before they are indexed for searching. */
  readonly quietMilliseconds?: number;
  /** How long nobody must have waited for a comparison before it is given up. */
  readonly abandonedMilliseconds?: number;
  /** Whose order names stand in, as BCP 47 says; that of the system where missing. */
  readonly locale?: string;
}

/** Pages on the way to the thread before `append` makes the caller wait. */
const maxPagesAhead = 16;

/** One message of more rows than this would hold up questions. */
const maxPageRows = 2000;

export function openDirectory(options: DirectoryOptions = {}): Directory {
  const clock = options.clock ?? systemClock;
  const thread = startThread(options.workerUrl ?? new URL('./worker.ts', import.meta.url), {
    quietMilliseconds: options.quietMilliseconds ?? 300,
    locale: options.locale,
  });
  const onTheWay = new Map<number, Promise<Result<null>>[]>();
  const failed = new Map<number, Failure>();
  /** How many wait for each comparison. */
  const comparing = new Map<string, number>();

  /** A screen that asks again first cancels what it asked before: that goes on then. */
  function leaveLater(name: string, query: CompareQuery): void {
    const leave = (): void => {
      if (!comparing.has(name)) void thread.call('leaveComparison', query);
    };
    setTimeout(leave, options.abandonedMilliseconds ?? 1000).unref();
  }

  const done = async (call: Promise<Result<null>>): Promise<Result<void>> => {
    const result = await call;
    return result.ok ? ok(undefined) : result;
  };

  async function send(load: number, call: Promise<Result<null>>): Promise<Result<void>> {
    const pages = onTheWay.get(load) ?? [];
    onTheWay.set(load, pages);
    pages.push(call);
    while (pages.length > maxPagesAhead) await arrive(load, pages);
    return outcome(load);
  }

  async function arrive(load: number, pages: Promise<Result<null>>[]): Promise<void> {
    const result = await pages.shift();
    if (result && !result.ok && !failed.has(load)) failed.set(load, result.error);
  }

  function outcome(load: number): Result<void> {
    const failure = failed.get(load);
    return failure ? { ok: false, error: failure } : ok(undefined);
  }

  /** Everything sent has arrived, or something did not. */
  async function allArrived(load: number): Promise<Result<void>> {
    const pages = onTheWay.get(load) ?? [];
    while (pages.length > 0) await arrive(load, pages);
    const result = outcome(load);
    onTheWay.delete(load);
    failed.delete(load);
    return result;
  }

  const directory: Directory = {
    async beginList(key, resume = false) {
      const begun = await thread.call('begin', key, resume);
      return begun.ok ? ok({ key, ...begun.value }) : begun;
    },

    expect: (keys) => done(thread.call('expect', keys)),

    async append({ key, load }, rows, answer) {
      const cells =
        key.kind === 'users'
          ? (rows as User[]).map(userCells)
          : (rows as Installation[]).map(installationCells);
      for (let at = 0; at < rows.length; at += maxPageRows) {
        const whole = rows.length <= maxPageRows ? answer : undefined;
        const page: Page = {
          cells: JSON.stringify(cells.slice(at, at + maxPageRows) satisfies Cells[]),
          raw: whole ?? JSON.stringify(rows.slice(at, at + maxPageRows).map((row) => row.raw ?? null)),
        };
        const sent = await send(load, thread.append(load, page, whole ? [whole.buffer] : []));
        if (!sent.ok) return sent;
      }
      return outcome(load);
    },

    async finish({ load }, ending) {
      const arrived = await allArrived(load);
      if (!arrived.ok) {
        // A page that could not be stored makes the list partial, whatever the caller believes.
        await thread.call('finish', load, {
          complete: false,
          failure: arrived.error,
          fetchedAt: clock.now(),
        });
        return arrived;
      }
      const { complete, failure, total, filter, fetchedAt = clock.now() } = ending;
      return done(
        thread.call('finish', load, {
          complete,
          ...(failure && { failure }),
          ...(filter !== undefined && { filter }),
          ...(total !== null && total !== undefined && { total }),
          fetchedAt,
        }),
      );
    },

    async abandon({ load }) {
      await allArrived(load);
      return done(thread.call('abandon', load));
    },

    async window<K extends ListKind>(query: WindowQuery<K>) {
      const { offset, limit } = query;
      if (
        !Number.isSafeInteger(offset) ||
        offset < 0 ||
        !Number.isSafeInteger(limit) ||
        limit < 0 ||
        limit > maxWindow
      ) {
        return fail(
          'input_invalid',
          `A window begins at 0 or later and has at most ${maxWindow} rows.`,
          'Ask for less at a time.',
        );
      }
      return (await thread.call('window', query)) as Result<Window<K>>;
    },

    count: (query) => thread.call('count', query),

    async *rows<K extends ListKind>(query: Query<K>) {
      let until: number | null = null;
      do {
        const settled: Result<number | null> = await thread.call('settle', query.kind, until);
        yield settled.ok ? ok([]) : settled;
        if (!settled.ok) return;
        until = settled.value;
      } while (until !== null);
      const { by = defaultSort[query.kind], descending = false } = query.sort ?? {};
      if (by !== defaultSort[query.kind] || descending) {
        yield* arrangedRows(query);
        return;
      }
      let after: Place | null = null;
      do {
        const page: Awaited<ReturnType<typeof nextPage>> = await nextPage(query, after);
        if (!page.ok) {
          yield page;
          return;
        }
        yield ok(page.value.rows as readonly RowOf[K][]);
        after = page.value.next;
      } while (after !== null);
    },

    row: <K extends ListKind>(key: KeyOf<K>, id: string) =>
      thread.call('row', key, id) as Promise<Result<RowOf[K] | null>>,

    async record(key, id) {
      const found = await thread.call('record', key, id);
      if (!found.ok) return found;
      return found.value
        ? ok(found.value.raw)
        : fail('not_found', 'This record is no longer in the directory.', 'Refresh the list.');
    },

    lists: () => thread.call('lists'),
    removeConnection: (connection) => done(thread.call('remove', connection)),
    removeList: (key) => done(thread.call('removeList', key)),
    describe: (connections) => done(thread.call('describe', connections)),
    tallies: (kind, filter = {}) => thread.call('tallies', kind, filter),
    async compare(query, offset, limit, { signal, progress } = {}) {
      const name = JSON.stringify(query);
      comparing.set(name, (comparing.get(name) ?? 0) + 1);
      let made = false;
      try {
        for (;;) {
          if (signal?.aborted === true) return notCompared;
          const step = await thread.call('compare', query, offset, limit);
          if (!step.ok) return step;
          const { window, done: read, of } = step.value;
          made = window !== null;
          if (window !== null) return ok(window);
          progress?.(read, of);
        }
      } finally {
        const others = (comparing.get(name) ?? 1) - 1;
        if (others > 0) comparing.set(name, others);
        else comparing.delete(name);
        if (others === 0 && !made) leaveLater(name, query);
      }
    },
    settled: () => done(thread.call('settled')),
    close: () => thread.close(),

    pages: {
      numbers: (key) => thread.call('pageNumbers', key),
      async read(no) {
        const page = await thread.call('packedPage', no);
        if (!page.ok) return page;
        return page.value
          ? ok(page.value)
          : fail('not_found', 'The list changed while it was being saved.', 'Save it again.');
      },
      restore: ({ load }, packed) => send(load, thread.call('restore', load, packed)),
    },
  };
  async function* arrangedRows<K extends ListKind>(
    query: Query<K>,
  ): AsyncGenerator<Result<readonly RowOf[K][]>, void, undefined> {
    const arrangement = await thread.call('arrange', query);
    if (!arrangement.ok) {
      yield arrangement;
      return;
    }
    try {
      for (let more = true; more;) {
        const step = await thread.call('arrangeMore', arrangement.value);
        yield step.ok ? ok([]) : step;
        if (!step.ok) return;
        more = step.value;
      }
      for (let after = 0; ; after += maxWindow) {
        const rows = await thread.call('arranged', query.kind, arrangement.value, after);
        if (!rows.ok || rows.value === null) {
          yield rows.ok ? changedMeanwhile : rows;
          return;
        }
        yield ok(rows.value as readonly RowOf[K][]);
        if (rows.value.length < maxWindow) return;
      }
    } finally {
      await thread.call('disarrange', arrangement.value);
    }
  }
  const nextPage = (query: Query, after: Place | null): Promise<Result<Awaited<ReturnType<Calls['page']>>>> =>
    thread.call('page', query, after);
  return directory;
}

const changedMeanwhile = fail(
  'export_failed',
  'The list changed while it was being read.',
  'Start again when it has come to rest.',
);

const notCompared = fail('cancelled', 'The comparison was cancelled.', 'Start it again when you like.');

interface Thread {
  /** The call of this name, with what is moved and not copied. */
  append(load: number, page: Page, moved: readonly ArrayBuffer[]): Promise<Result<null>>;
  call<N extends CallName>(
    name: N,
    ...args: Parameters<Calls[N]>
  ): Promise<Result<Awaited<ReturnType<Calls[N]>>>>;
  close(): Promise<void>;
}

function startThread(workerUrl: URL, start: Start): Thread {
  const worker = new Worker(workerUrl, {
    workerData: start,
    name: 'directory',
    // Pages are parsed and dropped at once: a small nursery keeps that garbage from piling up.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const open = new Map<number, (result: Result<unknown>) => void>();
  let lastId = 0;
  let dead: string | null = null;

  const stopped = (reason: string): Result<never> =>
    fail(
      'unexpected',
      `The directory stopped working: ${reason}.`,
      'Start the program again; nothing stored is lost.',
    );
  worker.on('message', (reply: Reply) => {
    const settle = open.get(reply.id);
    open.delete(reply.id);
    if (open.size === 0) worker.unref();
    settle?.('error' in reply ? failureOf(reply.error, reply.askedWrongly) : ok(reply.value));
  });
  const die = (reason: string): void => {
    dead ??= reason;
    for (const settle of open.values()) settle(stopped(dead));
    open.clear();
  };
  worker.on('error', (error) => {
    die(error instanceof Error ? error.message : String(error));
  });
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      die('it was closed');
      resolve();
    });
  });
  worker.unref(); // an idle directory keeps no process alive

  function post(
    name: CallName,
    args: readonly unknown[],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Result<unknown>> {
    return new Promise((resolve) => {
      if (dead !== null) {
        resolve(stopped(dead));
        return;
      }
      lastId += 1;
      open.set(lastId, resolve);
      worker.ref();
      worker.postMessage({ id: lastId, name, args } satisfies Request, moved);
    });
  }

  return {
    append: (load, page, moved) => post('append', [load, page], moved) as Promise<Result<null>>,
    call: (name, ...args) => post(name, args) as Promise<Result<never>>,
    async close() {
      if (dead !== null) return;
      worker.ref();
      worker.postMessage('close');
      await exited;
    },
  };
}

function failureOf(error: string, askedWrongly: boolean): Result<never> {
  return askedWrongly
    ? fail('input_invalid', `The directory cannot do that: ${error}`, 'Check what was asked for.')
    : fail(
        'unexpected',
        `The directory met an error: ${error}`,
        'Try again; if it comes back, please report it.',
      );
}
