import { hashId, type Database } from './database.ts';
import type { Facets } from './facets.ts';
import type { Collation } from './collation.ts';
import { kinds, type Cells, type Indexed } from './kinds.ts';
import type { ListKind } from './rows.ts';
import { foundColumns, type Found } from './window.ts';

/** The rows that one load brings. Its entries lie between `first` and `last`; others may lie between them. */
export interface Run {
  readonly list: number;
  /** The list's number where rows are seen as they come (a first load), else a negative one of its own. */
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
  /** What all of them have in common. */
  readonly connection: string;
  readonly page: number;
}

/** The rows of one kind in the database: how they come, settle, change and go. */
export interface Entries {
  /**
   * Takes rows in. Of a refresh only those are stored that differ from what is there: most refreshes change nothing,
   * and then nothing has to be indexed again.
   */
  insert(run: Run, insertion: Insertion): void;
  /** Makes what `run` brought the list's rows. Gives how many they are, and whether that changed what is seen. */
  accept(run: Run, arrived: number): { readonly rows: number; readonly changed: boolean };
  discard(run: Run): void;
  removeList(list: number): void;
  /** The row of that id, and where its record is: page and place in one number. */
  byId(list: number, id: string): (Found & { readonly at: number }) | undefined;
  /** Rows after this one may not have settled. */
  readonly settledUpTo: number;
  /** The row that came last. */
  readonly newest: number;
  /** How many rows of these lists that could be seen have gone so far; one that changes goes, and comes anew. */
  gone(lists: readonly number[]): number;
  /** Puts some rows into the indexes; false when all were. */
  settle(): boolean;
}

export const maxRowsInPage = 65_536;

/** Some milliseconds of work. */
const settleChunk = 2000;

export function createEntries(db: Database, kind: ListKind, facets: Facets, collation: Collation): Entries {
  const table = `${kind}_entry`;
  let settledUpTo = 0;
  let newest = 0;
  const gone = new Map<number, number>();

  /** Deletes rows of a list, or of a refresh that nobody has seen (a negative number); gives how many. */
  function remove(list: number, where: string, ...values: number[]): number {
    const { changes } = db.statement(`DELETE FROM ${table} WHERE ${where}`).run(...values);
    gone.set(list, (gone.get(list) ?? 0) + Number(changes));
    return Number(changes);
  }

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

  /** The entry that is the same in all that is seen, if there is one. */
  function same(
    list: number,
    key: number,
    { id, name, rest, shown, ends }: Indexed,
    combo: number,
  ): number | undefined {
    const found = db.get(
      `SELECT entry FROM ${table} WHERE settled = 1 AND list = ? AND key = ? AND id = ? AND name = ? AND rest = ?
         AND shown = ? AND combo = ? AND ends IS ?`,
      list,
      key,
      id,
      name,
      rest,
      shown,
      combo,
      ends,
    );
    return found && Number(found['entry']);
  }

  /**
   * A vendor's pages can overlap when its list changes while it is read: of the rows with one id, the last to come
   * counts. Gives how many went.
   */
  function dropDoubles(run: Run): number {
    if (run.doubles.size === 0) return 0;
    const suspects = db.all(
      `SELECT entry, id, at, 0 AS kept FROM ${table} WHERE entry BETWEEN ?1 AND ?2 AND list = ?3
         AND key IN (SELECT value FROM json_each(?4))
       UNION ALL
       SELECT k.entry, e.id, k.at, 1 FROM kept k JOIN ${table} e ON e.entry = k.entry
         WHERE k.run = ?3 AND e.key IN (SELECT value FROM json_each(?4))
       ORDER BY 3 DESC`,
      run.first,
      run.last,
      run.target,
      JSON.stringify([...run.doubles]),
    );
    const seen = new Set<unknown>();
    for (const { entry, id, kept } of suspects) {
      if (!seen.has(id)) seen.add(id);
      else if (kept === 1) db.run('DELETE FROM kept WHERE run = ? AND entry = ?', run.target, Number(entry));
      else remove(run.target, 'entry = ?', Number(entry));
    }
    return suspects.length - seen.size;
  }

  return {
    get settledUpTo() {
      return settledUpTo;
    },
    get newest() {
      return newest;
    },
    gone: (lists) => lists.reduce((sum, list) => sum + (gone.get(list) ?? 0), 0),
    settle,

    insert(run, { rows, connection, page }) {
      const { index } = kinds[kind];
      const refresh = run.target < 0;
      if (refresh) while (settle());
      const before = newest;
      db.transaction(() => {
        const add = db.statement(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`);
        rows.forEach((row, position) => {
          const indexed = index(row);
          const { id, name, rest, shown, ends } = indexed;
          const key = hashId(id);
          if (run.ids.has(key)) run.doubles.add(key);
          run.ids.add(key);
          const combo = facets.combo({ list: run.list, connection, ...indexed.traits });
          const at = page * maxRowsInPage + position;
          const old = refresh ? same(run.list, key, indexed, combo) : undefined;
          if (old !== undefined) {
            // Twice the same row: `at` of the later one, and counted as a double.
            db.run('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)', run.target, old, at);
            return;
          }
          newest += 1;
          const sort = collation.key(indexed.title);
          add.run(newest, run.target, key, id, name, rest, shown, combo, ends, at, sort);
        });
      });
      if (newest > before) {
        if (run.first === 0) run.first = before + 1;
        run.last = newest;
      }
    },

    accept(run, arrived) {
      const dropped = dropDoubles(run);
      const { list, target, first, last } = run;
      if (target > 0) return { rows: arrived - dropped, changed: dropped > 0 };
      while (settle());
      const left = remove(
        list,
        'settled = 1 AND list = ? AND entry NOT IN (SELECT entry FROM kept WHERE run = ?)',
        list,
        target,
      );
      db.run(
        `UPDATE ${table} SET at = kept.at FROM kept WHERE kept.run = ? AND kept.entry = ${table}.entry`,
        target,
      );
      const come = db
        .statement(`UPDATE ${table} SET list = ?, settled = 1 WHERE entry BETWEEN ? AND ? AND list = ?`)
        .run(list, first, last, target).changes;
      const kept = Number(db.get('SELECT count(*) AS n FROM kept WHERE run = ?', target)?.['n']);
      db.run('DELETE FROM kept WHERE run = ?', target);
      return { rows: kept + Number(come), changed: left + Number(come) > 0 };
    },

    discard({ first, last, target }) {
      remove(target, 'entry BETWEEN ? AND ? AND list = ?', first, last, target);
      db.run('DELETE FROM kept WHERE run = ?', target);
    },

    removeList(list) {
      remove(list, 'settled = 1 AND list = ?', list);
      remove(list, 'entry > ? AND list = ?', settledUpTo, list);
    },

    byId(list, id) {
      const select = `SELECT ${foundColumns}, e.at FROM ${table} e`;
      const found =
        db.get(`${select} WHERE settled = 1 AND list = ? AND key = ? AND id = ?`, list, hashId(id), id) ??
        db.get(
          `${select} WHERE entry > ? AND list = ? AND id = ? ORDER BY entry DESC LIMIT 1`,
          settledUpTo,
          list,
          id,
        );
      return found as (Found & { readonly at: number }) | undefined;
    },
  };
}
