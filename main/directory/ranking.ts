import type { Database } from './database.ts';
import type { ListKind } from './rows.ts';

/** The tables of a finished ranking of one kind's rows. */
export interface Ranked {
  /** `pos` (1, 2, 3…, the place in the default sort), `entry` and `combo`. */
  readonly rank: string;
  /** Trigrams; its rowid is `pos`. */
  readonly index: string;
  readonly rows: number;
}

/**
 * The order and the search index of the rows, built when they have been quiet for a while. A row's number in the
 * search index is its place in the default sort, so the first matches that the index gives are the first to be shown:
 * common words cost no more than rare ones. Until it is built, searches read the rows themselves.
 */
export interface Ranking {
  readonly ranked: Ranked | null;
  /** Throws away what there is: the rows have changed. */
  invalidate(): void;
  /** Builds for some milliseconds; true while there is more to do. All rows must have settled. */
  step(): boolean;
}

/** Up to here reading the rows takes less time than a person can notice: no index, no memory for it. */
export const rankFrom = 10_000;

/** About ten milliseconds of work: what a query may have to wait for. */
const chunk = 1500;

export function createRanking(db: Database, kind: ListKind): Ranking {
  let generation = 0;
  let building: { readonly rank: string; readonly index: string; rows: number; last: Place } | null = null;
  let ranked: Ranked | null = null;

  function start(): void {
    generation += 1;
    const rank = `${kind}_rank_${generation}`;
    const index = `${kind}_index_${generation}`;
    db.exec(`
      CREATE TABLE ${rank} (pos INTEGER PRIMARY KEY, entry INTEGER NOT NULL, combo INTEGER NOT NULL);
      CREATE VIRTUAL TABLE ${index} USING
        fts5(text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1');
      INSERT INTO ${index} (${index}, rank) VALUES ('hashsize', 16000000);`);
    building = { rank, index, rows: 0, last: ['', '', 0] };
  }

  function drop(tables: { readonly rank: string; readonly index: string } | null): void {
    if (tables) db.exec(`DROP TABLE ${tables.rank}; DROP TABLE ${tables.index};`);
  }

  return {
    get ranked() {
      return ranked;
    },
    invalidate() {
      drop(building);
      drop(ranked);
      building = null;
      ranked = null;
    },
    step() {
      if (ranked) return false;
      if (!building) {
        const enough = db.get(`SELECT 1 FROM ${kind}_entry LIMIT 1 OFFSET ${rankFrom}`);
        if (!enough) return false;
        start();
        return true;
      }
      const { rank, index, last, rows } = building;
      const next = db.transaction(() => {
        db.run(
          `INSERT INTO ${rank} (entry, combo) SELECT entry, combo FROM ${kind}_entry
             WHERE settled = 1 AND (sort, id, list) > (?, ?, ?) AND list > 0 ORDER BY sort, id, list LIMIT ${chunk}`,
          ...last,
        );
        db.run(
          `INSERT INTO ${index} (rowid, text) SELECT r.pos, e.name || char(10) || e.rest || c.facets
             FROM ${rank} r CROSS JOIN ${kind}_entry e ON e.entry = r.entry CROSS JOIN combo c ON c.combo = r.combo
             WHERE r.pos > ?`,
          rows,
        );
        return db.get(
          `SELECT r.pos, e.sort, e.id, e.list FROM ${rank} r JOIN ${kind}_entry e ON e.entry = r.entry
             WHERE r.pos > ? ORDER BY r.pos DESC LIMIT 1`,
          rows,
        );
      });
      if (next) {
        building.rows = Number(next['pos']);
        building.last = [String(next['sort']), String(next['id']), Number(next['list'])];
        return true;
      }
      ranked = { rank, index, rows };
      building = null;
      return false;
    },
  };
}

/** Where the last chunk ended: sort, id and list, the columns of the default sort. */
type Place = [sort: string, id: string, list: number];
