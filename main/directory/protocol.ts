import type { Ending } from './store.ts';
import type { Page } from './pages.ts';
import type { RowsPage } from './engine.ts';
import type {
  CompareQuery,
  CompareStep,
  ConnectionName,
  Filter,
  ListKey,
  ListKind,
  ListState,
  Query,
  RowOf,
  Tally,
  Window,
  WindowQuery,
} from './rows.ts';
import type { Place } from './window.ts';

/** What the thread that asks and the thread that holds the directory say to each other. */
export interface Calls {
  readonly begin: (key: ListKey, resume: boolean) => { readonly load: number; readonly resumed: boolean };
  readonly expect: (keys: readonly ListKey[]) => null;
  readonly append: (load: number, page: Page) => null;
  readonly restore: (load: number, packed: Uint8Array) => null;
  readonly finish: (load: number, ending: Ending) => null;
  readonly abandon: (load: number) => null;
  readonly remove: (connection: string) => null;
  readonly removeList: (key: ListKey) => null;
  readonly describe: (connections: readonly ConnectionName[]) => null;
  readonly lists: () => readonly ListState[];
  readonly window: (query: WindowQuery) => Window;
  readonly count: (query: Query) => Promise<number>;
  readonly settle: (kind: ListKind, until: number | null) => number | null;
  readonly arrange: (query: Query) => number;
  readonly arrangeMore: (arrangement: number) => boolean;
  readonly arranged: (kind: ListKind, arrangement: number, after: number) => RowsPage['rows'] | null;
  readonly disarrange: (arrangement: number) => null;
  readonly tallies: (kind: ListKind, filter: Filter) => Promise<readonly Tally[]>;
  readonly compare: (query: CompareQuery, offset: number, limit: number) => CompareStep;
  readonly leaveComparison: (query: CompareQuery) => null;
  readonly page: (query: Query, after: Place | null) => RowsPage;
  readonly row: (key: ListKey, id: string) => RowOf[ListKind] | null;
  readonly record: (key: ListKey, id: string) => { readonly raw: unknown } | null;
  readonly pageNumbers: (key: ListKey) => readonly number[];
  readonly packedPage: (no: number) => Uint8Array | null;
  readonly settled: () => Promise<null>;
}

export type CallName = keyof Calls;

/** What the thread is given at its start; see {@link DirectoryOptions}. */
export interface Start {
  readonly quietMilliseconds: number;
  readonly locale?: string | undefined;
}

export interface Request {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly askedWrongly: boolean };
