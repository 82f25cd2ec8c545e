import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { ApiRequest, ApiResponse, PageStream, ProviderContext } from './provider.ts';

/** 100,000 pages of 25 are 2.5 million rows: more than any installation has, and an end for a server without one. */
const maxPages = 100_000;
/** A cursor list may have empty pages in between; a long run of them is a server that never ends. */
const maxEmptyPages = 100;

/** Turns of the event loop after which a request that was made is on the wire (undici writes in a turn of its own). */
const turnsToLeave = 2;

/** One page as a vendor's reader understood it. */
export interface PageRead<T> {
  /** Its rows, read when the next page has been asked for. */
  readonly rows: () => Result<readonly T[]>;
  /** What the server says there is in all, or null. */
  readonly total: number | null;
  /** The request for the page after it, or null at the end. */
  readonly next: ApiRequest | null;
}

/** Where a list stands while a page is being read. */
export interface Progress {
  readonly request: ApiRequest;
  /** Rows of the pages before this one. */
  readonly before: number;
  /** 1 for the first page. */
  readonly page: number;
  /** The last total the server gave, or null. */
  readonly announced: number | null;
}

export interface PagedList<T> {
  /** "Salto KS" */
  readonly label: string;
  /** What is listed, in the plural: "sites". */
  readonly what: string;
  readonly first: ApiRequest;
  /** Whether fewer rows than announced mean that some are missing (false where the vendor calls it an estimate). */
  readonly totalIsExact: boolean;
  /** The failure for an answer outside 2xx. */
  readonly failure: (response: ApiResponse) => Failure;
  readonly read: (response: ApiResponse, progress: Progress) => Result<PageRead<T>>;
}

/**
 * Follows a list to its end, one Result per page. A list that would go round for ever (a request made before, the
 * same rows again, too many pages) or that ends before the announced number has come is `response_unexpected`: what
 * was yielded until then stands, but nobody takes it for the whole.
 */
export async function* followPages<T extends { readonly id: string }>(
  context: ProviderContext,
  list: PagedList<T>,
): PageStream<T> {
  const asked = new Set<string>();
  const seen = new Set<string>();
  const { from } = context;
  let request: ApiRequest | null = from?.request ?? list.first;
  let announced: number | null = from?.announced ?? null;
  let before = from?.before ?? 0;
  let emptyPages = 0;
  let ahead: Promise<Result<ApiResponse>> | null = null;
  for (let page = from?.page ?? 1; request !== null; page += 1) {
    if (context.signal?.aborted === true) {
      yield fail('cancelled', 'Cancelled.', 'Start it again when you like.');
      return;
    }
    const key = keyOf(request);
    if (asked.has(key) || page > maxPages || emptyPages > maxEmptyPages) {
      yield endless(list);
      return;
    }
    asked.add(key);
    const answer: Result<ApiResponse> = await (ahead ?? context.api.send(request));
    ahead = null;
    if (!answer.ok) {
      yield answer;
      return;
    }
    const response = answer.value;
    if (response.status < 200 || response.status > 299) {
      yield { ok: false, error: list.failure(response) };
      return;
    }
    const read: Result<PageRead<T>> = list.read(response, { request, before, page, announced });
    if (!read.ok) {
      yield read;
      return;
    }
    const { total, next } = read.value;
    // The next page is on its way while this one is read and taken in; never more than one, and none that was asked for
    // before.
    if (next !== null && !asked.has(keyOf(next))) {
      ahead = context.api.send(next);
      // What it throws is met when it is waited for; before that, or when the list is left, it must not end the process.
      ahead.catch(() => undefined);
      for (let turn = 0; turn < turnsToLeave; turn += 1) await nextTurn();
    }
    const found = read.value.rows();
    if (!found.ok) {
      yield found;
      return;
    }
    const rows = found.value;
    const face = faceOf(rows);
    if (face !== null && seen.has(face)) {
      yield endless(list);
      return;
    }
    if (face !== null) seen.add(face);
    emptyPages = rows.length === 0 ? emptyPages + 1 : 0;
    announced = total ?? announced;
    before += rows.length;
    const cursor = next === null ? null : { request: next, page: page + 1, before, announced };
    const { bytes } = response;
    yield ok({ rows, total: announced, ...(bytes && { bytes }), cursor });
    request = next;
  }
  if (list.totalIsExact && announced !== null && before < announced) {
    yield fail(
      'response_unexpected',
      `${list.label} announced ${announced} ${list.what}, but its list ended after ${before}.`,
      'What came is not the whole list. Try again; if it stays so, ask the vendor.',
    );
  }
}

/** The rows per page that the connection asks for; null = the server decides. Errors: input_invalid. */
export function chosenPageSize(switches: Readonly<Record<string, string>>): Result<number | null> {
  const text = switches.pageSize ?? 'server';
  if (text === 'server') return ok(null);
  if (/^[1-9]\d{0,4}$/.test(text)) return ok(Number(text));
  return fail(
    'input_invalid',
    'The switch pageSize is neither a number from 1 to 99999 nor "server".',
    'Correct it with --set switches.pageSize=100',
  );
}

function keyOf({ url, json }: ApiRequest): string {
  return `${url} ${json === undefined ? '' : JSON.stringify(json)}`;
}

/** Two pages with the same ends and the same length are the same page; an empty one has no face. */
function faceOf(rows: readonly { readonly id: string }[]): string | null {
  const first = rows[0];
  const last = rows.at(-1);
  return first && last ? JSON.stringify([rows.length, first.id, last.id]) : null;
}

function endless<T>(list: PagedList<T>): Result<never> {
  return fail(
    'response_unexpected',
    `${list.label} gave the same page of ${list.what} again, or never ended: the list was stopped.`,
    'What came is not the whole list. Try again; if it stays so, ask the vendor.',
  );
}

/**
 * Whether a list by page numbers has another page. The rows that came decide, not the page size that was asked for: a
 * server may give fewer at a time. Without a total the list goes on until a page is empty.
 */
export function moreToCome(progress: Progress, came: number, total: number | null): boolean {
  const announced = total ?? progress.announced;
  return came > 0 && (announced === null || progress.before + came < announced);
}
