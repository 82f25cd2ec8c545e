import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { ListKind } from './rows.ts';

/** SQLite with its statements prepared once. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): void;
  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[];
  /** The values of each row in the order of the columns: half the time of `all` for many rows. */
  values(sql: string, ...values: SQLInputValue[]): unknown[][];
  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined;
  /** The prepared statement itself, for loops. */
  statement(sql: string): StatementSync;
  /** For what is not worth keeping prepared: schema changes, generated SQL. */
  exec(sql: string): void;
  /** All or nothing. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the directory's database: in memory, its temporary parts too, so that no name or address ever reaches a disk
 * (SQLite's default for sorting and temporary tables would be a file). Large pages: fewer of them, a faster load.
 *
 * `*_entry` holds the rows: `list` is the list's number, negative while a refresh is arriving; `key` a hash of the id;
 * `combo` what it can be narrowed by (facets.ts); `at` the page and the place in it where the record is; `sort` the key of
 * the name (collation.ts), as are the texts of `combo` and `list`, which are there to sort by. The index on the default sort holds what skipping over rows
 * needs (`list`), so that a window far down reads the index alone. Rows enter the indexes when they settle, not when
 * they come (`settled`): that doubles the speed of a load. `kept` notes which rows an arriving refresh has brought
 * again unchanged.
 */
export function openDatabase(): Database {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec(
    'PRAGMA page_size = 16384; PRAGMA temp_store = MEMORY; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF',
  );
  for (const kind of ['installations', 'users'] satisfies ListKind[]) {
    sqlite.exec(`
      CREATE TABLE ${kind}_entry (
        entry INTEGER PRIMARY KEY, list INTEGER NOT NULL, key INTEGER NOT NULL, id TEXT NOT NULL,
        name TEXT NOT NULL, rest TEXT NOT NULL, shown TEXT NOT NULL, combo INTEGER NOT NULL, ends INTEGER,
        at INTEGER NOT NULL, sort TEXT NOT NULL, settled INTEGER NOT NULL);
      CREATE INDEX ${kind}_sort ON ${kind}_entry (sort, id, list) WHERE settled = 1;
      CREATE INDEX ${kind}_key ON ${kind}_entry (list, key) WHERE settled = 1;`);
  }
  sqlite.exec(`
    CREATE TABLE kept (run INTEGER NOT NULL, entry INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (run, entry))
      WITHOUT ROWID;
    CREATE TABLE page (page INTEGER PRIMARY KEY, list INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE INDEX page_list ON page (list);
    CREATE TABLE combo (combo INTEGER PRIMARY KEY, facets TEXT NOT NULL, status TEXT NOT NULL, roles TEXT NOT NULL);
    CREATE TABLE list (no INTEGER PRIMARY KEY, label TEXT NOT NULL, connection TEXT NOT NULL, provider TEXT NOT NULL);`);

  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    // Generated queries have few shapes; the bound only keeps an unforeseen one from growing without end.
    if (prepared.size > 500) prepared.clear();
    const made = sqlite.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
  return {
    statement,
    run: (sql, ...values) => void statement(sql).run(...values),
    all: (sql, ...values) => statement(sql).all(...values),
    values(sql, ...values) {
      const prepared = statement(sql);
      prepared.setReturnArrays(true);
      const found = prepared.all(...values) as unknown as unknown[][];
      // The same text may be asked for in the other way.
      prepared.setReturnArrays(false);
      return found;
    },
    get: (sql, ...values) => statement(sql).get(...values),
    exec: (sql) => {
      // A statement prepared before a table went cannot be used after it.
      prepared.clear();
      sqlite.exec(sql);
    },
    transaction(work) {
      sqlite.exec('BEGIN');
      try {
        const result = work();
        sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        sqlite.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => {
      sqlite.close();
    },
  };
}

/** A 48-bit hash of an id, so that an index over ids need not repeat their text. Collisions are compared by text. */
export function hashId(id: string): number {
  let high = 0x811c9dc5;
  let low = 0x1b873593;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return (high >>> 8) * 0x1000000 + ((low ^ (low >>> 16)) & 0xffffff);
}
