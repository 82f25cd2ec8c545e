import { hashId, type Database } from './database.ts';
import type { Facets } from './facets.ts';
import { kinds, type Cells } from './kinds.ts';
import type { ListKind } from './rows.ts';

/** A run of entries that one load made: its own ones are in it, others may be between them. */
export interface Run {
  /** The list's number where rows are seen as they come (a first load), else a negative one. */
  readonly target: number;
  first: number;
  last: number;
  /** Hashes of the ids that came. */
  readonly ids: Set<number>;
  /** Hashes that came more than once. */
  readonly doubles: Set<number>;
}

export interface Insertion {
  readonly rows: readonly Cells[];
  /** Facet codes that all of them have. */
  readonly shared: string;
  readonly page: number;
}

/** The rows of one kind in the database: how they come, settle, change and go. */
export interface Entries {
  insert(run: Run, insertion: Insertion): void;
  /**
   * Drops all but the last of the rows with one id: a vendor's pages can overlap when its list changes while it is
   * read. Gives how many went.
   */
  dropDoubles(run: Run): number;
  /** Puts what `run` brought in the place of the rows of `list`. True where that changed anything. */
  replace(list: number, run: Run): boolean;
  removeList(list: number): void;
  removeRun(run: Run): void;
  /** Where the record of a row is: page and place in one number. */
  at(list: number, id: string): number | undefined;
  /** Rows after this one may not have settled. */
  readonly settledUpTo: number;
  /** Puts some rows into the indexes; false when all were. */
  settle(): boolean;
}

export const maxRowsInPage = 65_536;

/** Some milliseconds of work. */
const settleChunk = 2000;

/** More than this unsettled would make reading them a wait. */
const maxUnsettled = 150_000;

export function createEntries(db: Database, kind: ListKind, facets: Facets): Entries {
  const table = `${kind}_entry`;
  let settledUpTo = 0;
  let newest = 0;

  function settle(): boolean {
    if (settledUpTo >= newest) return false;
    const end = Math.min(newest, settledUpTo + settleChunk);
    db.run(
      `UPDATE ${table} SET settled = 1 WHERE entry > ? AND entry <= ? AND settled = 0 AND list > 0`,
      settledUpTo,
      end,
    );
    settledUpTo = end;
    return true;
  }

  return {
    get settledUpTo() {
      return settledUpTo;
    },
    settle,

    insert(run, { rows, shared, page }) {
      const { index } = kinds[kind];
      db.transaction(() => {
        const add = db.statement(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`);
        rows.forEach((cells, position) => {
          const { id, name, rest, status, roles } = index(cells);
          const key = hashId(id);
          if (run.ids.has(key)) run.doubles.add(key);
          run.ids.add(key);
          let codes = shared + facets.code('status', status);
          for (const role of roles) codes += facets.code('role', role);
          const at = page * maxRowsInPage + position;
          newest += 1;
          add.run(newest, run.target, key, id, name, rest, status, codes, JSON.stringify(cells.slice(1)), at);
        });
      });
      if (run.first === 0) run.first = newest - rows.length + 1;
      run.last = newest;
      while (newest - settledUpTo > maxUnsettled) settle();
    },

    dropDoubles(run) {
      if (run.doubles.size === 0) return 0;
      const suspects = db.all(
        `SELECT entry, id FROM ${table} WHERE entry BETWEEN ? AND ? AND list = ?
           AND key IN (SELECT value FROM json_each(?)) ORDER BY entry DESC`,
        run.first,
        run.last,
        run.target,
        JSON.stringify([...run.doubles]),
      );
      const seen = new Set<unknown>();
      let dropped = 0;
      for (const { entry, id } of suspects) {
        if (seen.has(id)) {
          db.run(`DELETE FROM ${table} WHERE entry = ?`, Number(entry));
          dropped += 1;
        }
        seen.add(id);
      }
      return dropped;
    },

    /**
     * Rows that did not change keep their place in the search index and only learn where their new record is: most
     * refreshes change nothing, and then nothing has to be indexed again.
     */
    replace(list, run) {
      while (settle());
      const own = 'n.entry BETWEEN ?2 AND ?3 AND n.list = ?4';
      const bounds = [run.first, run.last, run.target];
      db.exec(`DROP TABLE IF EXISTS temp.kept;
        CREATE TEMP TABLE kept (old INTEGER PRIMARY KEY, new INTEGER NOT NULL, at INTEGER NOT NULL)`);
      db.run(
        `INSERT OR IGNORE INTO temp.kept SELECT o.entry, n.entry, n.at FROM ${table} n CROSS JOIN ${table} o
           ON o.settled = 1 AND o.list = ?1 AND o.key = n.key AND o.id = n.id AND o.cells = n.cells AND o.facets = n.facets
           WHERE ${own}`,
        list,
        ...bounds,
      );
      db.run(`UPDATE ${table} SET at = kept.at FROM temp.kept WHERE kept.old = ${table}.entry`);
      db.run(`DELETE FROM ${table} WHERE entry IN (SELECT new FROM temp.kept)`);
      const gone = db
        .statement(
          `DELETE FROM ${table} WHERE settled = 1 AND list = ? AND entry NOT IN (SELECT old FROM temp.kept)`,
        )
        .run(list).changes;
      const come = db
        .statement(`UPDATE ${table} AS n SET list = ?1, settled = 1 WHERE ${own}`)
        .run(list, ...bounds).changes;
      db.exec('DROP TABLE temp.kept');
      return Number(gone) + Number(come) > 0;
    },

    removeList(list) {
      db.run(`DELETE FROM ${table} WHERE settled = 1 AND list = ?`, list);
      db.run(`DELETE FROM ${table} WHERE entry > ? AND list = ?`, settledUpTo, list);
    },

    removeRun(run) {
      db.run(
        `DELETE FROM ${table} WHERE entry BETWEEN ? AND ? AND list = ?`,
        run.first,
        run.last,
        run.target,
      );
    },

    at(list, id) {
      const found =
        db.get(
          `SELECT at FROM ${table} WHERE settled = 1 AND list = ? AND key = ? AND id = ?`,
          list,
          hashId(id),
          id,
        ) ??
        db.get(
          `SELECT at FROM ${table} WHERE entry > ? AND list = ? AND id = ? ORDER BY entry DESC LIMIT 1`,
          settledUpTo,
          list,
          id,
        );
      return found && Number(found['at']);
    },
  };
}
