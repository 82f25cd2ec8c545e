import type { Failure } from '../../preload/errors.ts';
import { hashId, type Database } from './database.ts';
import type { Facets } from './facets.ts';
import { kinds, type Cells } from './kinds.ts';
import { packPage, readCells, unpackPage, type PageText } from './pages.ts';
import { listName, type ListKey, type ListKind, type ListState } from './rows.ts';

/** How a load ended. */
export interface Ending {
  /** Whether every page came. */
  readonly complete: boolean;
  readonly failure?: Failure;
  /** How many the vendor says there are. */
  readonly total?: number;
  /** When the rows were fetched, milliseconds since the epoch. */
  readonly fetchedAt: number;
}

export interface List {
  readonly no: number;
  key: ListKey;
  rows: number;
  complete: boolean;
  total: number | null;
  fetchedAt: number | null;
  failure: Failure | null;
  loading: number | null;
  arriving: number | null;
}

interface Load {
  readonly list: List;
  readonly key: ListKey;
  /** The list's number where rows are seen as they come (a first load), else a negative one. */
  readonly target: number;
  arrived: number;
}

/** The rows and the lists they belong to. Knows nothing of searching. */
export interface Store {
  /** Starts a load; one that was under way for the same list is abandoned. The first load is seen while it comes. */
  begin(key: ListKey): number;
  append(load: number, page: PageText): void;
  /** As {@link Store.append}, from a snapshot. Throws where the bytes are not a page. */
  restore(load: number, packed: Uint8Array): void;
  finish(load: number, ending: Ending): void;
  /** As if the load had never begun. */
  abandon(load: number): void;
  remove(connection: string): void;
  lists(): readonly ListState[];
  /** The numbers of the lists of a kind that a filter allows. */
  visible(kind: ListKind, connection?: string, installation?: string): readonly List[];
  byNumber(no: number): List | undefined;
  /** The vendor's record of one row; undefined where there is no such row. */
  record(key: ListKey, id: string): { readonly raw: unknown } | undefined;
  pageNumbers(key: ListKey): readonly number[];
  page(no: number): Uint8Array | undefined;
}

const maxRowsInPage = 65_536;

