import { type Result, fail, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readErrorBody, readJson, unexpectedShape } from '../answer.ts';
import { isUnusual } from '../installation-state.ts';
import type { ApiRequest, ApiResponse, ProviderContext } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, idOf, member, momentOf, textOf } from '../reading.ts';
import type { PlatformPerson, Site, SiteMember, SiteRole, SystemUserApi } from '../system-users.ts';
import { isSaltoKsError, saltoKsFailure } from './errors.ts';
import { type Kind, saltoKsList } from './list.ts';
import { saltoKsProfile } from './profile.ts';

const label = saltoKsProfile.label;

/**
 * Roles, site users by e-mail, invitations: vendor-apis 1.6 to 1.8. Inferred: that `$filter` takes `user/email`, the body
 * of `users/existing`, that PATCH takes `role_ids`, that `has_profile` false is an invitation nobody accepted, and
 * that a site whose state is not `released` cannot be managed (KS-SEAM says so of the web application).
 */
export const saltoKsSystemUsers: SystemUserApi = {
  async *listSites(context) {
    for await (const page of saltoKsList(context, sites, 'installations')) {
      yield page.ok ? ok(page.value.rows) : page;
    }
  },

  async listRoles(context, site) {
    const roles: SiteRole[] = [];
    for await (const page of saltoKsList(context, siteRoles, 'roles', { installation: site })) {
      if (!page.ok) return page;
      roles.push(...page.value.rows);
    }
    return ok(roles);
  },

  async findMember(context, site, email, whole = false) {
    const byFilter = !whole && context.switches.findByFilter !== 'off';
    const found = await memberByEmail(context, site, email, byFilter);
    // A server that does not take this filter says so; the whole list has the answer all the same.
    const refused = !found.ok && found.error.code === 'input_invalid' && byFilter;
    return refused ? memberByEmail(context, site, email, false) : found;
  },

  async findPerson(context, site, email) {
    const address = apiAddress(
      context.apiBase,
      context.paths.userSearch,
      {},
      {
        search_for: email,
        for_site_id: site,
      },
    );
    if (!address.ok) return address;
    const answer = await ask(context, { url: address.value });
    // "User not found" is 2202; where the site were meant, its own list would have said so before.
    if (!answer.ok) return answer.error.code === 'not_found' ? ok(null) : answer;
    return readPerson(answer.value);
  },

  async ownMember(context, site) {
    const answer = await askAt(context, 'siteMe', { installation: site }, {});
    return answer.ok ? readMember(answer.value) : answer;
  },

  invite: (context, site, { email, firstName, lastName, roles }) =>
    send(context, 'users', { installation: site }, 'POST', {
      first_name: firstName,
      last_name: lastName,
      email,
      role_ids: roles,
    }),

  addExisting: (context, site, person, roles) =>
    send(context, 'existingUser', { installation: site }, 'POST', { user_id: person, role_ids: roles }),

  changeRoles: (context, site, user, roles) =>
    send(context, 'user', { installation: site, user }, 'PATCH', { role_ids: roles }),

  // The member is called `state` here, not `subscription_state` (KS-M1).
  activate: (context, site, user) =>
    send(context, 'userSubscription', { installation: site, user }, 'PATCH', { state: 'subscribed' }),
};

async function memberByEmail(
  context: ProviderContext,
  site: string,
  email: string,
  byFilter: boolean,
): Promise<Result<SiteMember | null>> {
  const query = byFilter ? { filter: `user/email eq '${email.replaceAll("'", "''")}'` } : {};
  const wanted = email.toLowerCase();
  for await (const page of saltoKsList(context, members, 'users', { installation: site }, query)) {
    if (!page.ok) return page;
    // A server may leave a filter unread and answer everybody.
    const found = page.value.rows.find((row) => row.email?.toLowerCase() === wanted);
    if (found !== undefined) return ok(found.member);
  }
  return ok(null);
}

/** The JSON of a 2xx answer to a request that reads. */
async function ask(context: ProviderContext, request: ApiRequest): Promise<Result<unknown>> {
  const answer = await context.api.send(request);
  if (!answer.ok) return answer;
  const response = answer.value;
  if (!isSuccess(response)) return { ok: false, error: saltoKsFailure(response) };
  const body = readJson(label, response);
  if (!body.ok) return body;
  return isSaltoKsError(body.value) ? { ok: false, error: saltoKsFailure(response) } : body;
}

