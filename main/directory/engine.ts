import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCollation } from './collation.ts';
import { openDatabase } from './database.ts';
import { createEntries } from './entries.ts';
import { createFacets } from './facets.ts';
import { giveBack, giveBackHeap } from './give-back.ts';
import { createComparisons } from './comparisons.ts';
import { defaultSort, kinds } from './kinds.ts';
import { readFilter, type Condition } from './query.ts';
import { createOrders } from './orders.ts';
import { createRanking, type Ranked } from './ranking.ts';
import {
  maxWindow,
  type CompareQuery,
  type CompareStep,
  type Filter,
  type ListKey,
  type ListKind,
  type Query,
  type RowOf,
  type Tally,
  type UserRow,
  type Window,
  type WindowQuery,
} from './rows.ts';
import { createStore, type Store } from './store.ts';
import { tallyCombos, type Combos } from './tally.ts';
import { arrangedPage, arrangeRows, unlessGone, type Arranged } from './arrange.ts';
import { readCandidates, walkedWindow, type Candidates } from './walk.ts';
import {
  countMatches,
  firstPlace,
  rankedWindow,
  scannedPage,
  scannedWindow,
  sortedWindow,
  type Counted,
  type Found,
  type Place,
} from './window.ts';

type Row = RowOf[ListKind];

/** As many new rows leave enough behind to be worth {@link giveBackHeap}. */
const manyRows = 50_000;
/** So often counting begins anew because rows have changed meanwhile. */
const steadyAttempts = 2;

/** One page of an export, and where the next begins; null = that was all. */
export interface RowsPage {
  readonly rows: readonly Row[];
  readonly next: Place | null;
}

/** The directory itself, as it runs on its own thread: the rows, their order and the answers. */
export interface Engine {
  readonly store: Store;
  window(query: WindowQuery): Window;
  count(query: Query): Promise<number>;
  /** The row of that id in that list, wherever it stands; null where there is none. */
  row(key: ListKey, id: string): Row | null;
  /**
   * Puts some more of the rows that are here now into the index of the default sort, which pages and arrangements are read
   * along. Gives what to ask with next time; null when all are in it.
   */
  settle(kind: ListKind, until: number | null): number | null;
  /**
   * In the default sort, whatever the query's; rows that come or go meanwhile disturb no other. May be empty although
   * more come.
   */
  page(query: Query, after: Place | null): RowsPage;
  /** Begins to fix the order of all rows a query finds, for reading them in it; gives the arrangement's number. */
  arrange(query: Query): number;
  /** Goes on with it for some milliseconds; true while there is more to do. */
  arrangeMore(arrangement: number): boolean;
  /** Rows of a finished arrangement, at most 1000; null where one that counts has changed or gone since it was begun. */
  arranged(kind: ListKind, arrangement: number, after: number): readonly Row[] | null;
  /** Forgets an arrangement, finished or not. */
  disarrange(arrangement: number): void;
  /** The rows a filter finds, counted by what they have in common. */
  tallies(kind: ListKind, filter: Filter): Promise<readonly Tally[]>;
  /** A step of a comparison; to be asked again until the window is there. */
  compare(query: CompareQuery, offset: number, limit: number): CompareStep;
  /** Nobody waits for a comparison any more. */
  leaveComparison(query: CompareQuery): void;
  /** Resolves when the search index is up to date. */
  settled(): Promise<void>;
  close(): void;
}

/**
 * @param quietMilliseconds how long rows must have been unchanged before they are indexed
 * @param locale whose order names stand in, as BCP 47 says; that of the system where missing
 */
