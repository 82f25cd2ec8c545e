import type { SiteRole } from '../providers/system-users.ts';
import type { Wanted } from './plan.ts';

/**
 * Salto KS's own roles, highest first (vendor-apis 1.7; the order from KS-HD-ROLES: users edit users of equal or lower
 * role). A site's own roles have other codes and no known place.
 */
const ladder = [
  { code: 'site_owner', name: 'Site Owner' },
  { code: 'site_admin', name: 'Site Admin' },
  { code: 'site_super_user', name: 'Site Super User' },
  { code: 'site_user', name: 'Site User' },
] as const;

/** The roles that can be offered without a site at hand. */
export const knownRoles: readonly { readonly code: string; readonly name: string }[] = ladder;

/** The name of a role for a sentence: the vendor's where it is one of its own, else the code. */
export function roleNamed(code: string): string {
  return ladder.find((role) => role.code === code)?.name ?? code;
}

/** Whether it is one of the vendor's own, which every site has. */
export function isKnownRole(code: string): boolean {
  return ladder.some((role) => role.code === code);
}

/** The role to give at a site that offers these: the wanted one, else its stand-in; null where it offers neither. */
export function chooseRole(assignable: readonly SiteRole[], wanted: Wanted): SiteRole | null {
  const find = (code: string | null): SiteRole | undefined => assignable.find((role) => role.code === code);
  return find(wanted.role) ?? find(wanted.fallbackRole) ?? null;
}

/** Whether `code` includes what `least` may do: the same role, or a higher one of the vendor's own. */
export function isAtLeast(code: string, least: string): boolean {
  const place = ladder.findIndex((role) => role.code === code);
  const leastPlace = ladder.findIndex((role) => role.code === least);
  return code === least || (place >= 0 && leastPlace >= 0 && place < leastPlace);
}

/**
 * Whether somebody with these roles has what is planned: the role that can be given here, or, where the caller can give
 * neither, the wanted one or its stand-in from somebody else's hand.
 */
export function hasRole(
  roles: readonly Pick<SiteRole, 'code'>[],
  wanted: Wanted,
  role: Pick<SiteRole, 'code'> | null,
): boolean {
  const enough = role === null ? [wanted.role, wanted.fallbackRole] : [role.code];
  return enough.some((least) => least !== null && roles.some(({ code }) => isAtLeast(code, least)));
}

/** The role that counts, beside which there may be rights of other kinds; null for none. */
export function highestOf(roles: readonly SiteRole[]): SiteRole | null {
  const place = (code: string): number => {
    const at = ladder.findIndex((role) => role.code === code);
    // A site's own role stands between what it may do and what it may not; nobody knows where.
    return at < 0 ? ladder.length - 1.5 : at;
  };
  const ranked = roles
    .filter(({ hierarchical }) => hierarchical)
    .toSorted((one, other) => place(one.code) - place(other.code));
  return ranked[0] ?? null;
}

/** The ids to send for a change to `role`: the rights beside the old role stay. */
export function roleIdsAfter(roles: readonly SiteRole[], role: Pick<SiteRole, 'id'>): string[] {
  return [role.id, ...roles.filter(({ hierarchical }) => !hierarchical).map(({ id }) => id)];
}
