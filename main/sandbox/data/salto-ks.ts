import type { Reach } from '../contract.ts';
import { indexOfUuid, uuidOf } from './ids.ts';
import { peopleOf, personAt, standingCount } from './people.ts';
import type { People, Person } from './people.ts';
import { drawn, keyOf } from './random.ts';
import { recordsOf } from './records.ts';
import type { Records } from './records.ts';
import { createPortfolio } from './salto-ks-portfolio.ts';
import { roleOf, saltoKsRoles } from './salto-ks-roles.ts';
import type { SaltoKsRole } from './salto-ks-roles.ts';

/** The person inside a site user or a site's owner (vendor-apis 1.5, 1.6). `id` is the platform user id. */
export interface SaltoKsPerson {
  readonly id: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string | null;
  readonly image_url: string | null;
  readonly tag_number: string | null;
  readonly is_managed_by_current_site: boolean;
  readonly has_profile: boolean;
}

/** A site user as `GET /sites/{id}/users` lists it (vendor-apis 1.6, KS-M2). `id` is the site user id. */
export interface SaltoKsUser {
  readonly id: string;
  readonly user: SaltoKsPerson;
  readonly roles: readonly SaltoKsRole[];
  readonly alias: string | null;
  readonly subscription_state: 'subscribed' | 'suspended';
  readonly blocked: boolean;
  readonly remote_access: boolean;
  readonly use_pin: boolean;
  readonly override_privacy_mode: boolean;
  readonly toggle_easy_office_mode: boolean;
  readonly toggle_manual_office_mode: boolean;
  readonly tag_owned_by_this_site: boolean;
  readonly expires_at: string | null;
  readonly data_removal_expires_at: string | null;
}

/** A site and what belongs to it; the API shapes it as the vendor does. */
export interface SaltoKsSite {
  readonly id: string;
  readonly siteUid: string;
  readonly name: string;
  readonly countryCode: string;
  readonly timeZone: string;
  readonly hubs: number;
  readonly subscriptionValid: boolean;
  /** `released`, or a word for a site that nobody manages yet. */
  readonly state: string;
  /** Whether it refuses a second owner. */
  readonly singleOwner: boolean;
  readonly owner: SaltoKsPerson;
  readonly roles: readonly SaltoKsRole[];
  readonly users: Records<SaltoKsUser>;
  /** Bought seats. */
  readonly seats: number;
  /** Used seats, kept up to date by whoever changes users. */
  readonly used: { seats: number };
}

export interface SaltoKsWorld {
  readonly sites: readonly SaltoKsSite[];
  /** The 500 sites of an exercise: `sites` makes them when they are first asked for, `made` tells whether they are. */
  readonly portfolio: {
    sites(): readonly SaltoKsSite[];
    made(): readonly SaltoKsSite[] | null;
  };
  /** Site user id -> milliseconds since the epoch from which its roles show (fresh users list none at first). */
  readonly rolesShownFrom: Map<string, number>;
  /** Platform ids of people that no seeded list knows (accounts, invited people), by lower-case e-mail. */
  readonly outsiders: Map<string, SaltoKsPerson>;
  /** What each enrolled account reaches, by lower-case user name: a token that reaches less was narrowed by its client. */
  readonly accountReach: Map<string, Reach>;
  /** A platform user id for an e-mail that the seeded lists do not hold. */
  platformId(email: string): string;
  /** The n-th id for a user added since the start. */
  nextSiteUserId(): string;
  /** The person behind a platform user id, or null. */
  personOf(platformId: string): SaltoKsPerson | null;
}

/** The six sites with their seeded users; null = as many as the caller asks for. */
const siteRows = [
  { name: 'Harbour House', country: 'DE', zone: 'Europe/Berlin', users: null },
  { name: 'Mill Lane Workshops', country: 'NL', zone: 'Europe/Amsterdam', users: 412 },
  { name: 'Clínica Santa Ágata', country: 'ES', zone: 'Europe/Madrid', users: 173 },
  { name: 'Fjordgate Student Homes & Co. <Annex>', country: 'NO', zone: 'Europe/Oslo', users: 100 },
  { name: 'Atelier « Le Quai »', country: 'FR', zone: 'Europe/Paris', users: 26 },
  { name: 'Empty Depot', country: 'IE', zone: 'Europe/Dublin', users: 0 },
] as const;

function personRecord(person: Person): SaltoKsPerson {
  const { identityKey, identityIndex } = person;
  const draw = drawn(identityKey, identityIndex, 2);
  return {
    id: uuidOf(identityKey, identityIndex),
    first_name: person.given,
    last_name: person.family,
    email: person.email,
    image_url: null,
    tag_number: draw % 3 === 0 ? String(100_000_000 + (draw % 800_000_000)) : null,
    is_managed_by_current_site: draw % 4 === 0,
    has_profile: person.email !== null && person.standing !== 'pending',
  };
}