function askAt(
  context: ProviderContext,
  path: string,
  values: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): Promise<Result<unknown>> | Result<never> {
  const address = apiAddress(context.apiBase, context.paths[path], values, query);
  return address.ok ? ask(context, { url: address.value }) : address;
}

/** A change. A 2xx answer without a readable user is a change all the same: whoever wants to know looks again. */
async function send(
  context: ProviderContext,
  path: string,
  values: Readonly<Record<string, string>>,
  method: 'POST' | 'PATCH',
  json: unknown,
): Promise<Result<SiteMember | null>> {
  const address = apiAddress(context.apiBase, context.paths[path], values);
  if (!address.ok) return address;
  const answer = await context.api.send({ method, url: address.value, json });
  if (!answer.ok) return answer;
  const response = answer.value;
  const body = readErrorBody(response);
  if (!isSuccess(response) || isSaltoKsError(body)) return { ok: false, error: saltoKsFailure(response) };
  const changed = readMember(body);
  return ok(changed.ok ? changed.value : null);
}

function isSuccess({ status }: ApiResponse): boolean {
  return status >= 200 && status <= 299;
}

const sites: Kind<Site> = { what: 'sites', expectedRow: 'a site with an id', read: readSite };
const siteRoles: Kind<SiteRole> = { what: 'roles', expectedRow: 'a role with an id', read: readRole };
const members: Kind<{ id: string; email: string | null; member: SiteMember }> = {
  what: 'users',
  expectedRow: 'a site user with an id',
  read: (record, now) => {
    const read = memberOf(record, now);
    const email = textOf(member(asRecord(member(record, 'user')), 'email'));
    return read && { id: read.id, email, member: read };
  },
};

function readSite(record: JsonRecord): Site | null {
  const id = idOf(member(record, 'id'));
  if (id === null) return null;
  const readableId = textOf(member(record, 'site_uid'));
  const state = textOf(member(record, 'installation_state'));
  const used = countOf(member(record, 'active_user_amount'));
  const bought = countOf(member(record, 'subscribed_user_amount'));
  return {
    id,
    readableId,
    name: textOf(member(record, 'customer_reference')) ?? readableId ?? id,
    state,
    manageable: !isUnusual(saltoKsProfile, state),
    seats: used === null || bought === null ? null : { used, bought },
  };
}

/** Null where it has no id; the code of one without is its id, which no other role has. */
function readRole(record: JsonRecord): SiteRole | null {
  const id = idOf(member(record, 'id'));
  if (id === null) return null;
  const code = textOf(member(record, 'code')) ?? id;
  return {
    id,
    code,
    name: textOf(member(record, 'customer_reference')) ?? code,
    hierarchical: member(record, 'is_hierarchical') !== false,
  };
}

function memberOf(record: JsonRecord, now: number): SiteMember | null {
  const id = idOf(member(record, 'id'));
  if (id === null) return null;
  const person = asRecord(member(record, 'user'));
  const roles = member(record, 'roles');
  const ends = momentOf(member(record, 'expires_at'));
  return {
    id,
    firstName: textOf(member(person, 'first_name')) ?? '',
    lastName: textOf(member(person, 'last_name')) ?? '',
    roles: (Array.isArray(roles) ? (roles as unknown[]) : []).flatMap((role) => {
      const known = asRecord(role);
      return (known && readRole(known)) ?? [];
    }),
    accepted: member(person, 'has_profile') !== false,
    blocked: member(record, 'blocked') === true,
    suspended: member(record, 'subscription_state') === 'suspended',
    expired: ends !== null && ends <= now,
  };
}

function readMember(body: unknown): Result<SiteMember> {
  const record = asRecord(body);
  const read = record === null ? null : memberOf(record, 0);
  return read === null ? unexpectedShape(label, 'a site user with an id', body) : ok(read);
}

function readPerson(body: unknown): Result<PlatformPerson | null> {
  // One person is what the vendor's page shows; a list of them is read as well.
  const record = asRecord(Array.isArray(body) ? (body as unknown[])[0] : body);
  if (record === null) return ok(null);
  const id = idOf(member(record, 'id'));
  if (id === null) return fail('response_unexpected', 'Salto KS found a person without an id.', 'Try again.');
  return ok({
    id,
    firstName: textOf(member(record, 'first_name')) ?? '',
    lastName: textOf(member(record, 'last_name')) ?? '',
    hasAccount: member(record, 'has_identity') === true,
    atSite: member(record, 'is_linked') === true,
  });
}
