import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import type { Condition } from './query.ts';
import type { Ranked } from './ranking.ts';
import type { ListKind } from './rows.ts';

/** A row as the database gives it: the list's number, the combination of traits, and what kinds.ts makes a row of. */
export interface Found {
  readonly list: number;
  readonly id: string;
  readonly rest: string;
  readonly shown: string;
  readonly combo: number;
  readonly ends: number | null;
}

export interface Slice {
  readonly offset: number;
  readonly limit: number;
  readonly descending: boolean;
}

/** A place in the matches of one condition, found while counting: `matches` lie at or before `pos`. */
export interface Milestone {
  readonly pos: number;
  readonly matches: number;
}

/** What counting left behind: windows far down start from the nearest milestone. */
export interface Counted {
  readonly total: number;
  readonly milestones: readonly Milestone[];
}

export const foundColumns = 'e.list, e.id, e.rest, e.shown, e.combo, e.ends';
const columns = foundColumns;

/** A window in the default sort, from the ranking. */
export function rankedWindow(
  db: Database,
  kind: ListKind,
  ranked: Ranked,
  condition: Condition,
  slice: Slice,
  counted: Counted | null,
): readonly Found[] {
  if (condition.everything) return placesWindow(db, kind, ranked, slice);
  if (slice.descending && counted) {
    // The same window seen from the other end, where the milestones help.
    const end = Math.max(0, counted.total - slice.offset);
    const offset = Math.max(0, end - slice.limit);
    const ascending = { offset, limit: end - offset, descending: false };
    return rankedWindow(db, kind, ranked, condition, ascending, counted).toReversed();
  }
  const start = counted?.milestones.findLast((each) => each.matches <= slice.offset) ?? {
    pos: 0,
    matches: 0,
  };
  if (condition.match === '') return combosWindow(db, kind, ranked, condition, slice, start);
  return find(
    db,
    `SELECT ${columns} FROM ${ranked.index} f
       CROSS JOIN ${ranked.rank} r ON r.pos = f.rowid CROSS JOIN ${kind}_entry e ON e.entry = r.entry
       WHERE f.${ranked.index} MATCH ? AND f.rowid > ? ${condition.verify.map((sql) => `AND ${sql}`).join(' ')}
       ORDER BY f.rowid ${slice.descending ? 'DESC' : ''} LIMIT ? OFFSET ?`,
    [condition.match, start.pos, ...condition.verifyValues, slice.limit, slice.offset - start.matches],
  );
}

/** What no full-text expression can say, along the ranking, which has the combinations in it. */
function combosWindow(
  db: Database,
  kind: ListKind,
  ranked: Ranked,
  condition: Condition,
  slice: Slice,
  start: Milestone,
): readonly Found[] {
  return find(
    db,
    `SELECT ${columns} FROM ${ranked.rank} r CROSS JOIN ${kind}_entry e ON e.entry = r.entry
       WHERE r.pos > ? AND r.combo IN (SELECT value FROM json_each(?))
       ORDER BY r.pos ${slice.descending ? 'DESC' : ''} LIMIT ? OFFSET ?`,
    [start.pos, JSON.stringify(condition.combos ?? []), slice.limit, slice.offset - start.matches],
  );
}

/** Without a condition a row's place is its number. */
function placesWindow(db: Database, kind: ListKind, ranked: Ranked, slice: Slice): readonly Found[] {
  const { offset, limit, descending } = slice;
  const from = descending ? ranked.rows - offset - limit + 1 : offset + 1;
  return find(
    db,
    `SELECT ${columns} FROM ${ranked.rank} r CROSS JOIN ${kind}_entry e ON e.entry = r.entry
       WHERE r.pos BETWEEN ? AND ? ORDER BY r.pos ${descending ? 'DESC' : ''}`,
    [from, from + limit - 1],
  );
}

/**
 * A window read from the rows themselves, in the default sort. All rows: along the index, merged with the first of the
 * rows that are not in it yet. Some rows: in the order they lie in memory, which is many times faster than in the
 * order of the index, keeping only the first ones.
 */
