import type { Failure } from '../../preload/errors.ts';
import type { Collation } from './collation.ts';
import type { Database } from './database.ts';
import { maxRowsInPage, type Entries, type Run } from './entries.ts';
import type { Named } from './kinds.ts';
import { createPages, readCells, recordAt, unpackPage, type Page, type Pages } from './pages.ts';
import {
  listName,
  type ConnectionName,
  type Filter,
  type ListKey,
  type ListKind,
  type ListState,
} from './rows.ts';

/** How a load ended. */
export interface Ending {
  /** Whether every page came. */
  readonly complete: boolean;
  readonly failure?: Failure;
  /** How many the vendor says there are. */
  readonly total?: number;
  /** When the rows were fetched, milliseconds since the epoch. */
  readonly fetchedAt: number;
  /** The provider's own filter that the rows were asked for with. */
  readonly filter?: string;
}

export interface List extends Named {
  readonly no: number;
  key: ListKey;
  /** For sorting; the connection's id and nothing until {@link Store.describe}. */
  connectionName: string;
  provider: string;
  rows: number;
  complete: boolean;
  total: number | null;
  fetchedAt: number | null;
  failure: Failure | null;
  filter: string | null;
  /** A first load that did not come to its end, to be taken up again. */
  cut: { readonly run: Run; readonly arrived: number } | null;
  loading: number | null;
  arriving: number | null;
}

interface Load {
  readonly list: List;
  readonly key: ListKey;
  readonly run: Run;
  arrived: number;
}

/** The lists, their loads and their records. Knows nothing of searching. */
export interface Store {
  /**
   * Starts a load; one that was under way for the same list is abandoned. The first load is seen while it comes. With
   * `resume`, a first load that was cut is taken up: what came of it stays, and more is added.
   */
  begin(key: ListKey, resume?: boolean): { readonly load: number; readonly resumed: boolean };
  /** Lists that will come, in the order in which rows stand that are alike in name and id. */
  expect(keys: readonly ListKey[]): void;
  append(load: number, page: Page): void;
  /** As {@link Store.append}, from a snapshot. Throws where the bytes are not a page. */
  restore(load: number, packed: Uint8Array): void;
  finish(load: number, ending: Ending): void;
  /** As if the load had never begun. */
  abandon(load: number): void;
  remove(connection: string): void;
  /** Drops one list and its rows; nothing where there is no such list. */
  removeList(key: ListKey): void;
  /** How connections are called: for sorting by it. */
  describe(connections: readonly ConnectionName[]): void;
  lists(): readonly ListState[];
  /** The lists of a kind that a filter allows. */
  visible(kind: ListKind, filter?: Filter): readonly List[];
  byKey(key: ListKey): List | undefined;
  byNumber(no: number): List | undefined;
  /** The vendor's record of one row; undefined where there is no such row. */
  record(key: ListKey, id: string): { readonly raw: unknown } | undefined;
  pageNumbers(key: ListKey): readonly number[];
  readonly pages: Pages;
  /** Changes whenever what lists or connections are called may have. */
  readonly renamed: number;
}

