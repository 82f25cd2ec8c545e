import type { Collation } from './collation.ts';
import type { Database } from './database.ts';
import type { Facets } from './facets.ts';
import { kinds } from './kinds.ts';
import { sortedByKeys } from './merge-sort.ts';
import type { Ranked, Ranking } from './ranking.ts';
import type { ListKind } from './rows.ts';
import { createColumnKeys, type ColumnKeys } from './sort-keys.ts';
import type { Store } from './store.ts';

/** The rows of a ranking in the order of a sort: their places in the default sort (from 1), in ascending order. */
export type Order = Uint32Array;

/**
 * The orders of a large list by every column. Those by what many rows have in common (status, installation, …) are made
 * when asked for, in some milliseconds; the others in the background when the ranking is finished, step by step, some
 * seconds for a million rows. Four bytes a row each.
 */
export interface Orders {
  /** Null where it is not built yet, or no ranking is. */
  order(by: string): Order | null;
  /** The combination of traits of each row by its place in the default sort (from 1; 0 is unused). */
  combos(): Uint32Array | null;
  invalidate(): void;
  /** Builds for some milliseconds; true while there is more to do. */
  step(): boolean;
}

/** Rows read at a time: some milliseconds. */
const chunk = 4000;

/** Orders that are made when asked for: more than this are not worth their memory. */
const maxMade = 2;

export function createOrders(
  db: Database,
  kind: ListKind,
  ranking: Ranking,
  facets: Facets,
  collation: Collation,
  store: () => Store,
): Orders {
  const { columns, labels } = kinds[kind];
  let combos: Uint32Array | null = null;
  const built = new Map<string, Order>();
  const made = new Map<string, Order>();
  let building: Generator<void, void, void> | null = null;

  function* build(ranked: Ranked): Generator<void, void, void> {
    combos = yield* readCombos(db, ranked);
    for (const [by, column] of Object.entries(columns)) {
      const keys = yield* readKeys(db, kind, ranked, column);
      const order = yield* sortedByKeys(ranked.rows, keys.keys());
      keys.release();
      for (let at = 0; at < order.length; at += 1) order[at] = (order[at] ?? 0) + 1;
      built.set(by, order);
      yield;
    }
  }

  return {
    combos: () => combos,
    order(by) {
      const label = labels[by];
      const { ranked } = ranking;
      if (label === undefined || combos === null || ranked === null) return built.get(by) ?? null;
      const name = `${by} ${store().renamed}`;
      const known = made.get(name);
      if (known) return known;
      const order = grouped(combos, (combo) => {
        const traits = facets.traits(combo);
        const list = store().byNumber(traits.list);
        return list ? collation.key(label(traits, list)) : '';
      });
      const [oldest] = made.keys();
      if (oldest !== undefined && made.size >= maxMade) made.delete(oldest);
      made.set(name, order);
      return order;
    },
    invalidate() {
      combos = null;
      building = null;
      built.clear();
      made.clear();
    },
    step() {
      const { ranked } = ranking;
      if (ranked === null || built.size === Object.keys(columns).length) return false;
      building ??= build(ranked);
      return building.next().done !== true;
    },
  };
}

function* readCombos(db: Database, ranked: Ranked): Generator<void, Uint32Array, void> {
  const combos = new Uint32Array(ranked.rows + 1);
  const read = db.statement(`SELECT pos, combo FROM ${ranked.rank} WHERE pos > ? AND pos <= ?`);
  for (let at = 0; at < ranked.rows; at += chunk) {
    for (const row of read.all(at, at + chunk)) combos[Number(row['pos'])] = Number(row['combo']);
    yield;
  }
  return combos;
}

/** The values of a column as keys, by place in the default sort (from 0). */
function* readKeys(
  db: Database,
  kind: ListKind,
  ranked: Ranked,
  column: string,
): Generator<void, ColumnKeys, void> {
  const keys = createColumnKeys(ranked.rows);
  const read = db.statement(
    `SELECT ${column} AS value FROM ${ranked.rank} r CROSS JOIN ${kind}_entry e ON e.entry = r.entry
       WHERE r.pos > ? AND r.pos <= ? ORDER BY r.pos`,
  );
  for (let at = 0; at < ranked.rows; at += chunk) {
    for (const { value } of read.all(at, at + chunk)) keys.add(value);
    yield;
  }
  return keys;
}

/** The places of all rows, put together by the labels of their combinations. */
function grouped(combos: Uint32Array, label: (combo: number) => string): Order {
  let highest = 0;
  for (const combo of combos) if (combo > highest) highest = combo;
  const counts = new Uint32Array(highest + 1);
  for (const combo of combos) counts[combo] = (counts[combo] ?? 0) + 1;
  counts[0] = 0; // the unused place
  const labels = new Map<number, string>();
  for (const [combo, count] of counts.entries()) if (count > 0) labels.set(combo, label(combo));
  const sorted = [...new Set(labels.values())].toSorted(byCodePoint);
  const groups = new Map(sorted.map((each, at) => [each, at]));
  const groupOf = new Uint32Array(counts.length);
  /** Where the next row of each group goes: at first, after all rows of the groups before. */
  const next = new Uint32Array(sorted.length + 1);
  for (const [combo, text] of labels) {
    const group = groups.get(text) ?? 0;
    groupOf[combo] = group;
    next[group + 1] = (next[group + 1] ?? 0) + (counts[combo] ?? 0);
  }
  for (let group = 1; group < next.length; group += 1)
    next[group] = (next[group] ?? 0) + (next[group - 1] ?? 0);
  const order = new Uint32Array(combos.length - 1);
  for (let pos = 1; pos < combos.length; pos += 1) {
    const group = groupOf[combos[pos] ?? 0] ?? 0;
    const at = next[group] ?? 0;
    order[at] = pos;
    next[group] = at + 1;
  }
  return order;
}

/** As SQLite compares text. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
