import type { Database } from './database.ts';
import type { Condition } from './query.ts';
import type { Ranked } from './ranking.ts';
import type { ListKind } from './rows.ts';

/** How many rows have each combination of traits (facets.ts). */
export type Combos = ReadonlyMap<number, number>;

/** Rows that one step looks at: some milliseconds. */
const chunk = 10_000;

/**
 * Counts the combinations among the rows that a condition finds, in steps, so that windows asked for meanwhile need not
 * wait: yields after each. Throw the generator away when the rows change.
 */
export function* tallyCombos(
  db: Database,
  kind: ListKind,
  ranked: Ranked | null,
  condition: Condition,
): Generator<void, Combos, void> {
  const counts = new Map<number, number>();
  if (condition.nothing) return counts;
  let after = 0;
  for (;;) {
    const rows = ranked
      ? rankedStep(db, kind, ranked, condition, after)
      : scanStep(db, kind, condition, after);
    let seen = 0;
    for (const row of rows) {
      const matches = Number(row['matches']);
      const combo = Number(row['combo']);
      if (matches > 0) counts.set(combo, (counts.get(combo) ?? 0) + matches);
      seen += Number(row['seen']);
      after = Math.max(after, Number(row['last']));
    }
    if (seen < chunk) return counts;
    yield;
  }
}

type Rows = readonly Record<string, unknown>[];

function rankedStep(db: Database, kind: ListKind, ranked: Ranked, condition: Condition, after: number): Rows {
  if (condition.match === '') {
    const where = condition.combos === null ? '1' : 'combo IN (SELECT value FROM json_each(?))';
    return db.all(
      `SELECT combo, count(*) AS seen, total(${where}) AS matches, max(pos) AS last
         FROM ${ranked.rank} WHERE pos > ? AND pos <= ? GROUP BY combo`,
      ...(condition.combos === null ? [] : [JSON.stringify(condition.combos)]),
      after,
      after + chunk,
    );
  }
  const verified = condition.verify.length > 0;
  const entry = verified ? `CROSS JOIN ${kind}_entry e ON e.entry = r.entry` : '';
  return db.all(
    `SELECT r.combo AS combo, count(*) AS seen, total(${verified ? condition.verify.join(' AND ') : '1'}) AS matches,
         max(c.pos) AS last
       FROM (SELECT rowid AS pos FROM ${ranked.index} WHERE ${ranked.index} MATCH ? AND rowid > ?
               ORDER BY rowid LIMIT ${chunk}) c
       CROSS JOIN ${ranked.rank} r ON r.pos = c.pos ${entry} GROUP BY r.combo`,
    ...condition.verifyValues,
    condition.match,
    after,
  );
}

function scanStep(db: Database, kind: ListKind, condition: Condition, after: number): Rows {
  return db.all(
    `SELECT e.combo AS combo, count(*) AS seen, total(${condition.scan.join(' AND ')}) AS matches, max(e.entry) AS last
       FROM (SELECT * FROM ${kind}_entry WHERE entry > ? ORDER BY entry LIMIT ${chunk}) e GROUP BY e.combo`,
    ...condition.scanValues,
    after,
  );
}
