import { type Result, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readJson, readRows, unexpectedShape } from '../answer.ts';
import { type PageRead, type Progress, chosenPageSize, followPages, moreToCome } from '../paging.ts';
import type { ApiResponse, PageStream, ProviderContext } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, member } from '../reading.ts';
import { smartenitError, smartenitFailure } from './errors.ts';
import { smartenitProfile } from './profile.ts';

const label = smartenitProfile.label;

/** A list by its path's name, `page` after `page`; `q` is the JSON condition or null. */
export async function* smartenitList<T extends { readonly id: string }>(
  context: ProviderContext,
  path: string,
  what: string,
  q: string | null,
  filtered: boolean,
  readRow: (record: JsonRecord) => T | null,
): PageStream<T> {
  const limit = chosenPageSize(context.switches);
  if (!limit.ok) {
    yield limit;
    return;
  }
  const address = (page: number): Result<string> =>
    apiAddress(context.apiBase, context.paths[path], {}, { limit: limit.value, page, q });
  const first = address(1);
  if (!first.ok) {
    yield first;
    return;
  }
  yield* followPages(context, {
    label,
    what,
    first: { url: first.value },
    totalIsExact: true,
    failure: (response) => smartenitFailure(response, { filtered }),
    read: (response, progress) => readPage(response, what, progress, address, readRow),
  });
}

/** `{data: [...], _links: {total}}`; a bare array is a whole list. */
function readPage<T>(
  response: ApiResponse,
  what: string,
  progress: Progress,
  address: (page: number) => Result<string>,
  readRow: (record: JsonRecord) => T | null,
): Result<PageRead<T>> {
  const body = readJson(label, response);
  if (!body.ok) return body;
  if (smartenitError(body.value) !== null) return { ok: false, error: smartenitFailure(response) };
  const envelope = asRecord(body.value);
  const bare = Array.isArray(body.value);
  const data = bare ? (body.value as unknown[]) : member(envelope, 'data');
  if (!Array.isArray(data)) {
    return unexpectedShape(label, `a list of ${what} (an object with an array "data")`, body.value);
  }
  const rows = (): Result<T[]> => readRows(label, `one of the ${what} with an "_id"`, data, readRow);
  const total = countOf(member(asRecord(member(envelope, '_links')), 'total'));
  if (bare || !moreToCome(progress, data.length, total)) {
    return ok({ rows, total, next: null });
  }
  const next = address(progress.page + 1);
  return next.ok ? ok({ rows, total, next: { url: next.value } }) : next;
}