/** @param changed called after the visible rows of a kind changed */
export function createStore(db: Database, facets: Facets, changed: (kind: ListKind) => void): Store {
  const byName = new Map<string, List>();
  const byNumber = new Map<number, List>();
  const loads = new Map<number, Load>();
  let lastList = 0;
  let lastLoad = 0;

  const loadOf = (id: number): Load => {
    const load = loads.get(id);
    if (!load) throw new Error('This load has ended or was replaced by a newer one.');
    return load;
  };

  function listFor(key: ListKey): List {
    const known = byName.get(listName(key));
    if (known) return known;
    lastList += 1;
    const list: List = {
      no: lastList,
      key,
      rows: 0,
      complete: false,
      total: null,
      fetchedAt: null,
      failure: null,
      loading: null,
      arriving: null,
    };
    byName.set(listName(key), list);
    byNumber.set(list.no, list);
    rename(list, key);
    return list;
  }

  function rename(list: List, key: ListKey): void {
    list.key = key;
    const label = key.kind === 'users' ? key.installation.name : key.provider;
    db.run('INSERT OR REPLACE INTO list VALUES (?, ?, ?)', list.no, label, key.connection);
  }

  function insert(load: Load, rows: readonly Cells[], packed: Uint8Array): void {
    if (rows.length > maxRowsInPage) throw new Error('too many rows in a page');
    const { kind } = load.key;
    const { index } = kinds[kind];
    const shared = facets.code('list', String(load.list.no)) + facets.code('connection', load.key.connection);
    db.transaction(() => {
      db.run('INSERT INTO page (list, bytes) VALUES (?, ?)', load.target, packed);
      const page = Number(db.get('SELECT last_insert_rowid() AS page')?.['page']);
      const add = db.statement(
        `INSERT INTO ${kind}_entry (list, key, id, name, rest, status, facets, cells, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      rows.forEach((cells, position) => {
        const { id, name, rest, status, roles } = index(cells);
        const codes = roles.map((role) => facets.code('role', role)).join('');
        const facet = shared + facets.code('status', status) + codes;
        const at = page * maxRowsInPage + position;
        add.run(load.target, hashId(id), id, name, rest, status, facet, JSON.stringify(cells.slice(1)), at);
      });
    });
    load.arrived += rows.length;
    if (load.target < 0) load.list.arriving = load.arrived;
    else {
      load.list.rows += rows.length;
      if (rows.length > 0) changed(kind);
    }
  }

  /** A vendor's pages can overlap while it changes: of two rows with one id, the later one counts. */
  function dropDoubles(kind: ListKind, target: number): number {
    const twice = db.all(
      `SELECT key FROM ${kind}_entry WHERE list = ? GROUP BY key HAVING count(*) > 1`,
      target,
    );
    let dropped = 0;
    for (const { key } of twice) {
      const { changes } = db
        .statement(
          `DELETE FROM ${kind}_entry WHERE list = ?1 AND key = ?2 AND EXISTS (SELECT 1 FROM ${kind}_entry AS later
             WHERE later.list = ?1 AND later.key = ?2 AND later.id = ${kind}_entry.id AND later.entry > ${kind}_entry.entry)`,
        )
        .run(target, Number(key));
      dropped += Number(changes);
    }
    return dropped;
  }

  /**
   * Puts a refresh in the place of what was there. Rows that did not change keep their place in the search index and
   * only get the new record: most refreshes change nothing, and then nothing has to be indexed again.
   */
  function replace(kind: ListKind, list: number, target: number): boolean {
    const entry = `${kind}_entry`;
    db.exec('DROP TABLE IF EXISTS temp.kept');
    db.exec('CREATE TEMP TABLE kept (old INTEGER PRIMARY KEY, new INTEGER NOT NULL, at INTEGER NOT NULL)');
    db.run(
      `INSERT OR IGNORE INTO kept SELECT o.entry, n.entry, n.at FROM ${entry} n CROSS JOIN ${entry} o
         ON o.list = ?1 AND o.key = n.key AND o.id = n.id AND o.cells = n.cells AND o.facets = n.facets WHERE n.list = ?2`,
      list,
      target,
    );
    db.run(`UPDATE ${entry} SET at = kept.at FROM temp.kept WHERE kept.old = ${entry}.entry`);
    db.run(`DELETE FROM ${entry} WHERE entry IN (SELECT new FROM temp.kept)`);
    const gone = db
      .statement(`DELETE FROM ${entry} WHERE list = ? AND entry NOT IN (SELECT old FROM temp.kept)`)
      .run(list).changes;
    const come = db.statement(`UPDATE ${entry} SET list = ? WHERE list = ?`).run(list, target).changes;
    db.run('DELETE FROM page WHERE list = ?', list);
    db.run('UPDATE page SET list = ? WHERE list = ?', list, target);
    db.exec('DROP TABLE temp.kept');
    return Number(gone) + Number(come) > 0;
  }

  function end(id: number, load: Load): void {
    loads.delete(id);
    load.list.loading = null;
    load.list.arriving = null;
  }

  function discard(kind: ListKind, target: number): void {
    db.run(`DELETE FROM ${kind}_entry WHERE list = ?`, target);
    db.run('DELETE FROM page WHERE list = ?', target);
  }

  function forget(list: List): void {
    byName.delete(listName(list.key));
    byNumber.delete(list.no);
    db.run('DELETE FROM list WHERE no = ?', list.no);
  }

  const store: Store = {
    begin(key) {
      const list = listFor(key);
      if (list.loading !== null) store.abandon(list.loading);
      // Abandoning a first load forgets its list.
      const current = listFor(key);
      lastLoad += 1;
      const first = current.rows === 0 && !current.complete;
      loads.set(lastLoad, { list: current, key, target: first ? current.no : -lastLoad, arrived: 0 });
      current.loading = lastLoad;
      current.arriving = first ? null : 0;
      return lastLoad;
    },

    append(id, page) {
      insert(loadOf(id), readCells(page.cells), packPage(page));
    },

    restore(id, packed) {
      insert(loadOf(id), readCells(unpackPage(packed).cells), packed);
    },

    finish(id, ending) {
      const load = loadOf(id);
      const { list, key, target } = load;
      const { kind } = key;
      const failure = ending.complete ? null : (ending.failure ?? null);
      if (target > 0 || ending.complete) {
        const dropped = db.transaction(() => dropDoubles(kind, target));
        const different = target < 0 ? db.transaction(() => replace(kind, list.no, target)) : dropped > 0;
        const renamed = JSON.stringify(list.key) !== JSON.stringify(key);
        list.rows = load.arrived - dropped;
        list.complete = ending.complete;
        list.total = ending.total ?? null;
        list.fetchedAt = ending.complete || list.rows > 0 ? ending.fetchedAt : null;
        rename(list, key);
        if (different || renamed) changed(kind);
      } else {
        db.transaction(() => discard(kind, target));
      }
      list.failure = failure;
      end(id, load);
    },

    abandon(id) {
      const load = loads.get(id);
      if (!load) return;
      db.transaction(() => discard(load.key.kind, load.target));
      end(id, load);
      if (load.target > 0) {
        forget(load.list);
        if (load.arrived > 0) changed(load.key.kind);
      }
    },

    remove(connection) {
      for (const list of [...byNumber.values()].filter((each) => each.key.connection === connection)) {
        if (list.loading !== null) store.abandon(list.loading);
        db.transaction(() => discard(list.key.kind, list.no));
        forget(list);
        changed(list.key.kind);
      }
    },

    lists: () =>
      [...byNumber.values()].map(({ no: _, loading, ...state }) => ({ ...state, loading: loading !== null })),

    visible: (kind, connection, installation) =>
      [...byNumber.values()].filter(
        ({ key }) =>
          key.kind === kind &&
          (connection === undefined || key.connection === connection) &&
          (installation === undefined || (key.kind === 'users' && key.installation.id === installation)),
      ),

    byNumber: (no) => byNumber.get(no),

    record(key, id) {
      const list = byName.get(listName(key));
      const found = list
        ? db.get(
            `SELECT at FROM ${key.kind}_entry WHERE list = ? AND key = ? AND id = ? ORDER BY entry DESC LIMIT 1`,
            list.no,
            hashId(id),
            id,
          )
        : undefined;
      if (!found) return undefined;
      const at = Number(found['at']);
      const packed = store.page(Math.floor(at / maxRowsInPage));
      if (!packed) return undefined;
      const records = JSON.parse(unpackPage(packed).raw) as unknown[];
      return { raw: records[at % maxRowsInPage] };
    },

    pageNumbers(key) {
      const list = byName.get(listName(key));
      if (!list) return [];
      return db
        .all('SELECT page FROM page WHERE list = ? ORDER BY page', list.no)
        .map(({ page }) => Number(page));
    },

    page: (no) => db.get('SELECT bytes FROM page WHERE page = ?', no)?.['bytes'] as Uint8Array | undefined,
  };
  return store;
}
