import type { Database } from './database.ts';
import type { Order } from './orders.ts';
import type { Condition } from './query.ts';
import type { Ranked } from './ranking.ts';
import type { ListKind } from './rows.ts';
import { foundColumns, type Found, type Slice } from './window.ts';

/** What a large list is walked by: its ranking, the order asked for and each row's combination of traits. */
export interface Path {
  readonly ranked: Ranked;
  readonly order: Order;
  /** By place in the default sort, from 1. */
  readonly combos: Uint32Array;
}

/** Which rows a full-text expression finds: a bit for each place in the default sort. */
export type Candidates = Uint8Array;

/** Rows whose text is read before the search index is asked: what is common is met by then. */
const maxTried = 1500;

/** Rows whose text is read at a time: few at first, for most windows are soon full. */
const firstBatch = 125;
const maxBatch = 1000;

/** Rows whose text is read at most before another way is taken. */
const maxVerified = 60_000;

/**
 * A window of a large list in another sort than the default one: along the order, looking at combinations of traits and
 * at the rows that the search index finds, and reading the text only of those that are left. Null where that would take
 * longer than reading all rows.
 *
 * @param candidatesOf for {@link readCandidates} or what is remembered of it
 */
export function walkedWindow(
  db: Database,
  kind: ListKind,
  path: Path,
  condition: Condition,
  slice: Slice,
  candidatesOf: (condition: Condition) => Candidates,
): readonly Found[] | null {
  const passing = condition.combos === null ? null : passTable(condition.combos);
  const { combos } = path;
  const passes = (pos: number): boolean => passing === null || passing[combos[pos] ?? 0] === 1;
  if (!condition.words) return rowsAt(db, kind, path, take(path, slice, passes));

  const wanted = slice.offset + slice.limit;
  const windowOf = (matches: readonly number[]): readonly Found[] =>
    rowsAt(db, kind, path, matches.slice(slice.offset, wanted));
  if (wanted <= maxTried) {
    const tried = verified(db, kind, path, slice, condition, passes, maxTried, true);
    if (tried.whole) return windowOf(tried.matches);
  }
  const found = candidatesOf(condition);
  const isFound = (pos: number): boolean => ((found[pos >>> 3] ?? 0) & (1 << (pos & 7))) !== 0 && passes(pos);
  if (condition.verify.length === 0) return rowsAt(db, kind, path, take(path, slice, isFound));
  const { matches, whole } = verified(db, kind, path, slice, condition, isFound, maxVerified, false);
  return whole ? windowOf(matches) : null;
}

/** The rows that a condition's full-text expression finds: a tenth of a microsecond each. */
export function readCandidates(db: Database, ranked: Ranked, { match }: Condition): Candidates {
  // One text of all of them crosses from SQLite four times as fast as a row for each.
  const row = db.get(
    `SELECT json_group_array(rowid) AS list FROM ${ranked.index} WHERE ${ranked.index} MATCH ?`,
    match,
  );
  const bits = new Uint8Array((ranked.rows >>> 3) + 1);
  for (const pos of JSON.parse(String(row?.['list'])) as number[]) {
    bits[pos >>> 3] = (bits[pos >>> 3] ?? 0) | (1 << (pos & 7));
  }
  return bits;
}

/** Of each combination, whether it is among those. */
function passTable(combos: readonly number[]): Uint8Array {
  const table = new Uint8Array(combos.reduce((most, combo) => Math.max(most, combo), 0) + 1);
  for (const combo of combos) table[combo] = 1;
  return table;
}

/** The places of a window whose rows pass a test. */
function take({ order }: Path, slice: Slice, passes: (pos: number) => boolean): readonly number[] {
  const { offset, limit, descending } = slice;
  const { length } = order;
  const places: number[] = [];
  let skip = offset;
  for (let at = 0; at < length && places.length < limit; at += 1) {
    const pos = order[descending ? length - 1 - at : at] ?? 0;
    if (!passes(pos)) continue;
    if (skip > 0) skip -= 1;
    else places.push(pos);
  }
  return places;
}

/**
 * The first matches along the order, as far as a window needs them, among the rows that pass a test; not `whole` where
 * `most` rows were read and the window is not full; with `hasty` as soon as it will not be, going by what was met.
 */
function verified(
  db: Database,
  kind: ListKind,
  { ranked, order }: Path,
  { offset, limit, descending }: Slice,
  condition: Condition,
  passes: (pos: number) => boolean,
  most: number,
  hasty: boolean,
): { readonly matches: readonly number[]; readonly whole: boolean } {
  const matching = db.statement(
    `SELECT r.pos AS pos FROM json_each(?) j CROSS JOIN ${ranked.rank} r ON r.pos = j.value
       CROSS JOIN ${kind}_entry e ON e.entry = r.entry WHERE ${condition.scan.join(' AND ')} ORDER BY j.key`,
  );
  const { length } = order;
  const matches: number[] = [];
  let read = 0;
  let at = 0;
  for (let size = firstBatch; at < length; size = Math.min(maxBatch, size * 2)) {
    if (matches.length >= offset + limit) return { matches, whole: true };
    if (read >= most || (hasty && matches.length * most < read * (offset + limit))) {
      return { matches, whole: false };
    }
    const places: number[] = [];
    for (; at < length && places.length < size; at += 1) {
      const pos = order[descending ? length - 1 - at : at] ?? 0;
      if (passes(pos)) places.push(pos);
    }
    read += places.length;
    for (const { pos } of matching.all(JSON.stringify(places), ...condition.scanValues))
      matches.push(Number(pos));
  }
  return { matches, whole: true };
}

function rowsAt(db: Database, kind: ListKind, { ranked }: Path, places: readonly number[]): readonly Found[] {
  return db.all(
    `SELECT ${foundColumns} FROM json_each(?) j CROSS JOIN ${ranked.rank} r ON r.pos = j.value
       CROSS JOIN ${kind}_entry e ON e.entry = r.entry ORDER BY j.key`,
    JSON.stringify(places),
  ) as unknown as Found[];
}