export function createEngine(quietMilliseconds: number, locale?: string): Engine {
  const db = openDatabase();
  const collation = createCollation(locale);
  const facets = createFacets(db, collation);
  const entries = {
    installations: createEntries(db, 'installations', facets, collation),
    users: createEntries(db, 'users', facets, collation),
  };
  const rankings = { installations: createRanking(db, 'installations'), users: createRanking(db, 'users') };
  const orders = {
    installations: createOrders(db, 'installations', rankings.installations, facets, collation, () => store),
    users: createOrders(db, 'users', rankings.users, facets, collation, () => store),
  };
  const versions = { installations: 0, users: 0 };
  const counts = new Map<string, Counted>();
  const tallies = new Map<string, Combos>();
  const tallying = new Map<string, Promise<Combos>>();
  const comparisons = createComparisons(
    db,
    entries.users,
    () => store,
    (found) => shape('users', found) as readonly UserRow[],
  );
  /** Null: a row changed while the order was made, and may stand in it twice or not at all. */
  const arrangements = new Map<number, Generator<void, Arranged | null, void> | Arranged | null>();
  let lastArrangement = 0;
  /** What the search index found for the last expressions. */
  const candidates = new Map<string, Candidates>();
  const waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let working = false;
  let givenBackAt = 0;
  const life = { closed: false };

  const store = createStore(db, entries, collation, (list) => {
    const { kind } = list;
    versions[kind] += 1;
    counts.clear();
    tallies.clear();
    comparisons.forget(list);
    candidates.clear();
    orders[kind].invalidate();
    rankings[kind].invalidate();
    if (timer) timer.refresh();
    else if (!working) timer = setTimeout(startWork, quietMilliseconds);
  });

  function startWork(): void {
    timer = null;
    working = true;
    void work();
  }

  /** A step at a time, so that a question never waits for more than one. */
  async function work(): Promise<void> {
    let version = '';
    for (;;) {
      const current = JSON.stringify(versions);
      if (version !== '' && current !== version) break; // changed again: wait until it is quiet
      version = current;
      const more =
        entries.users.settle() ||
        entries.installations.settle() ||
        store.pages.step() ||
        rankings.users.step() ||
        rankings.installations.step() ||
        orders.users.step() ||
        orders.installations.step();
      if (!more) break;
      await nextTurn();
      if (life.closed) return;
    }
    const came = entries.users.newest + entries.installations.newest;
    if (came >= givenBackAt + manyRows) {
      givenBackAt = came;
      await giveBackHeap();
      if (life.closed) return;
    }
    working = false;
    if (JSON.stringify(versions) !== version) timer = setTimeout(startWork, quietMilliseconds);
    else {
      counts.clear();
      tallies.clear();
      for (const resolve of waiting.splice(0)) resolve();
    }
  }

  function conditionOf(query: Query): Condition {
    const allowed = store.visible(query.kind, query.filter);
    return readFilter(query.filter ?? {}, allowed, store.visible(query.kind), facets);
  }

  const countName = (kind: ListKind, condition: Condition): string => `${kind} ${condition.name}`;

  /** At once; for the few places where an answer depends on it. */
  function countNow(kind: ListKind, condition: Condition): number {
    if (condition.nothing) return 0;
    if (condition.count !== null) return condition.count;
    const known = counts.get(countName(kind, condition));
    if (known) return known.total;
    const counting = countMatches(db, kind, rankings[kind].ranked, condition);
    for (;;) {
      const step = counting.next();
      if (step.done) return remember(kind, condition, step.value);
    }
  }

  function remember(kind: ListKind, condition: Condition, counted: Counted): number {
    if (counts.size >= 100) counts.clear();
    counts.set(countName(kind, condition), counted);
    return counted.total;
  }

  async function count(query: Query): Promise<number> {
    const { kind } = query;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const version = versions[kind];
      const { ranked } = rankings[kind];
      const condition = conditionOf(query);
      if (condition.nothing || condition.count !== null || counts.has(countName(kind, condition))) break;
      const counting = countMatches(db, kind, ranked, condition);
      for (let step = counting.next(); ; step = counting.next()) {
        if (step.done) return remember(kind, condition, step.value);
        await nextTurn();
        if (life.closed || versions[kind] !== version || rankings[kind].ranked !== ranked) break;
      }
    }
    return life.closed ? 0 : countNow(kind, conditionOf(query));
  }

  function find(query: WindowQuery, condition: Condition): readonly Found[] {
    const { kind, offset, limit } = query;
    const { ranked } = rankings[kind];
    const by = query.sort?.by ?? defaultSort[kind];
    const slice = { offset, limit, descending: query.sort?.descending ?? false };
    if (by === defaultSort[kind]) {
      return ranked
        ? rankedWindow(db, kind, ranked, condition, slice, counts.get(countName(kind, condition)) ?? null)
        : scannedWindow(db, kind, entries[kind].settledUpTo, condition, slice);
    }
    const column = kinds[kind].sorts[by];
    if (column === undefined) throw new RangeError(`There is no sort "${by}".`);
    const order = orders[kind].order(by);
    const combos = orders[kind].combos();
    const walked =
      ranked && order && combos
        ? walkedWindow(db, kind, { ranked, order, combos }, condition, slice, (each) =>
            candidatesOf(kind, ranked, each),
          )
        : null;
    return walked ?? sortedWindow(db, kind, ranked, condition, slice, column);
  }

  function candidatesOf(kind: ListKind, ranked: Ranked, condition: Condition): Candidates {
    const name = `${kind} ${condition.match}`;
    const known = candidates.get(name);
    if (known !== undefined) return known;
    const found = readCandidates(db, ranked, condition);
    const [oldest] = candidates.keys();
    if (oldest !== undefined && candidates.size >= 16) candidates.delete(oldest);
    candidates.set(name, found);
    return found;
  }

  function shape(kind: ListKind, found: readonly Found[]): readonly Row[] {
    return found.flatMap(({ list, combo, ...stored }) => {
      const owner = store.byNumber(list);
      return owner ? [kinds[kind].row(owner.key, { ...stored, traits: facets.traits(combo) })] : [];
    });
  }

  /**
   * The combinations of a condition with their counts. Windows asked for meanwhile come first. Whoever asks while the same
   * is being counted waits for that, and for one more count that is theirs and everybody's who waits: however often a
   * screen asks, there is one at a time.
   */
  async function tally(kind: ListKind, filter: Filter): Promise<Combos> {
    const name = countName(kind, conditionOf({ kind, filter }));
    const running = tallying.get(name);
    if (running !== undefined && !tallies.has(name)) await running;
    const known = tallies.get(name) ?? tallying.get(name);
    if (known) return known;
    const own = tallyNow(kind, filter).finally(() => tallying.delete(name));
    tallying.set(name, own);
    return own;
  }

  /** Rows that change meanwhile begin it anew, but not for ever: what comes then is told of again, and counted again. */
  async function tallyNow(kind: ListKind, filter: Filter): Promise<Combos> {
    for (let attempt = 1; ; attempt += 1) {
      const version = versions[kind];
      const condition = conditionOf({ kind, filter });
      const moving = attempt > steadyAttempts;
      // A ranking is of rows that rest.
      const ranked = moving ? null : rankings[kind].ranked;
      const counting = tallyCombos(db, kind, ranked, condition);
      for (let step = counting.next(); ; step = counting.next()) {
        if (step.done) {
          if (versions[kind] !== version) return step.value;
          if (tallies.size >= 20) tallies.clear();
          tallies.set(countName(kind, condition), step.value);
          return step.value;
        }
        await nextTurn();
        if (life.closed) return new Map();
        if (!moving && (versions[kind] !== version || rankings[kind].ranked !== ranked)) break;
      }
    }
  }

  return {
    store,
    count,
    window(query) {
      const { kind, offset, limit } = query;
      const condition = conditionOf(query);
      const rows = condition.nothing || limit === 0 ? [] : shape(kind, find(query, condition));
      const ended = rows.length > 0 || offset === 0 ? rows.length < limit : false;
      const total = condition.nothing
        ? 0
        : (condition.count ??
          counts.get(countName(kind, condition))?.total ??
          (ended ? offset + rows.length : null));
      return { rows, total, version: versions[kind] };
    },
    row(key, id) {
      const list = store.byKey(key);
      const found = list && entries[key.kind].byId(list.no, id);
      return (found && shape(key.kind, [found])[0]) ?? null;
    },
    settle(kind, until) {
      const { newest } = entries[kind];
      const end = until ?? newest;
      if (entries[kind].settledUpTo >= end) return null;
      entries[kind].settle();
      return end;
    },
    page(query, after) {
      const condition = conditionOf(query);
      if (condition.nothing) return { rows: [], next: null };
      while (entries[query.kind].settle()); // what came since the page before: a few pages of the vendor's at most
      const { found, next } = scannedPage(db, query.kind, condition, after ?? firstPlace, maxWindow);
      return { rows: shape(query.kind, found), next };
    },
    async tallies(kind, filter) {
      return [...(await tally(kind, filter))].flatMap(([combo, count]) => {
        const { list, connection, status, roles, endsOn, without } = facets.traits(combo);
        const key = store.byNumber(list)?.key;
        if (!key) return [];
        const installation = key.kind === 'users' ? key.installation : { id: '', name: '' };
        return [{ connection, installation, status, roles, endsOn, without, count }];
      });
    },
    compare: (query, offset, limit) => comparisons.step(query, offset, limit),
    leaveComparison(query) {
      comparisons.leave(query);
    },
    arrange(query) {
      const { kind, sort } = query;
      const column = kinds[kind].sorts[sort?.by ?? ''] ?? null;
      lastArrangement += 1;
      const lists = store.visible(kind, query.filter).map(({ no }) => no);
      arrangements.set(
        lastArrangement,
        unlessGone(
          () => entries[kind].gone(lists),
          arrangeRows(db, kind, conditionOf(query), column, sort?.descending === true),
        ),
      );
      return lastArrangement;
    },
    arrangeMore(arrangement) {
      const known = arrangements.get(arrangement);
      if (known === undefined || known === null || known instanceof Uint32Array) return false;
      const step = known.next();
      if (step.done === true) arrangements.set(arrangement, step.value);
      return step.done !== true;
    },
    arranged(kind, arrangement, after) {
      const known = arrangements.get(arrangement);
      if (known === null) return null;
      if (!(known instanceof Uint32Array)) throw new RangeError('This order is not there.');
      const found = arrangedPage(db, kind, known, after, maxWindow);
      return found && shape(kind, found);
    },
    disarrange(arrangement) {
      const known = arrangements.get(arrangement);
      arrangements.delete(arrangement);
      if (known instanceof Uint32Array) giveBack(known);
      else known?.return(null);
    },
    settled: () =>
      new Promise((resolve) => {
        if (timer || working) waiting.push(resolve);
        else resolve();
      }),
    close() {
      life.closed = true;
      if (timer) clearTimeout(timer);
      db.close();
    },
  };
}