export function scannedWindow(
  db: Database,
  kind: ListKind,
  settledUpTo: number,
  condition: Condition,
  slice: Slice,
): readonly Found[] {
  const direction = slice.descending ? 'DESC' : 'ASC';
  const order = `sort ${direction}, id ${direction}, list ${direction}`;
  const { offset, limit } = slice;
  const select = `SELECT ${columns}, e.sort FROM ${kind}_entry e`;
  const where = condition.scan.join(' AND ');
  if (!condition.everything) {
    return find(db, `${select} NOT INDEXED WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`, [
      ...condition.scanValues,
      limit,
      offset,
    ]);
  }
  const unsettled = db.get(`SELECT 1 FROM ${kind}_entry WHERE entry > ? LIMIT 1`, settledUpTo);
  if (!unsettled) {
    return find(db, `${select} WHERE e.settled = 1 AND ${where} ORDER BY ${order} LIMIT ? OFFSET ?`, [
      ...condition.scanValues,
      limit,
      offset,
    ]);
  }
  return find(
    db,
    `SELECT * FROM (
       SELECT * FROM (${select} WHERE e.settled = 1 AND ${where} ORDER BY ${order} LIMIT ?)
       UNION ALL
       SELECT * FROM (${select} WHERE e.entry > ? AND e.settled = 0 AND ${where} ORDER BY ${order} LIMIT ?))
     ORDER BY ${order} LIMIT ? OFFSET ?`,
    [
      ...condition.scanValues,
      offset + limit,
      settledUpTo,
      ...condition.scanValues,
      offset + limit,
      limit,
      offset,
    ],
  );
}

/** Where a row stands in the default sort. */
export type Place = readonly [sort: string, id: string, list: number];

/** Before all others. */
export const firstPlace: Place = ['', '', 0];

/** The place of the row that is so many after a place, in the default sort; null where that is past the end. */
export function placeAfter(db: Database, kind: ListKind, after: Place, rows: number): Place | null {
  const found = db.get(
    `SELECT sort, id, list FROM ${kind}_entry INDEXED BY ${kind}_sort
       WHERE settled = 1 AND (sort, id, list) > (?, ?, ?) ORDER BY sort, id, list LIMIT 1 OFFSET ?`,
    ...after,
    rows - 1,
  );
  return found ? [String(found['sort']), String(found['id']), Number(found['list'])] : null;
}

/**
 * Columns (SQL on `e`) of the rows that a condition finds after a place and up to another one (null = to the end), in
 * the default sort. All rows must have settled.
 */
export function scannedBetween(
  db: Database,
  kind: ListKind,
  condition: Condition,
  [after, until]: readonly [after: Place, until: Place | null],
  select: string,
  limit: number,
): readonly Record<string, unknown>[] {
  return db.all(
    `SELECT ${select} FROM ${kind}_entry e INDEXED BY ${kind}_sort
       WHERE e.settled = 1 AND (e.sort, e.id, e.list) > (?, ?, ?)
         ${until ? 'AND (e.sort, e.id, e.list) <= (?, ?, ?)' : ''} AND ${condition.scan.join(' AND ')}
       ORDER BY e.sort, e.id, e.list LIMIT ?`,
    ...after,
    ...(until ?? []),
    ...condition.scanValues,
    limit,
  );
}

/** Rows that one page of an export looks at, whether or not they are among those asked for: some milliseconds. */
const pageScan = 4000;

/**
 * Some of the rows after a place, in the default sort, at most `limit`, and where to go on; null = that was all. All rows
 * must have settled.
 */
export function scannedPage(
  db: Database,
  kind: ListKind,
  condition: Condition,
  after: Place,
  limit: number,
): { readonly found: readonly Found[]; readonly next: Place | null } {
  const until = placeAfter(db, kind, after, condition.everything ? limit : pageScan);
  const found = scannedBetween(
    db,
    kind,
    condition,
    [after, until],
    `${columns}, e.sort`,
    limit,
  ) as unknown as readonly (Found & { readonly sort: string })[];
  const last = found.length === limit ? found.at(-1) : undefined;
  return { found, next: last ? [last.sort, last.id, last.list] : until };
}

/** Up to here matches from the search index are looked up one by one and sorted. */
const rareMatches = 8000;

/**
 * A window in another sort, where its order is not there (yet). `column` is SQL on `e`. With a ranking, few matches come
 * from the search index and are sorted; else the rows are read as they lie in memory, keeping only the first ones:
 * slower, and the same time whatever is looked for.
 */
