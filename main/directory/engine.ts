import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabase } from './database.ts';
import { createEntries } from './entries.ts';
import { createFacets } from './facets.ts';
import { groupsOf, groupedWindow, type Group } from './groups.ts';
import { defaultSort, kinds, type Cells } from './kinds.ts';
import { readFilter, type Condition } from './query.ts';
import { createRanking } from './ranking.ts';
import { maxWindow, type ListKind, type Query, type RowOf, type Window, type WindowQuery } from './rows.ts';
import { createStore, type Store } from './store.ts';
import {
  countMatches,
  rankedWindow,
  scannedPage,
  scannedWindow,
  sortedWindow,
  type Counted,
  type Found,
  type Place,
} from './window.ts';

type Row = RowOf[ListKind];

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
  /** In the default sort, whatever the query's; rows that come or go meanwhile disturb no other. */
  page(query: Query, after: Place | null): RowsPage;
  /** Resolves when the search index is up to date. */
  settled(): Promise<void>;
  close(): void;
}

/** @param quietMilliseconds how long rows must have been unchanged before they are indexed */
export function createEngine(quietMilliseconds: number): Engine {
  const db = openDatabase();
  const facets = createFacets();
  const entries = {
    installations: createEntries(db, 'installations', facets),
    users: createEntries(db, 'users', facets),
  };
  const rankings = { installations: createRanking(db, 'installations'), users: createRanking(db, 'users') };
  const versions = { installations: 0, users: 0 };
  const counts = new Map<string, Counted>();
  const sortIndexes = new Set<string>();
  const waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let working = false;
  const life = { closed: false };

  const store = createStore(db, entries, facets, (kind) => {
    versions[kind] += 1;
    counts.clear();
    rankings[kind].invalidate();
    dropSortIndexes(kind);
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
        rankings.installations.step();
      if (!more) break;
      await nextTurn();
      if (life.closed) return;
    }
    working = false;
    if (JSON.stringify(versions) !== version) timer = setTimeout(startWork, quietMilliseconds);
    else {
      counts.clear();
      for (const resolve of waiting.splice(0)) resolve();
    }
  }

  function conditionOf(query: Query): Condition {
    const { connection, installation } = query.filter ?? {};
    const allowed = store.visible(query.kind, connection, installation);
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
    const groups = ranked && groupsOf(query, store, facets);
    if (groups) {
      const ready = groups.map((group): Group => {
        const sub = readFilter(group.filter, group.lists, store.visible(kind), facets);
        return {
          count: () => countNow(kind, sub),
          window: (part) => rankedWindow(db, kind, ranked, sub, part, null),
        };
      });
      return groupedWindow(ready, slice);
    }
    const order = kinds[kind].sorts[by];
    if (order === undefined) throw new RangeError(`There is no sort "${by}".`);
    return sortedWindow(db, kind, ranked, condition, slice, order, hasSortIndex(kind, by, order));
  }

  /** An index would be a burden while rows come. */
  function dropSortIndexes(kind: ListKind): void {
    if (kind !== 'users' || sortIndexes.size === 0) return;
    for (const by of sortIndexes) db.exec(`DROP INDEX ${kind}_${by}`);
    sortIndexes.clear();
  }

  /** Made when a large list, come to rest, is first sorted that way. */
  function hasSortIndex(kind: ListKind, by: string, column: string): boolean {
    if (by !== 'email') return false;
    if (!sortIndexes.has(by) && rankings[kind].ranked) {
      db.exec(`CREATE INDEX ${kind}_${by} ON ${kind}_entry (${column}, name, id, list) WHERE list > 0`);
      sortIndexes.add(by);
    }
    return sortIndexes.has(by);
  }

  function shape(kind: ListKind, found: readonly Found[]): readonly Row[] {
    return found.flatMap(({ list, id, cells }) => {
      const owner = store.byNumber(list);
      return owner ? [kinds[kind].row(owner.key, [id, ...(JSON.parse(cells) as unknown[])] as Cells)] : [];
    });
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
    page(query, after) {
      const condition = conditionOf(query);
      if (condition.nothing) return { rows: [], next: null };
      while (entries[query.kind].settle());
      const found = scannedPage(db, query.kind, condition, after, maxWindow);
      const last = found.at(-1);
      const next: Place | null = last && found.length === maxWindow ? [last.name, last.id, last.list] : null;
      return { rows: shape(query.kind, found), next };
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
