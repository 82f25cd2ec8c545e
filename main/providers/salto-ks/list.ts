import { type Result, fail, ok } from '../../../preload/errors.ts';
import { apiAddress, nextLink } from '../address.ts';
import { readJson, readRows, unexpectedShape } from '../answer.ts';
import { type PageRead, type Progress, chosenPageSize, followPages } from '../paging.ts';
import type { ApiResponse, PageStream, ProviderContext } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, member } from '../reading.ts';
import { isSaltoKsError, saltoKsFailure } from './errors.ts';
import { saltoKsProfile } from './profile.ts';

const label = saltoKsProfile.label;

/** What one of the lists holds. */
export interface Kind<T> {
  readonly what: string;
  readonly expectedRow: string;
  readonly read: (record: JsonRecord, now: number) => T | null;
}

/** A list of the Connect API by its path's name, followed to its end; `filter` is OData, as typed. */
export async function* saltoKsList<T extends { readonly id: string }>(
  context: ProviderContext,
  kind: Kind<T>,
  path: string,
  values: Readonly<Record<string, string>> = {},
  query: { readonly filter?: string } = {},
): PageStream<T> {
  const pageSize = chosenPageSize(context.switches);
  const count = countOption(context.switches);
  if (!pageSize.ok || !count.ok) {
    yield pageSize.ok ? (count as Result<never>) : pageSize;
    return;
  }
  const filter = query.filter ?? null;
  const options = { ...count.value, $top: pageSize.value, $filter: filter };
  const address = (skip: number | null): Result<string> =>
    apiAddress(context.apiBase, context.paths[path], values, { ...options, $skip: skip });
  const first = address(null);
  if (!first.ok) {
    yield first;
    return;
  }
  yield* followPages(context, {
    label,
    what: kind.what,
    first: { url: first.value },
    totalIsExact: true,
    failure: (response) => saltoKsFailure(response, { filtered: filter !== null }),
    read: (response, progress) => readPage(context, kind, response, progress, address),
  });
}

/** Both forms of a list: the envelope `{items, next_page_link, count}`, and the bare array (KS-M1, KS-M2). */
function readPage<T>(
  context: ProviderContext,
  kind: Kind<T>,
  response: ApiResponse,
  progress: Progress,
  address: (skip: number) => Result<string>,
): Result<PageRead<T>> {
  const body = readJson(label, response);
  if (!body.ok) return body;
  if (isSaltoKsError(body.value)) return { ok: false, error: saltoKsFailure(response) };
  const envelope = asRecord(body.value);
  const items = Array.isArray(body.value) ? (body.value as unknown[]) : member(envelope, 'items');
  if (!Array.isArray(items)) {
    return unexpectedShape(label, `a list of ${kind.what} (an array, or an object with "items")`, body.value);
  }
  const now = context.now();
  const rows = (): Result<T[]> =>
    readRows(label, kind.expectedRow, items, (record) => kind.read(record, now));
  const total = countOf(member(envelope, 'count'));
  const link = member(envelope, 'next_page_link') ?? null;
  if (link !== null && typeof link !== 'string') {
    return unexpectedShape(label, '"next_page_link" to be an address or null', link);
  }
  const next = nextAddress(context, link, progress, items.length, total ?? progress.announced, address);
  if (!next.ok) return next;
  return ok({ rows, total, next: next.value === null ? null : { url: next.value } });
}

/**
 * The link, or, where the count says there is more than came without a link, the same list further on: with `$top` an
 * OData server may take the number as the length of the whole list and so gives no link after it.
 */
function nextAddress(
  context: ProviderContext,
  link: string | null,
  progress: Progress,
  came: number,
  total: number | null,
  address: (skip: number) => Result<string>,
): Result<string | null> {
  if (link !== null && link !== '') return nextLink(label, link, context.apiBase, progress.request.url);
  const soFar = progress.before + came;
  return total !== null && came > 0 && soFar < total ? address(soFar) : ok(null);
}

function countOption(switches: Readonly<Record<string, string>>): Result<Readonly<Record<string, string>>> {
  switch (switches.count ?? 'inlinecount') {
    case 'inlinecount':
      return ok({ $inlinecount: 'allpages' });
    case 'count':
      return ok({ $count: 'true' });
    case 'off':
      return ok({});
    default:
      return fail(
        'input_invalid',
        'The switch count is none of: inlinecount, count, off.',
        'Correct it with --set switches.count=inlinecount',
      );
  }
}
