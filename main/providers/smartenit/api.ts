import { type Result, fail, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readJson, readRows, unexpectedShape } from '../answer.ts';
import { type PageRead, type Progress, chosenPageSize, followPages, moreToCome } from '../paging.ts';
import type { ApiResponse, PageStream, Provider, ProviderContext, User, UserQuery } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, member } from '../reading.ts';
import { smartenitError, smartenitFailure } from './errors.ts';
import { smartenitProfile } from './profile.ts';
import { readLocation, readSmartenitUser } from './records.ts';

const label = smartenitProfile.label;
const locationField = 'parents.locations.id';

/**
 * Smartenit: locations and users by `page` and `limit`. Words cannot be searched for there: the documented operators
 * have no "or" to look in names and sign-in names at once.
 */
export const smartenit: Provider = {
  profile: smartenitProfile,
  searchesAtProvider: false,
  listInstallations: (context) => list(context, 'installations', 'locations', null, false, readLocation),
  listUsers,
};

async function* listUsers(
  context: ProviderContext,
  installation: { readonly id: string },
  query: UserQuery = {},
): PageStream<User> {
  const conditions = userConditions(context.switches, installation.id, query.filter);
  if (!conditions.ok) {
    yield conditions;
    return;
  }
  const filtered = query.filter !== undefined;
  yield* list(context, 'users', 'users', conditions.value, filtered, readSmartenitUser);
}

async function* list<T extends { readonly id: string }>(
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
  const rows = readRows(label, `one of the ${what} with an "_id"`, data, readRow);
  if (!rows.ok) return rows;
  const total = countOf(member(asRecord(member(envelope, '_links')), 'total'));
  if (bare || !moreToCome(progress, rows.value.length, total)) {
    return ok({ rows: rows.value, total, next: null });
  }
  const next = address(progress.page + 1);
  return next.ok ? ok({ rows: rows.value, total, next: { url: next.value } }) : next;
}

/** The `q` of a user list: the filter as typed (a JSON object) and, unless switched off, the location. */
function userConditions(
  switches: Readonly<Record<string, string>>,
  location: string,
  filter: string | undefined,
): Result<string | null> {
  const byLocation = switches.usersByLocation ?? 'on';
  if (byLocation !== 'on' && byLocation !== 'off') {
    return fail(
      'input_invalid',
      'The switch usersByLocation is neither on nor off.',
      'Correct it with --set switches.usersByLocation=on',
    );
  }
  const typed = filter === undefined ? ok({}) : readFilter(filter);
  if (!typed.ok) return typed;
  if (byLocation === 'off') return ok(filter === undefined ? null : JSON.stringify(typed.value));
  if (Object.hasOwn(typed.value, locationField)) {
    return fail(
      'input_invalid',
      `The filter names ${locationField}, which the chosen location fills already.`,
      'Leave it out, or turn that off with --set switches.usersByLocation=off',
    );
  }
  return ok(JSON.stringify({ ...typed.value, [locationField]: location }));
}

function readFilter(filter: string): Result<JsonRecord> {
  try {
    const record = asRecord(JSON.parse(filter) as unknown);
    if (record !== null) return ok(record);
  } catch {
    // told below, like every other text that is no JSON object
  }
  return fail(
    'input_invalid',
    'A Smartenit filter is a JSON object.',
    'For example: --filter \'{"username":"ada@site.example"}\'',
  );
}
