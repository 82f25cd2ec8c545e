import { addedSaltoKsUser } from './added-user.ts';
import { indexOfUuid, uuidOf } from './ids.ts';
import { drawn, keyOf } from './random.ts';
import type { SaltoKsPerson, SaltoKsSite, SaltoKsUser } from './salto-ks.ts';
import { recordsOf } from './records.ts';
import { roleOf, saltoKsRoles } from './salto-ks-roles.ts';

/**
 * The exercise for setting up a system user: 500 sites of one account, with every way in which a caller and a system user
 * can stand at a site. Made when that account first asks for them, so that the sandbox starts as fast without.
 */
export const PORTFOLIO_SIZE = 500;

/** Who belongs to the exercise, by user name. */
export const portfolioAccounts = {
  /** Manages the sites: owner of most, less at others, next to nothing at some. */
  manager: 'greta.holm@fleet-operations.example',
  /** Has an account, and stands differently at every other site. */
  systemUser: 'system.user@fleet-integration.example',
  /** Known to nobody yet: is invited, and accepts by `POST /accept`. */
  newcomer: 'new.system@fleet-integration.example',
} as const;

export function isPortfolioAccount(username: string): boolean {
  return Object.values<string>(portfolioAccounts).includes(username.toLowerCase());
}

/** The manager's role at the site of that number. */
function managerRole(at: number): string {
  if (at % 50 === 41) return 'site_user'; // may not even see the users
  if (at % 50 === 42) return 'night_reception'; // sees them, and may add nobody
  return ['site_admin', 'site_super_user'][[7, 8].indexOf(at % 10)] ?? 'site_owner';
}

type Standing = Partial<Pick<SaltoKsUser, 'subscription_state' | 'blocked' | 'expires_at'>> & {
  readonly role: string | null;
  readonly accepted?: boolean;
  readonly name?: readonly [string, string];
};

/** How the system user stands at the site of that number; null = it is not there. */
function standingAt(at: number): Standing | null {
  switch (at % 17) {
    case 0:
      return { role: 'site_owner' };
    case 1:
      return { role: 'site_admin' };
    case 2:
      return { role: 'site_user' };
    case 3:
      return { role: 'site_owner', accepted: false };
    case 4:
      return { role: 'site_owner', subscription_state: 'suspended' };
    case 5:
      return { role: 'site_owner', blocked: true };
    case 6:
      return { role: 'site_owner', expires_at: '2024-06-30T12:00:00Z' };
    case 7:
      return { role: null };
    case 8:
      return { role: 'site_owner', name: ['Old', 'Gateway'] };
    default:
      return null;
  }
}

/** Sites without a free seat. */
function isFull(at: number): boolean {
  return at % 17 === 9 || at % 34 === 4;
}

const countries = [
  ['DE', 'Europe/Berlin'],
  ['NL', 'Europe/Amsterdam'],
  ['SE', 'Europe/Stockholm'],
  ['ES', 'Europe/Madrid'],
  ['IE', 'Europe/Dublin'],
] as const;
const kinds = ['Depot', 'Terminal', 'Workshop', 'Car Park', 'Parcel Hub'] as const;

/** Makes the sites; people by `person`, who is the same one everywhere. */
export function createPortfolio(
  seed: number,
  person: (email: string, given: string, family: string, hasProfile: boolean) => SaltoKsPerson,
): readonly SaltoKsSite[] {
  const siteKey = keyOf(seed, 'salto-ks', 'portfolio');
  const manager = person(portfolioAccounts.manager, 'Greta', 'Holm', true);
  return Array.from({ length: PORTFOLIO_SIZE }, (_, at): SaltoKsSite => {
    const userKey = keyOf(seed, 'salto-ks', 'portfolio-user', String(at));
    // A role's id differs from site to site; the six other sites have the numbers below.
    const roles = saltoKsRoles(seed, 1000 + at);
    const [country, zone] = countries[at % countries.length] ?? countries[0];
    const standing = standingAt(at);
    const owner = person(`owner${at}@fleet-owners.example`, 'Owner', `No. ${at + 1}`, true);
    const seeded: SaltoKsUser[] = [
      addedSaltoKsUser(uuidOf(userKey, 0), owner, {
        roles: [roleOf(roles, 'site_owner')],
        alias: null,
        subscription_state: 'subscribed',
      }),
    ];
    const users = recordsOf<SaltoKsUser>({
      count: seeded.length,
      make: (index) => seeded[index] ?? unreachable(index),
      indexOf: (id) => indexOfUuid(userKey, id),
    });
    const managerId = uuidOf(userKey, 1);
    users.add(
      managerId,
      addedSaltoKsUser(managerId, manager, {
        roles: [roleOf(roles, managerRole(at))],
        alias: null,
        subscription_state: 'subscribed',
      }),
    );
    if (standing !== null) {
      const id = uuidOf(userKey, 2);
      const [given, family] = standing.name ?? ['System', 'User'];
      const known = person(portfolioAccounts.systemUser, given, family, standing.accepted !== false);
      users.add(id, {
        ...addedSaltoKsUser(id, known, {
          roles: standing.role === null ? [] : [roleOf(roles, standing.role)],
          alias: null,
          subscription_state: standing.subscription_state ?? 'subscribed',
        }),
        blocked: standing.blocked === true,
        expires_at: standing.expires_at ?? null,
      });
    }
    const used = users.added().filter((user) => user.subscription_state === 'subscribed').length + 1;
    return {
      id: uuidOf(siteKey, at),
      siteUid: `${country}${String(1000 + (drawn(siteKey, at, 1) % 9_000_000)).padStart(10, '0')}`,
      name: `Fleet ${kinds[at % kinds.length] ?? ''} ${String(at + 1).padStart(3, '0')}`,
      countryCode: country,
      timeZone: zone,
      hubs: 1,
      subscriptionValid: true,
      state: at % 50 === 31 ? 'in_installation' : 'released',
      singleOwner: at % 40 === 13,
      owner,
      roles,
      users,
      seats: isFull(at) ? used : used + 5,
      used: { seats: used },
    };
  });
}

/** The truth of the exercise for whoever judges a plan: not what the API shows, but what is. */
export interface PortfolioTruth {
  readonly id: string;
  readonly name: string;
  readonly manager: string;
  readonly members: readonly {
    readonly email: string | null;
    readonly name: string;
    readonly roles: readonly string[];
    readonly accepted: boolean;
    readonly suspended: boolean;
    readonly blocked: boolean;
    readonly expires: string | null;
  }[];
  readonly released: boolean;
  readonly singleOwner: boolean;
  readonly freeSeats: number;
}

export function portfolioTruth(sites: readonly SaltoKsSite[]): PortfolioTruth[] {
  return sites.map((site) => ({
    id: site.id,
    name: site.name,
    manager:
      site.users
        .added()
        .find(({ user }) => user.email === portfolioAccounts.manager)
        ?.roles.map(({ code }) => code)
        .join(' ') ?? '',
    members: site.users
      .added()
      .filter(({ user }) => user.email !== portfolioAccounts.manager)
      .map((user) => ({
        email: user.user.email,
        name: `${user.user.first_name} ${user.user.last_name}`,
        roles: user.roles.map(({ code }) => code),
        accepted: user.user.has_profile,
        suspended: user.subscription_state === 'suspended',
        blocked: user.blocked,
        expires: user.expires_at,
      })),
    released: site.state === 'released',
    singleOwner: site.singleOwner,
    freeSeats: site.seats - site.used.seats,
  }));
}

function unreachable(index: number): never {
  throw new RangeError(`no user ${index}`);
}
