import type { Failure, Result } from '../../preload/errors.ts';
import type { ProviderContext } from '../providers/provider.ts';
import type { Site, SystemUserApi } from '../providers/system-users.ts';
import type { SiteLook } from './judge.ts';
import type { Wanted } from './plan.ts';

/** A platform as one caller sees it. */
export interface Platform {
  readonly api: SystemUserApi;
  readonly context: ProviderContext;
}

/**
 * Looks at one site: the user of the address, the roles that may be given, and, where nobody is found, whom the platform
 * knows under the address. When that says the person is at the site after all, every user of the site is read.
 */
export async function lookAt(
  { api, context }: Platform,
  site: Pick<Site, 'id'>,
  wanted: Pick<Wanted, 'email'>,
): Promise<SiteLook> {
  const member = await api.findMember(context, site.id, wanted.email);
  if (!member.ok) return { failure: member.error };
  const roles = await api.listRoles(context, site.id);
  if (!roles.ok) return { failure: roles.error };
  if (member.value !== null) {
    return { failure: null, roles: roles.value, member: member.value, person: null };
  }
  // Who may give no role cannot search either, at least not for adding somebody.
  if (roles.value.length === 0) return { failure: null, roles: [], member: null, person: null };
  const person = await api.findPerson(context, site.id, wanted.email);
  if (!person.ok) return { failure: person.error };
  if (person.value?.atSite !== true) {
    return { failure: null, roles: roles.value, member: null, person: person.value };
  }
  const there = await api.findMember(context, site.id, wanted.email, true);
  if (!there.ok) return { failure: there.error };
  return { failure: null, roles: roles.value, member: there.value, person: person.value };
}

/** Every site the caller sees. Errors: those of the list; nothing is answered in part. */
export async function readSites(
  { api, context }: Platform,
  came: (sites: number) => void = () => undefined,
): Promise<Result<readonly Site[]>> {
  const sites: Site[] = [];
  for await (const page of api.listSites(context)) {
    if (!page.ok) return page;
    sites.push(...page.value);
    came(sites.length);
  }
  return { ok: true, value: sites };
}

/** Failures that say nothing of one site: the next one would meet the same. */
export function concernsAll({ code }: Failure): boolean {
  return (
    code.startsWith('vault_') ||
    [
      'network_unreachable',
      'timeout',
      'tls_untrusted',
      'proxy_failed',
      'sign_in_needed',
      'session_refused',
      'client_rejected',
      'credentials_rejected',
      'cancelled',
      'rate_limited',
    ].includes(code)
  );
}
