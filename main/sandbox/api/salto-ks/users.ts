import type { Access, Exchange, Reply, Switches } from '../../contract.ts';
import { addedSaltoKsUser } from '../../data/added-user.ts';
import type { SaltoKsPerson, SaltoKsSite, SaltoKsUser, SaltoKsWorld } from '../../data/salto-ks.ts';
import type { SaltoKsRole } from '../../data/salto-ks-roles.ts';
import { jsonObject, textField, textsField } from '../body.ts';
import type { JsonObject } from '../body.ts';
import { flagSwitch } from '../switches.ts';
import { assignableRoles, callerRank, highestRank, managingRank } from './caller.ts';
import { invalid, notFound, refused } from './errors.ts';

/** What the user requests work on. */
export interface SiteRequest {
  readonly world: SaltoKsWorld;
  readonly site: SaltoKsSite;
  readonly access: Access;
  readonly switches: Switches;
  readonly now: () => number;
}

/** How long a new user lists no roles (KS-M1: "about a minute"). */
const ROLES_DELAY_MS = 60_000;

/** A user as the API shows it at this moment: roles appear late when the switch says so. */
export function shownUser(world: SaltoKsWorld, user: SaltoKsUser, now: number): SaltoKsUser {
  const from = world.rolesShownFrom.get(user.id);
  return from !== undefined && now < from ? { ...user, roles: [] } : user;
}

/** The roles behind ids, or an error: unknown ids are invalid (1101), higher roles than the caller's are refused (2203). */
function rolesByIds({ site, access }: SiteRequest, ids: readonly string[]): SaltoKsRole[] | Reply {
  const roles = site.roles.filter((role) => ids.includes(role.id));
  if (roles.length !== new Set(ids).size) return invalid('role_ids holds a role that the site does not have');
  const assignable = assignableRoles(site, access);
  // One owner a site (vendor-apis 1.7): what the vendor answers is not known, so only some sites of the exercise refuse.
  if (site.singleOwner && roles.some(({ code }) => code === 'site_owner')) {
    return invalid('The site has an owner already');
  }
  return roles.every((role) => assignable.includes(role)) ? roles : refused();
}

function isReply(value: object): value is Reply {
  return 'status' in value;
}

function addMember(
  request: SiteRequest,
  person: SaltoKsPerson,
  roles: readonly SaltoKsRole[],
  alias: string | null,
): Reply {
  const { world, site, switches, now } = request;
  const full = flagSwitch(switches, 'ks.seatLimit') || site.used.seats >= site.seats;
  const id = world.nextSiteUserId();
  // A full site says 201 all the same; only the state of the subscription tells (KS-M1).
  const user = addedSaltoKsUser(id, person, {
    roles,
    alias,
    subscription_state: full ? 'suspended' : 'subscribed',
  });
  if (flagSwitch(switches, 'ks.rolesDelay')) world.rolesShownFrom.set(id, now() + ROLES_DELAY_MS);
  site.users.add(id, user);
  if (!full) site.used.seats += 1;
  return { status: 201, json: shownUser(world, user, now()) };
}

function hasMember(site: SaltoKsSite, person: SaltoKsPerson): boolean {
  return site.users.added().some(({ user }) => user.id === person.id);
}

/**
 * `POST /sites/{id}/users`: with an e-mail it is an invitation (pending until accepted: `has_profile` false), without
 * one a person who cannot sign in (vendor-apis 1.8, KS-OLD-USERS).
 */
export function createUser(request: SiteRequest, exchange: Exchange): Reply {
  const body = jsonObject(exchange.body);
  if (body === null) return invalid('The request body is not a JSON object');
  const firstName = textField(body, 'first_name');
  const lastName = textField(body, 'last_name');
  if (!firstName || !lastName) return invalid('first_name and last_name are required');
  const email = body['email'] ?? null;
  if (email !== null && (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/u.test(email))) {
    return invalid('email is not an e-mail address');
  }
  const ids = textsField(body, 'role_ids');
  if (!ids || ids.length === 0) return invalid('role_ids must name at least one role');
  const roles = rolesByIds(request, ids);
  if (isReply(roles)) return roles;

  const known = email === null ? undefined : request.world.outsiders.get(email.toLowerCase());
  const person: SaltoKsPerson = {
    id:
      known?.id ?? request.world.platformId(email ?? `${request.site.id} ${request.world.nextSiteUserId()}`),
    first_name: firstName,
    last_name: lastName,
    email,
    image_url: null,
    tag_number: textField(body, 'tag_id') ?? null,
    is_managed_by_current_site: true,
    has_profile: false,
  };
  if (email !== null && hasMember(request.site, person)) return invalid('User is already added to the site');
  if (email !== null && known === undefined) request.world.outsiders.set(email.toLowerCase(), person);
  return addMember(request, person, roles, textField(body, 'alias') ?? null);
}

/**
 * `POST /sites/{id}/users/existing`: adds somebody who has a KS account. The vendor's body was not seen; taken here:
 * `{user_id, role_ids, alias?}` with the platform user id that the search answers.
 */
