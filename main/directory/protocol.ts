import type { Ending } from './store.ts';
import type { PageText } from './pages.ts';
import type { RowsPage } from './engine.ts';
import type { ListKey, ListState, Query, Window, WindowQuery } from './rows.ts';
import type { Place } from './window.ts';

/** What the thread that asks and the thread that holds the directory say to each other. */
export interface Calls {
  begin(key: ListKey): number;
  append(load: number, page: PageText): null;
  restore(load: number, packed: Uint8Array): null;
  finish(load: number, ending: Ending): null;
  abandon(load: number): null;
  remove(connection: string): null;
  lists(): readonly ListState[];
  window(query: WindowQuery): Window;
  count(query: Query): Promise<number>;
  page(query: Query, after: Place | null): RowsPage;
  record(key: ListKey, id: string): { readonly raw: unknown } | null;
  pageNumbers(key: ListKey): readonly number[];
  packedPage(no: number): Uint8Array | null;
  settled(): Promise<null>;
}

export type CallName = keyof Calls;

export interface Request {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };
