/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or are nothing that is shown */
import { onDestroy } from 'svelte';
import type { Failure, Result } from '../../preload/errors.ts';

export const pageRows = 100;
const keptPages = 30;

export type ReadWindow<Row> = (
  offset: number,
  limit: number,
  signal: AbortSignal,
) => Promise<Result<{ rows: Row[]; total: number }>>;

/** The rows of one list as far as they were looked at. */
export interface Rows<Row> {
  /** Null until the first answer, and after a question that got none. */
  readonly total: number | null;
  /** Why rows are missing: of a question all of them, of a page those that are still grey. */
  readonly failure: Failure | null;
  /** True while the rows on screen are those of the question before. */
  readonly stale: boolean;
  /** Undefined where the row has not come yet. */
  readonly at: (index: number) => Row | undefined;
  /** Says which rows are on screen, `[first, end)`: those are asked for, others no longer. */
  readonly show: (first: number, end: number) => void;
  /** The question changed (search, filter, sort): old rows stay until the first new ones are here. */
  readonly ask: () => void;
  /**
   * The answer may have changed (a list was read again): rows are replaced in place, when those under way are here. Lists
   * that are read change faster than they can be asked for.
   */
  readonly again: () => void;
}

const hiddenMs = 100;

/**
 * Resolves when the next frame is about to be drawn, after the scrolling that comes with it: rows that were scrolled past
 * by then are not made. A page that nobody sees draws no frames, and goes on without.
 */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, hiddenMs);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Keeps the pages of a list around what is on screen; `read` asks the core for one window. To be called while a component
 * starts: what is under way when it goes is cancelled.
 */
export function createRows<Row>(read: ReadWindow<Row>): Rows<Row> {
  let pages = $state.raw<ReadonlyMap<number, readonly Row[]>>(new Map());
  let total = $state.raw<number | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let stale = $state.raw(false);
  let failedPage = -1;
  let fresh = new Set<number>();
  const underWay = new Map<number, AbortController>();
  let visible = { first: 0, end: pageRows };
  /** The answer may have changed since what is under way was asked for. */
  let changed = false;

  function abort(keep: (page: number) => boolean): void {
    for (const [page, controller] of underWay) {
      if (keep(page)) continue;
      underWay.delete(page);
      controller.abort();
    }
  }

  function fetchVisible(): void {
    const from = Math.floor(visible.first / pageRows);
    const to = Math.floor(Math.max(visible.first, visible.end - 1) / pageRows);
    abort((page) => page >= from && page <= to);
    for (let page = from; page <= to; page += 1) {
      if (!fresh.has(page) && !underWay.has(page)) void fetchPage(page);
    }
    refresh();
  }

  /** Asks for everything on screen once more, as soon as nothing is under way. */
  function refresh(): void {
    if (!changed || underWay.size > 0) return;
    changed = false;
    fresh = new Set();
    fetchVisible();
  }

  async function fetchPage(page: number): Promise<void> {
    const controller = new AbortController();
    underWay.set(page, controller);
    const answer = await read(page * pageRows, pageRows, controller.signal);
    await nextFrame();
    if (underWay.get(page) !== controller) return;
    underWay.delete(page);
    take(page, answer);
    refresh();
  }

  function take(page: number, answer: Awaited<ReturnType<ReadWindow<Row>>>): void {
    if (!answer.ok) {
      failure = answer.error;
      failedPage = page;
      // Rows of another question are no answer to this one.
      if (stale) {
        pages = new Map();
        total = null;
      }
      stale = false;
      return;
    }
    if (failedPage === page) failure = null;
    fresh.add(page);
    const next = new Map(stale ? [] : pages);
    next.delete(page);
    next.set(page, answer.value.rows);
    for (const old of next.keys()) {
      if (next.size <= keptPages) break;
      next.delete(old);
      fresh.delete(old);
    }
    pages = next;
    total = answer.value.total;
    stale = false;
  }

  onDestroy(() => abort(() => false));

  return {
    get total() {
      return total;
    },
    get failure() {
      return failure;
    },
    get stale() {
      return stale;
    },
    at: (index) => pages.get(Math.floor(index / pageRows))?.[index % pageRows],
    show(first, end) {
      visible = { first, end };
      fetchVisible();
    },
    ask() {
      abort(() => false);
      fresh = new Set();
      changed = false;
      failure = null;
      stale = true;
      visible = { first: 0, end: pageRows };
      fetchVisible();
    },
    again() {
      failure = null;
      changed = true;
      refresh();
    },
  };
}
