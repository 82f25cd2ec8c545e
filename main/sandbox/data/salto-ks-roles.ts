import { uuidOf } from './ids.ts';
import { keyOf } from './random.ts';

/** A role of a site (vendor-apis 1.7). */
export interface SaltoKsRole {
  readonly id: string;
  readonly customer_reference: string;
  readonly code: string;
  readonly parent_id: string | null;
  readonly is_hierarchical: boolean;
}

/**
 * The roles of every site, highest first; `rank` orders them ("users may edit users of equal or lower role only",
 * KS-HD-ROLES). Add-on rights stand beside the hierarchy and rank lowest. `night_reception` is a site's own role.
 */
const roleRows = [
  { code: 'site_owner', name: 'Site Owner', parent: null, hierarchical: true, rank: 50 },
  { code: 'site_admin', name: 'Site Admin', parent: null, hierarchical: true, rank: 40 },
  { code: 'site_super_user', name: 'Site Super User', parent: 'site_admin', hierarchical: true, rank: 30 },
  {
    code: 'night_reception',
    name: 'Night reception',
    parent: 'site_super_user',
    hierarchical: true,
    rank: 25,
  },
  { code: 'site_user', name: 'Site User', parent: 'site_super_user', hierarchical: true, rank: 20 },
  { code: 'site_guest', name: 'Guest', parent: null, hierarchical: false, rank: 10 },
  { code: 'site_pod_member', name: 'Pod Member', parent: null, hierarchical: false, rank: 5 },
  { code: 'site_mobile_user', name: 'Mobile Key', parent: null, hierarchical: false, rank: 0 },
  {
    code: 'site_remote_office_mode_user',
    name: 'Remote Office Mode',
    parent: null,
    hierarchical: false,
    rank: 0,
  },
] as const;

/** A role's place in the hierarchy, 0 for add-ons and unknown codes. */
export function rankOf(code: string): number {
  return roleRows.find((row) => row.code === code)?.rank ?? 0;
}

/** The roles of the site at `site`; ids differ from site to site, so a client has to read the list first. */
export function saltoKsRoles(seed: number, site: number): SaltoKsRole[] {
  const key = keyOf(seed, 'salto-ks', 'role', String(site));
  const idOf = (code: string): string =>
    uuidOf(
      key,
      roleRows.findIndex((row) => row.code === code),
    );
  return roleRows.map((row) => ({
    id: idOf(row.code),
    customer_reference: row.name,
    code: row.code,
    parent_id: row.parent === null ? null : idOf(row.parent),
    is_hierarchical: row.hierarchical,
  }));
}

export function roleOf(roles: readonly SaltoKsRole[], code: string): SaltoKsRole {
  const role = roles.find((one) => one.code === code);
  if (role === undefined) throw new RangeError(`no role ${code}`);
  return role;
}
