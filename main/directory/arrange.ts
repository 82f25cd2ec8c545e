import type { Database } from './database.ts';
import type { Condition } from './query.ts';
import type { ListKind } from './rows.ts';
import { foundColumns, type Found } from './window.ts';

/**
 * Notes all rows that a condition finds in the order of a sort, in a table of their numbers. `column` is SQL on `e`.
 * One piece of work: some seconds for a million rows in another sort than the default one.
 */
export function arrangeRows(
  db: Database,
  kind: ListKind,
  table: string,
  condition: Condition,
  column: string,
  descending: boolean,
): void {
  const direction = descending ? 'DESC' : 'ASC';
  db.exec(`CREATE TABLE ${table} (pos INTEGER PRIMARY KEY, entry INTEGER NOT NULL)`);
  if (condition.nothing) return;
  db.run(
    `INSERT INTO ${table} (entry) SELECT e.entry FROM ${kind}_entry e NOT INDEXED
       WHERE ${condition.scan.join(' AND ')}
       ORDER BY ${column} ${direction}, e.sort ${direction}, e.id ${direction}, e.list ${direction}`,
    ...condition.scanValues,
  );
}

/** The rows after a place; null where one has changed or gone since they were arranged. */
export function arrangedPage(
  db: Database,
  kind: ListKind,
  table: string,
  after: number,
  limit: number,
): readonly Found[] | null {
  const rows = db.all(
    `SELECT ${foundColumns} FROM ${table} a LEFT JOIN ${kind}_entry e ON e.entry = a.entry AND e.list > 0
       WHERE a.pos > ? ORDER BY a.pos LIMIT ?`,
    after,
    limit,
  );
  return rows.some(({ id }) => id === null) ? null : (rows as unknown as Found[]);
}