export function sortedWindow(
  db: Database,
  kind: ListKind,
  ranked: Ranked | null,
  condition: Condition,
  slice: Slice,
  column: string,
): readonly Found[] {
  const direction = slice.descending ? 'DESC' : 'ASC';
  const order = `ORDER BY ${column} ${direction}, e.sort ${direction}, e.id ${direction}, e.list ${direction}`;
  const { offset, limit } = slice;
  if (ranked && condition.match !== '' && isRare(db, ranked, condition)) {
    return find(
      db,
      `SELECT ${columns} FROM ${ranked.index} f
         CROSS JOIN ${ranked.rank} r ON r.pos = f.rowid CROSS JOIN ${kind}_entry e ON e.entry = r.entry
         WHERE f.${ranked.index} MATCH ? ${condition.verify.map((sql) => `AND ${sql}`).join(' ')}
         ${order} LIMIT ? OFFSET ?`,
      [condition.match, ...condition.verifyValues, limit, offset],
    );
  }
  return find(
    db,
    `SELECT ${columns} FROM ${kind}_entry e NOT INDEXED WHERE ${condition.scan.join(' AND ')} ${order} LIMIT ? OFFSET ?`,
    [...condition.scanValues, limit, offset],
  );
}

function isRare(db: Database, ranked: Ranked, condition: Condition): boolean {
  const candidates = db.get(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${ranked.index} WHERE ${ranked.index} MATCH ? LIMIT ?)`,
    condition.match,
    rareMatches + 1,
  );
  return Number(candidates?.['n']) <= rareMatches;
}

function find(db: Database, sql: string, values: readonly SQLInputValue[]): readonly Found[] {
  return db.all(sql, ...values) as unknown as Found[];
}

/** How many candidates one counting step looks at: some milliseconds. */
const countChunk = 5000;

/** Candidates whose rows are looked up one by one; if there are more, reading all rows in a row is faster. */
const maxLookups = 20_000;

/**
 * Counts a condition in steps, so that windows asked for meanwhile need not wait: yields after each and returns the
 * sum. Throw the generator away when the rows change.
 */
export function* countMatches(
  db: Database,
  kind: ListKind,
  ranked: Ranked | null,
  condition: Condition,
): Generator<void, Counted, void> {
  const milestones: Milestone[] = [];
  let indexed = ranked;
  let total = 0;
  let looked = 0;
  let last = 0;
  for (;;) {
    const step: Step = indexed
      ? indexStep(db, kind, indexed, condition, last)
      : scanStep(db, kind, condition, last);
    total += step.matches;
    if (step.seen < countChunk) return { total, milestones };
    last = step.last;
    looked += step.seen;
    if (indexed) milestones.push({ pos: last, matches: total });
    if (indexed && condition.match !== '' && condition.verify.length > 0 && looked >= maxLookups) {
      indexed = null;
      total = 0;
      last = 0;
    }
    yield;
  }
}

interface Step {
  readonly seen: number;
  readonly matches: number;
  readonly last: number;
}

function indexStep(db: Database, kind: ListKind, ranked: Ranked, condition: Condition, after: number): Step {
  if (condition.match === '') return rankStep(db, ranked, condition, after);
  const candidates = `SELECT rowid AS pos FROM ${ranked.index} WHERE ${ranked.index} MATCH ? AND rowid > ? ORDER BY rowid LIMIT ${countChunk}`;
  const exact = condition.verify.length === 0;
  const sql = exact
    ? `SELECT count(*) AS seen, count(*) AS matches, max(pos) AS last FROM (${candidates})`
    : `SELECT count(*) AS seen, total(${condition.verify.join(' AND ')}) AS matches, max(c.pos) AS last FROM (${candidates}) c
         CROSS JOIN ${ranked.rank} r ON r.pos = c.pos CROSS JOIN ${kind}_entry e ON e.entry = r.entry`;
  return toStep(db.get(sql, ...condition.verifyValues, condition.match, after));
}

function rankStep(db: Database, ranked: Ranked, condition: Condition, after: number): Step {
  const sql = `SELECT count(*) AS seen, total(combo IN (SELECT value FROM json_each(?))) AS matches, max(pos) AS last
    FROM (SELECT pos, combo FROM ${ranked.rank} WHERE pos > ? ORDER BY pos LIMIT ${countChunk})`;
  return toStep(db.get(sql, JSON.stringify(condition.combos ?? []), after));
}

function scanStep(db: Database, kind: ListKind, condition: Condition, after: number): Step {
  const sql = `SELECT count(*) AS seen, total(${condition.scan.join(' AND ')}) AS matches, max(e.entry) AS last
    FROM (SELECT * FROM ${kind}_entry WHERE entry > ? ORDER BY entry LIMIT ${countChunk}) e`;
  return toStep(db.get(sql, ...condition.scanValues, after));
}

function toStep(row: Record<string, unknown> | undefined): Step {
  return { seen: Number(row?.['seen']), matches: Number(row?.['matches']), last: Number(row?.['last']) };
}
