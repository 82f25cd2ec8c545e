import { type Result, fail, ok } from '../../preload/errors.ts';
import type { ApiResponse } from './provider.ts';
import { type JsonRecord, asRecord } from './reading.ts';
import { shapeOf, vendorWords } from './vendor-words.ts';

/**
 * The JSON of an answer. Errors: response_unexpected (HTML of a proxy, an empty body, a cut-off answer); the message
 * names the content type, never the content.
 */
export function readJson(label: string, response: ApiResponse): Result<unknown> {
  try {
    return ok(JSON.parse(response.text) as unknown);
  } catch {
    return fail(
      'response_unexpected',
      `${label} was expected to answer in JSON, but ${whatCame(response)} came (HTTP ${response.status}).`,
      'Check the API address. A proxy, a firewall or a sign-in page may be answering in its place.',
    );
  }
}

/** The JSON of an error answer for as much as can be read of it; null where it is none. Errors have any shape. */
export function readErrorBody(response: ApiResponse): unknown {
  try {
    return JSON.parse(response.text) as unknown;
  } catch {
    return null;
  }
}

/** The failure for an answer of another shape: says what was expected and what came, types and names only. */
export function unexpectedShape(label: string, expected: string, got: unknown): Result<never> {
  return fail(
    'response_unexpected',
    `${label} answered in an unexpected way: expected ${expected}, got ${shapeOf(got)}.`,
    'Check the API address and the paths of the connection. If they are right, the vendor may have changed its API.',
  );
}

/**
 * Every record of a list through `read`, which answers null for one without an id. One that cannot be read fails the
 * page: a list that leaves people out in silence is worse than none.
 */
export function readRows<T>(
  label: string,
  expected: string,
  values: readonly unknown[],
  read: (record: JsonRecord) => T | null,
): Result<T[]> {
  const rows: T[] = [];
  for (const value of values) {
    const record = asRecord(value);
    const row = record === null ? null : read(record);
    if (row === null) return unexpectedShape(label, expected, value);
    rows.push(row);
  }
  return ok(rows);
}

function whatCame(response: ApiResponse): string {
  if (response.text.trim() === '') return 'an empty body';
  const type = response.headers.get('content-type')?.split(';')[0];
  const named = vendorWords(type, 60);
  return named === null || /json/i.test(named) ? 'something that is no JSON' : named;
}
