import type { Reach, SandboxAccount } from '../contract.ts';
import { hex24Of, uuidOf } from './ids.ts';
import { keyOf } from './random.ts';
import { addedSaltoKsUser } from './added-user.ts';
import { isPortfolioAccount } from './salto-ks-portfolio.ts';
import type { SaltoKsPerson, SaltoKsSite, SaltoKsWorld } from './salto-ks.ts';
import { roleOf } from './salto-ks-roles.ts';
import { smartenitParents } from './smartenit.ts';
import type { SmartenitUser, SmartenitWorld } from './smartenit.ts';

/** The first N of a list, or all of it. */
export function within<T>(list: readonly T[], reach: Reach): readonly T[] {
  return reach === 'all' ? list : list.slice(0, Math.max(0, reach));
}

/** A first and a last name out of a sign-in name: `vera.quay@x.example` is Vera Quay. */
export function namesOf(username: string): { given: string; family: string } {
  const words = (username.split('@')[0] ?? '')
    .split(/[._-]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { given: words[0] ?? username, family: words.slice(1).join(' ') };
}

/** Which Salto KS role an account's described role amounts to. The vendor wants the system user "under a site_owner role". */
function roleCode(role: string): string {
  const text = role.toLowerCase();
  // An integrator sets system users up, so has to hold the role that is to be given.
  if (/owner|system|integrator/u.test(text)) return 'site_owner';
  if (/super|support/u.test(text)) return 'site_super_user';
  if (text.includes('reception') || text.includes('custom')) return 'night_reception';
  if (/guest/u.test(text)) return 'site_guest';
  return /admin|installer|manager/u.test(text) ? 'site_admin' : 'site_user';
}

function enrolInSite(seed: number, site: SaltoKsSite, at: number, person: SaltoKsPerson, role: string): void {
  const key = keyOf(seed, 'salto-ks', 'account', String(at));
  const id = uuidOf(key, keyOf(seed, person.id));
  site.users.add(
    id,
    addedSaltoKsUser(id, person, {
      roles: [roleOf(site.roles, roleCode(role))],
      alias: null,
      subscription_state: 'subscribed',
    }),
  );
  site.used.seats += 1;
}

function isInvited(account: SandboxAccount): boolean {
  return /invit/iu.test(account.role);
}

/** How many of the accounts are users of the first Salto KS site. */
export function enrolledInFirstSite(accounts: readonly SandboxAccount[]): number {
  return accounts.filter(
    (account) => !isPortfolioAccount(account.username) && (account.reach !== 0 || isInvited(account)),
  ).length;
}

/**
 * Makes the sign-in accounts users of the sites that they reach, after the seeded users. Somebody whose role says
 * "invitation" is a pending user of the first site.
 */
export function enrolInSaltoKs(world: SaltoKsWorld, seed: number, accounts: readonly SandboxAccount[]): void {
  for (const account of accounts) {
    if (isPortfolioAccount(account.username)) {
      world.accountReach.set(account.username.toLowerCase(), account.reach);
      continue;
    }
    const names = namesOf(account.username);
    const invited = isInvited(account);
    const person: SaltoKsPerson = {
      id: world.platformId(account.username),
      first_name: names.given,
      last_name: names.family,
      email: account.username,
      image_url: null,
      tag_number: null,
      is_managed_by_current_site: false,
      has_profile: !invited,
    };
    world.accountReach.set(account.username.toLowerCase(), account.reach);
    world.outsiders.set(account.username.toLowerCase(), person);
    within(world.sites, invited ? 1 : account.reach).forEach((site, at) =>
      enrolInSite(seed, site, at, person, account.role),
    );
  }
}

/** Makes the sign-in accounts users of the locations that they reach; the account's id is the user's `_id`. */
export function enrolInSmartenit(
  world: SmartenitWorld,
  seed: number,
  accounts: readonly SandboxAccount[],
): void {
  for (const account of accounts) {
    const names = namesOf(account.username);
    const id = /^[0-9a-f]{24}$/u.test(account.id)
      ? account.id
      : hex24Of(keyOf(seed, 'smartenit', 'account'), keyOf(seed, account.id));
    const user: SmartenitUser = {
      _id: id,
      username: account.username,
      profile: { name: names.given, lastName: names.family },
      parents: smartenitParents(within(world.locations, account.reach)),
      createdAt: '2017-05-02T08:00:00.000Z',
      updatedAt: '2018-02-01T00:00:00.000Z',
    };
    world.users.add(id, user);
  }
}