function userRecord(
  people: People,
  idKey: number,
  siteRoles: readonly SaltoKsRole[],
  index: number,
): SaltoKsUser {
  const person = personAt(people, index);
  const draw = drawn(idKey, index, 3);
  return {
    id: uuidOf(idKey, index),
    user: personRecord(person),
    roles: rolesAt(siteRoles, index),
    alias: draw % 7 === 0 ? '' : draw % 7 === 1 ? `Badge ${draw % 1000}` : null,
    subscription_state: person.standing === 'suspended' ? 'suspended' : 'subscribed',
    blocked: person.standing === 'blocked',
    remote_access: (draw & 16) !== 0,
    use_pin: (draw & 32) !== 0,
    override_privacy_mode: (draw & 0xc0) === 0,
    toggle_easy_office_mode: (draw & 0x300) === 0,
    toggle_manual_office_mode: false,
    tag_owned_by_this_site: (draw & 0x400) !== 0,
    expires_at: expiry(person, draw),
    data_removal_expires_at: person.standing === 'expired' ? '2032-01-01T00:00:00Z' : null,
  };
}

/** Fixed dates: long past for expired people, far ahead for some others, so that the data do not depend on today. */
function expiry(person: Person, draw: number): string | null {
  const month = String((draw % 12) + 1).padStart(2, '0');
  if (person.standing === 'expired') return `2024-${month}-15T12:00:00Z`;
  return draw % 11 === 0 ? `2039-${month}-15T12:00:00Z` : null;
}

/** The first user owns the site (one owner per site, vendor-apis 1.7); most others are plain users. */
function rolesAt(roles: readonly SaltoKsRole[], index: number): SaltoKsRole[] {
  if (index === 0) return [roleOf(roles, 'site_owner')];
  if (index % 40 === 1) return [roleOf(roles, 'site_admin')];
  if (index % 40 === 2) return [roleOf(roles, 'site_super_user')];
  if (index % 60 === 13) return [roleOf(roles, 'night_reception')];
  if (index % 90 === 15) return [roleOf(roles, 'site_guest')];
  const plain = roleOf(roles, 'site_user');
  return index % 3 === 0 ? [plain, roleOf(roles, 'site_mobile_user')] : [plain];
}

/** Six sites; the number of the first one's seeded users is the caller's. */
export function createSaltoKsWorld(seed: number, firstSiteUsers: number): SaltoKsWorld {
  const siteKey = keyOf(seed, 'salto-ks', 'site');
  const outsiderKey = keyOf(seed, 'salto-ks', 'outsider');
  const addedKey = keyOf(seed, 'salto-ks', 'added');
  const outsiders = new Map<string, SaltoKsPerson>();
  const lists: { people: People; count: number }[] = [];
  let added = 0;

  const sites = siteRows.map((row, at): SaltoKsSite => {
    const people = peopleOf(seed, `site${at + 1}.example`, 'salto-ks', String(at));
    const idKey = keyOf(seed, 'salto-ks', 'site-user', String(at));
    const count = row.users ?? firstSiteUsers;
    const roles = saltoKsRoles(seed, at);
    const active = count - standingCount('suspended', count);
    lists.push({ people, count });
    return {
      id: uuidOf(siteKey, at),
      siteUid: `${row.country}${String(1000 + (drawn(siteKey, at, 1) % 9_000_000)).padStart(10, '0')}`,
      name: row.name,
      countryCode: row.country,
      timeZone: row.zone,
      hubs: 1 + (drawn(siteKey, at, 2) % 6),
      subscriptionValid: at !== 4,
      state: 'released',
      singleOwner: false,
      owner: { ...personRecord(personAt(people, 0)), has_profile: true },
      roles,
      users: recordsOf({
        count,
        make: (index) => userRecord(people, idKey, roles, index),
        indexOf: (id) => indexOfUuid(idKey, id),
      }),
      seats: active + 25,
      used: { seats: active },
    };
  });

  const platformId = (email: string): string => uuidOf(outsiderKey, keyOf(seed, email.toLowerCase()));
  let portfolio: readonly SaltoKsSite[] | null = null;
  /** One person an address, whatever name a site keeps of it. */
  const portfolioPerson = (
    email: string,
    given: string,
    family: string,
    hasProfile: boolean,
  ): SaltoKsPerson => {
    const person: SaltoKsPerson = {
      id: platformId(email),
      first_name: given,
      last_name: family,
      email,
      image_url: null,
      tag_number: null,
      is_managed_by_current_site: false,
      has_profile: hasProfile,
    };
    if (!outsiders.has(email)) outsiders.set(email, person);
    return person;
  };

  return {
    sites,
    portfolio: {
      sites: () => (portfolio ??= createPortfolio(seed, portfolioPerson)),
      made: () => portfolio,
    },
    rolesShownFrom: new Map(),
    accountReach: new Map(),
    outsiders,
    platformId,
    nextSiteUserId: () => uuidOf(addedKey, added++),
    personOf(platformId) {
      for (const person of outsiders.values()) if (person.id === platformId) return person;
      for (const { people, count } of lists) {
        const own = indexOfUuid(people.key, platformId);
        if (own !== null && own < count) return personRecord(personAt(people, own));
        const shared = indexOfUuid(people.sharedKey, platformId);
        const index = shared === null ? null : shared * 16 + 4;
        if (index !== null && index < count) return personRecord(personAt(people, index));
      }
      return null;
    },
  };
}