/** @param changed called after the visible rows of a list changed */
export function createStore(
  db: Database,
  entries: Readonly<Record<ListKind, Entries>>,
  collation: Collation,
  changed: (list: ListKey) => void,
): Store {
  const byName = new Map<string, List>();
  const byNumber = new Map<number, List>();
  const loads = new Map<number, Load>();
  const pages = createPages(db);
  let names: ReadonlyMap<string, ConnectionName> = new Map();
  let lastList = 0;
  let lastLoad = 0;
  let renamed = 0;

  const loadOf = (id: number): Load => {
    const load = loads.get(id);
    if (!load) throw new RangeError('This load has ended or was replaced by a newer one.');
    return load;
  };

  function listFor(key: ListKey): List {
    const known = byName.get(listName(key));
    if (known) return known;
    lastList += 1;
    const list: List = {
      no: lastList,
      key,
      connectionName: key.connection,
      provider: '',
      rows: 0,
      complete: false,
      total: null,
      fetchedAt: null,
      failure: null,
      filter: null,
      cut: null,
      loading: null,
      arriving: null,
    };
    byName.set(listName(key), list);
    byNumber.set(list.no, list);
    rename(list, key);
    return list;
  }

  function rename(list: List, key: ListKey): void {
    renamed += 1;
    list.key = key;
    const known = names.get(key.connection);
    list.connectionName = known?.name ?? key.connection;
    list.provider = known?.provider ?? '';
    const label = key.kind === 'users' ? key.installation.name : '';
    db.run(
      'INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?)',
      list.no,
      collation.key(label),
      collation.key(list.connectionName),
      collation.key(list.provider),
    );
  }

  function insert(load: Load, cells: string, page: Page | Uint8Array): void {
    const { list, key, run } = load;
    const rows = readCells(cells);
    if (rows.length > maxRowsInPage) throw new RangeError(`A page has at most ${maxRowsInPage} rows.`);
    if (rows.length === 0) return;
    const { connection } = key;
    entries[key.kind].insert(run, { rows, connection, page: pages.add(run.target, page) });
    load.arrived += rows.length;
    if (run.target < 0) list.arriving = load.arrived;
    else {
      list.rows += rows.length;
      changed(key);
    }
  }

  function end(id: number, { list }: Load): void {
    loads.delete(id);
    list.loading = null;
    list.arriving = null;
  }

  function discard({ key, run }: Load): void {
    db.transaction(() => {
      entries[key.kind].discard(run);
      pages.remove(run.target);
    });
  }

  function forget(list: List): void {
    byName.delete(listName(list.key));
    byNumber.delete(list.no);
    db.run('DELETE FROM list WHERE no = ?', list.no);
  }

  function drop(list: List): void {
    if (list.loading !== null) store.abandon(list.loading);
    db.transaction(() => {
      entries[list.key.kind].removeList(list.no);
      pages.remove(list.no);
    });
    forget(list);
    changed(list.key);
  }

  /** Makes what a load brought the list's rows. True where that changed what is seen. */
  function accept({ list, key, run, arrived }: Load): boolean {
    return db.transaction(() => {
      const { rows, changed: different } = entries[key.kind].accept(run, arrived);
      list.rows = rows;
      if (run.target < 0) pages.move(run.target, list.no);
      return different;
    });
  }

  const store: Store = {
    pages,
    get renamed() {
      return renamed;
    },

    begin(key, resume = false) {
      const earlier = listFor(key).loading;
      if (earlier !== null) store.abandon(earlier);
      const list = listFor(key); // abandoning a first load forgot its list
      lastLoad += 1;
      const { cut } = list;
      list.cut = null;
      if (resume && cut) {
        loads.set(lastLoad, { list, key, run: cut.run, arrived: cut.arrived });
        list.loading = lastLoad;
        return { load: lastLoad, resumed: true };
      }
      const first = list.rows === 0 && !list.complete;
      const target = first ? list.no : -lastLoad;
      const run: Run = { list: list.no, target, first: 0, last: 0, ids: new Set(), doubles: new Set() };
      loads.set(lastLoad, { list, key, run, arrived: 0 });
      list.loading = lastLoad;
      list.arriving = first ? null : 0;
      return { load: lastLoad, resumed: false };
    },

    expect(keys) {
      for (const key of keys) listFor(key);
    },

    append(id, page) {
      insert(loadOf(id), page.cells, page);
    },

    restore(id, packed) {
      insert(loadOf(id), unpackPage(packed).cells, packed);
    },

    finish(id, ending) {
      const load = loadOf(id);
      const { list, key, run } = load;
      if (run.target > 0 || ending.complete) {
        const renamed = JSON.stringify(list.key) !== JSON.stringify(key);
        const different = accept(load);
        list.complete = ending.complete;
        list.total = ending.total ?? null;
        list.filter = ending.filter ?? null;
        if (!ending.complete && list.rows > 0) {
          run.doubles.clear();
          list.cut = { run, arrived: list.rows };
        }
        list.fetchedAt = ending.complete || list.rows > 0 ? ending.fetchedAt : null;
        rename(list, key);
        if (different || renamed) changed(key);
      } else discard(load);
      list.failure = ending.complete ? null : (ending.failure ?? null);
      end(id, load);
    },

    abandon(id) {
      const load = loads.get(id);
      if (!load) return;
      discard(load);
      end(id, load);
      if (load.run.target > 0) {
        forget(load.list);
        if (load.arrived > 0) changed(load.key);
      }
    },

    remove(connection) {
      for (const list of [...byNumber.values()]) if (list.key.connection === connection) drop(list);
    },

    removeList(key) {
      const list = byName.get(listName(key));
      if (list) drop(list);
    },

    describe(connections) {
      names = new Map(connections.map((each) => [each.id, each]));
      for (const list of byNumber.values()) rename(list, list.key);
    },

    lists: () => [...byNumber.values()].map(stateOf),

    visible: (kind, { connection, connections, installation } = {}) =>
      [...byNumber.values()].filter(
        ({ key }) =>
          key.kind === kind &&
          (connection === undefined || key.connection === connection) &&
          (connections === undefined || connections.includes(key.connection)) &&
          (installation === undefined || (key.kind === 'users' && key.installation.id === installation)),
      ),

    byNumber: (no) => byNumber.get(no),
    byKey: (key) => byName.get(listName(key)),

    record(key, id) {
      const list = byName.get(listName(key));
      const at = list && entries[key.kind].byId(list.no, id)?.at;
      const page = at === undefined ? undefined : pages.page(Math.floor(at / maxRowsInPage));
      if (at === undefined || !page) return undefined;
      return { raw: recordAt(page, at % maxRowsInPage) };
    },

    pageNumbers(key) {
      const list = byName.get(listName(key));
      return list ? pages.numbers(list.no) : [];
    },
  };
  return store;
}

function stateOf(list: List): ListState {
  const { key, rows, complete, total, fetchedAt, failure, arriving, filter } = list;
  const loading = list.loading !== null;
  return {
    key,
    rows,
    complete,
    loading,
    arriving,
    total,
    fetchedAt,
    failure,
    resumable: list.cut !== null,
    filter,
  };
}
