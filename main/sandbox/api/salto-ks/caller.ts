import type { Access, Reach } from '../../contract.ts';
import { within } from '../../data/enrolment.ts';
import { isPortfolioAccount } from '../../data/salto-ks-portfolio.ts';
import type { SaltoKsSite, SaltoKsUser, SaltoKsWorld } from '../../data/salto-ks.ts';
import { rankOf } from '../../data/salto-ks-roles.ts';
import type { SaltoKsRole } from '../../data/salto-ks-roles.ts';

/** Rank of the callers who may list a site's users: custom roles and higher (vendor-apis 1.8, KS-M2). */
export const readingRank = rankOf('night_reception');
/** Rank of the callers who may add, change and remove users. */
export const managingRank = rankOf('site_super_user');

/** The highest rank among roles; someone without any ranks below everybody. */
export function highestRank(roles: readonly SaltoKsRole[]): number {
  return Math.max(-1, ...roles.map((role) => rankOf(role.code)));
}

/** The caller's own user at a site, when the account was enrolled or added there; seeded people never sign in. */
export function memberOf(site: SaltoKsSite, access: Access): SaltoKsUser | null {
  const email = access.username?.toLowerCase();
  if (email === undefined) return null;
  return site.users.added().find(({ user }) => user.email?.toLowerCase() === email) ?? null;
}

/**
 * The sites of the caller. A token sees the sites of its user (vendor-apis 1.5): an account that the world knows sees
 * those in which it is an unblocked member with a profile, so that adding and removing it at a site takes effect. An
 * account that the world does not know sees what it reaches.
 */
export function sitesOf(world: SaltoKsWorld, access: Access): readonly SaltoKsSite[] {
  const reach = world.accountReach.get(access.username?.toLowerCase() ?? '');
  if (reach === undefined) return within(world.sites, access.reach);
  const sites = allSitesOf(world, access, reach);
  return sites.filter((site) => {
    const member = memberOf(site, access);
    return (
      member !== null &&
      member.user.has_profile &&
      !member.blocked &&
      member.subscription_state === 'subscribed'
    );
  });
}

function allSitesOf(world: SaltoKsWorld, access: Access, reach: Reach): readonly SaltoKsSite[] {
  if (isPortfolioAccount(access.username ?? '')) return world.portfolio.sites();
  return reach === access.reach ? world.sites : within(world.sites, access.reach);
}

/** The caller's rank at a site: that of the own user's roles, or an owner's for accounts that the world does not know. */
export function callerRank(site: SaltoKsSite, access: Access): number {
  const member = memberOf(site, access);
  return member === null ? rankOf('site_owner') : highestRank(member.roles);
}

/** The roles that a caller may assign: equal or lower ones only. */
export function assignableRoles(site: SaltoKsSite, access: Access): SaltoKsRole[] {
  const rank = callerRank(site, access);
  return site.roles.filter((role) => rankOf(role.code) <= rank);
}
