import type { Database } from './database.ts';
import { sortedByKeys } from './merge-sort.ts';
import type { Condition } from './query.ts';
import type { ListKind } from './rows.ts';
import { createColumnKeys } from './sort-keys.ts';
import { firstPlace, foundColumns, placeAfter, scannedBetween, type Found, type Place } from './window.ts';

/** The numbers of rows in the order of a sort, fixed when it was asked for. */
export type Arranged = Uint32Array;

/** Rows looked at in one step: some milliseconds. */
const chunk = 2000;

/**
 * Puts all rows that a condition finds into the order of a sort, in steps: yields after each, so that others have their
 * turn. Rows that come meanwhile may be among them or not. All rows that count must have settled.
 *
 * @param column SQL on `e`; null where the default sort is wanted
 */
export function* arrangeRows(
  db: Database,
  kind: ListKind,
  condition: Condition,
  column: string | null,
  descending: boolean,
): Generator<void, Arranged, void> {
  const entries: number[] = [];
  const keys = createColumnKeys(column === null ? 0 : (condition.count ?? 0));
  try {
    let after: Place | null = condition.nothing ? null : firstPlace;
    while (after !== null) {
      const until = placeAfter(db, kind, after, chunk);
      const select = `e.entry, ${column ?? 'NULL'} AS value`;
      for (const { entry, value } of scannedBetween(db, kind, condition, [after, until], select, chunk)) {
        entries.push(Number(entry));
        if (column !== null) keys.add(value);
      }
      after = until;
      yield;
    }
    const arranged = column === null ? Uint32Array.from(entries) : yield* sorted(entries, keys.keys());
    return descending ? arranged.reverse() : arranged;
  } finally {
    keys.release();
  }
}

/**
 * The same, given up with null when one of the rows that count has gone meanwhile: what changes its place might be met
 * twice or never. `gone`: how many have gone so far.
 */
export function* unlessGone(
  gone: () => number,
  arranging: Generator<void, Arranged, void>,
): Generator<void, Arranged | null, void> {
  const before = gone();
  try {
    for (let step = arranging.next(); ; step = arranging.next()) {
      if (gone() !== before) return null;
      if (step.done) return step.value;
      yield;
    }
  } finally {
    arranging.return(new Uint32Array());
  }
}

/** In the order of the keys; equal ones stay as they are, in the default sort. */
function* sorted(
  entries: readonly number[],
  keys: Parameters<typeof sortedByKeys>[1],
): Generator<void, Arranged, void> {
  const arranged = yield* sortedByKeys(entries.length, keys);
  for (let at = 0; at < arranged.length; at += 1) arranged[at] = entries[arranged[at] ?? 0] ?? 0;
  return arranged;
}

/** The rows after a place; null where one has changed or gone since they were arranged. */
export function arrangedPage(
  db: Database,
  kind: ListKind,
  arranged: Arranged,
  after: number,
  limit: number,
): readonly Found[] | null {
  const rows = db.all(
    `SELECT ${foundColumns} FROM json_each(?) j LEFT JOIN ${kind}_entry e ON e.entry = j.value AND e.list > 0
       ORDER BY j.key`,
    JSON.stringify([...arranged.subarray(after, after + limit)]),
  );
  return rows.some(({ id }) => id === null) ? null : (rows as unknown as Found[]);
}
