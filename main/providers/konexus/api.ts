import { type Result, fail, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readJson, readRows, unexpectedShape } from '../answer.ts';
import { type PageRead, type Progress, chosenPageSize, followPages, moreToCome } from '../paging.ts';
import type {
  ApiRequest,
  ApiResponse,
  Installation,
  PageStream,
  Provider,
  ProviderContext,
  User,
  UserQuery,
} from '../provider.ts';
import { asRecord, countOf } from '../reading.ts';
import { konexusEnvelopeFailure, konexusFailure } from './errors.ts';
import { konexusMember } from './member.ts';
import { konexusProfile } from './profile.ts';
import { konexusReach } from './reach.ts';
import { readContact, readTenant, tenantId } from './records.ts';

const label = konexusProfile.label;

/** Konexus: the tenant of the token, and its contacts (`POST /v2/contacts/find`, `page` from 1, `pageSize`). */
export const konexus: Provider = {
  profile: konexusProfile,
  listInstallations,
  listUsers,
  reach: konexusReach,
};

async function* listInstallations(context: ProviderContext): PageStream<Installation> {
  const claims = await context.accessTokenClaims();
  if (!claims.ok) {
    yield claims;
    return;
  }
  const tenant = claims.value === null ? null : readTenant(claims.value);
  if (tenant === null) {
    const what =
      claims.value === null ? 'The access token is not a JWT' : 'The access token has no tenantId claim';
    yield fail(
      'response_unexpected',
      `${what}, so it cannot be said which Konexus tenant it belongs to.`,
      'Check that the scope of the connection is the one Konexus gave out (tamarack in its documentation).',
    );
    return;
  }
  yield ok({ rows: [tenant], total: 1 });
}

async function* listUsers(
  context: ProviderContext,
  installation: { readonly id: string },
  query: UserQuery = {},
): PageStream<User> {
  if (query.filter !== undefined) {
    yield fail('input_invalid', 'Konexus has no filter language.', 'Use a search instead: --search "words".');
    return;
  }
  const pageSize = chosenPageSize(context.switches);
  const address = apiAddress(context.apiBase, context.paths.users, { installation: installation.id });
  const claims = await context.accessTokenClaims();
  for (const needed of [pageSize, address, claims]) {
    if (!needed.ok) {
      yield needed;
      return;
    }
  }
  if (!pageSize.ok || !address.ok || !claims.ok) return;
  const own = claims.value === null ? null : tenantId(claims.value);
  if (own !== null && own !== installation.id) {
    yield fail(
      'not_found',
      `This connection belongs to another Konexus tenant (${own}).`,
      'One client sees one tenant: use the connection of the tenant you mean.',
    );
    return;
  }
  const request = (page: number): ApiRequest => ({
    method: 'POST',
    url: address.value,
    json: { page, ...(pageSize.value !== null && { pageSize: pageSize.value }) },
    repeatable: true,
  });
  yield* followPages(context, {
    label,
    what: 'contacts',
    first: request(1),
    totalIsExact: true,
    failure: konexusFailure,
    read: (response, progress) => readPage(response, progress, request),
  });
}

/** The v2 envelope, its PascalCase variant, the Directory's (without status), or a bare array. */
function readPage(
  response: ApiResponse,
  progress: Progress,
  request: (page: number) => ApiRequest,
): Result<PageRead<User>> {
  const body = readJson(label, response);
  if (!body.ok) return body;
  const failure = konexusEnvelopeFailure(response, body.value);
  if (failure !== null) return { ok: false, error: failure };
  const envelope = asRecord(body.value);
  const bare = Array.isArray(body.value);
  const items = bare ? (body.value as unknown[]) : konexusMember(envelope, 'items');
  if (!Array.isArray(items)) {
    return unexpectedShape(label, 'a list of contacts (an object with "items")', body.value);
  }
  const rows = (): Result<User[]> => readRows(label, 'a contact with an id', items, readContact);
  const total = countOf(konexusMember(envelope, 'totalItemCount'));
  const more = !bare && moreToCome(progress, items.length, total);
  return ok({ rows, total, next: more ? request(progress.page + 1) : null });
}
