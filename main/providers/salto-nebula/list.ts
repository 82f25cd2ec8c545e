import { type Result, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readJson, readRows, unexpectedShape } from '../answer.ts';
import { type PageRead, chosenPageSize, followPages } from '../paging.ts';
import type { ApiResponse, PageStream, ProviderContext } from '../provider.ts';
import { type JsonRecord, asRecord, countOf } from '../reading.ts';
import { saltoNebulaFailure } from './errors.ts';
import { saltoNebulaProfile } from './profile.ts';
import { nebulaMember } from './records.ts';

const label = saltoNebulaProfile.label;

/** A list by its path's name; `plural` is the member that holds it, named by the noun of its method (vendor-apis 2.3). */
export async function* nebulaList<T extends { readonly id: string }>(
  context: ProviderContext,
  plural: string,
  values: Readonly<Record<string, string>>,
  filter: string | null,
  readRow: (record: JsonRecord, now: number) => T | null,
): PageStream<T> {
  const pageSize = chosenPageSize(context.switches);
  if (!pageSize.ok) {
    yield pageSize;
    return;
  }
  const address = (token: string | null): Result<string> =>
    apiAddress(context.apiBase, context.paths[camelCase(plural)], values, {
      page_size: pageSize.value,
      filter,
      page_token: token,
    });
  const first = address(null);
  if (!first.ok) {
    yield first;
    return;
  }
  yield* followPages(context, {
    label,
    what: plural,
    first: { url: first.value },
    totalIsExact: false, // the protos call total_size an estimate
    failure: (response) => saltoNebulaFailure(response, { filtered: filter !== null }),
    read: (response) => readPage(response, plural, address, (record) => readRow(record, context.now())),
  });
}

function readPage<T>(
  response: ApiResponse,
  plural: string,
  address: (token: string) => Result<string>,
  readRow: (record: JsonRecord) => T | null,
): Result<PageRead<T>> {
  const body = readJson(label, response);
  if (!body.ok) return body;
  const envelope = asRecord(body.value);
  const items = itemsOf(body.value, envelope, plural);
  const token = nebulaMember(envelope, 'next_page_token') ?? '';
  if (items === null) {
    return unexpectedShape(label, `a list of ${plural} (an object with "${plural}")`, body.value);
  }
  if (typeof token !== 'string') return unexpectedShape(label, '"next_page_token" to be text', token);
  const rows = (): Result<T[]> => readRows(label, `one of the ${plural} with a name`, items, readRow);
  const total = countOf(nebulaMember(envelope, 'total_size'));
  if (token === '') return ok({ rows, total, next: null });
  const next = address(token);
  return next.ok ? ok({ rows, total, next: { url: next.value } }) : next;
}

/** Protobuf JSON leaves an empty list out: then nothing but the list's own other members may be there. */
function itemsOf(body: unknown, envelope: JsonRecord | null, plural: string): readonly unknown[] | null {
  if (Array.isArray(body)) return body as unknown[];
  if (envelope === null) return null;
  const items = nebulaMember(envelope, plural);
  if (Array.isArray(items)) return items as unknown[];
  const others = Object.keys(envelope).filter((name) => !ownMembers.has(name));
  return (items === undefined || items === null) && others.every((name) => name === plural) ? [] : null;
}

const ownMembers = new Set(['next_page_token', 'nextPageToken', 'total_size', 'totalSize']);

/** `service_accounts` is the member, `serviceAccounts` the path's name. */
function camelCase(plural: string): string {
  return plural.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