export function addExistingUser(request: SiteRequest, exchange: Exchange): Reply {
  const body = jsonObject(exchange.body);
  if (body === null) return invalid('The request body is not a JSON object');
  const person = request.world.personOf(textField(body, 'user_id') ?? textField(body, 'id') ?? '');
  if (person === null) return notFound('User');
  const ids = textsField(body, 'role_ids');
  if (!ids || ids.length === 0) return invalid('role_ids must name at least one role');
  const roles = rolesByIds(request, ids);
  if (isReply(roles)) return roles;
  if (hasMember(request.site, person)) return invalid('User is already added to the site');
  return addMember(
    request,
    { ...person, is_managed_by_current_site: false },
    roles,
    textField(body, 'alias') ?? null,
  );
}

const flags = [
  'blocked',
  'remote_access',
  'use_pin',
  'override_privacy_mode',
  'toggle_easy_office_mode',
  'toggle_manual_office_mode',
] as const;

function changedFields(body: JsonObject, user: SaltoKsUser): SaltoKsUser | Reply {
  const changed: Record<string, unknown> = {};
  for (const flag of flags) {
    if (!Object.hasOwn(body, flag)) continue;
    if (typeof body[flag] !== 'boolean') return invalid(`${flag} must be true or false`);
    changed[flag] = body[flag];
  }
  for (const name of ['alias', 'expires_at'] as const) {
    if (!Object.hasOwn(body, name)) continue;
    if (body[name] !== null && typeof body[name] !== 'string') return invalid(`${name} must be text or null`);
    changed[name] = body[name];
  }
  return { ...user, ...changed };
}

/** `PATCH /sites/{id}/users/{id}`: `role_ids`, `alias`, `expires_at` and the flags. Answers the user. */
export function changeUser(request: SiteRequest, user: SaltoKsUser, exchange: Exchange): Reply {
  const body = jsonObject(exchange.body);
  if (body === null) return invalid('The request body is not a JSON object');
  const changed = changedFields(body, user);
  if (isReply(changed)) return changed;
  const ids = textsField(body, 'role_ids');
  if (ids === null) return invalid('role_ids must be a list of ids');
  const roles = ids === undefined ? user.roles : rolesByIds(request, ids);
  if (isReply(roles)) return roles;
  const next = { ...changed, roles };
  request.site.users.replace(user.id, next);
  return { status: 200, json: shownUser(request.world, next, request.now()) };
}

/** `PATCH /sites/{id}/users/{id}/subscription`: `{state}`, not `subscription_state` (KS-M1). */
export function changeSubscription(request: SiteRequest, user: SaltoKsUser, exchange: Exchange): Reply {
  const state = jsonObject(exchange.body)?.['state'];
  if (state !== 'subscribed' && state !== 'suspended')
    return invalid('state must be subscribed or suspended');
  // A site without a free seat stays as silent as when somebody is added (assumed).
  const full = state === 'subscribed' && request.site.used.seats >= request.site.seats;
  if (state !== user.subscription_state && full) {
    return { status: 200, json: shownUser(request.world, user, request.now()) };
  }
  if (state !== user.subscription_state) {
    request.site.used.seats += state === 'subscribed' ? 1 : -1;
    request.site.users.replace(user.id, { ...user, subscription_state: state });
  }
  return {
    status: 200,
    json: shownUser(request.world, { ...user, subscription_state: state }, request.now()),
  };
}

/** `DELETE /sites/{id}/users/{id}`: 202, measured (vendor-apis 1.8). */
export function deleteUser({ site }: SiteRequest, user: SaltoKsUser): Reply {
  if (user.subscription_state === 'subscribed') site.used.seats -= 1;
  site.users.remove(user.id);
  return { status: 202 };
}

/** Null when the caller may change this user; else the refusal. Equal or lower roles only (KS-HD-ROLES). */
export function refusedToChange({ site, access }: SiteRequest, user: SaltoKsUser | null): Reply | null {
  const rank = callerRank(site, access);
  const allowed = rank >= managingRank && (user === null || highestRank(user.roles) <= rank);
  return allowed ? null : refused();
}

/**
 * Test control, no vendor call (accepting happens in a mail's link, vendor-apis 1.8): completes the profile of everybody
 * with this e-mail, at every site. False when nobody is invited under it. Walks the lists, as the search does.
 */
export function acceptInvitation(world: SaltoKsWorld, email: string): boolean {
  const wanted = email.toLowerCase();
  let accepted = false;
  for (const site of [...world.sites, ...(world.portfolio.made() ?? [])]) {
    for (let at = 0; at < site.users.count(); at += 1) {
      const member = site.users.at(at);
      if (member.user.email?.toLowerCase() !== wanted || member.user.has_profile) continue;
      site.users.replace(member.id, { ...member, user: { ...member.user, has_profile: true } });
      accepted = true;
    }
  }
  const person = world.outsiders.get(wanted);
  if (person !== undefined && accepted) world.outsiders.set(wanted, { ...person, has_profile: true });
  return accepted;
}
