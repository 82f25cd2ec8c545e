import type { Result } from '../../preload/errors.ts';
import type { ProviderContext } from './provider.ts';

/**
 * What a platform lets a caller do about one user at one site, for setting up a system user. Only Salto KS needs it: its
 * integrations act for a user who has to be added to every site by hand (vendor-apis 1.8). The other platforms' services
 * are looked at by {@link ServiceReach}.
 */
export interface SystemUserApi {
  /** Everything needed of every site the caller sees. */
  listSites(context: ProviderContext): AsyncGenerator<Result<readonly Site[]>, void, undefined>;
  /** The roles that the caller may give to others at this site, as the site itself lists them. */
  listRoles(context: ProviderContext, site: string): Promise<Result<readonly SiteRole[]>>;
  /**
   * The user of that address at the site, or null where it is not there. `whole` reads every user of the site instead of
   * leaving the search to the server.
   */
  findMember(
    context: ProviderContext,
    site: string,
    email: string,
    whole?: boolean,
  ): Promise<Result<SiteMember | null>>;
  /** Whom the platform knows under that address, or null. */
  findPerson(context: ProviderContext, site: string, email: string): Promise<Result<PlatformPerson | null>>;
  /** The caller's own user at the site. Errors: forbidden and not_found where it is not (or no longer) there. */
  ownMember(context: ProviderContext, site: string): Promise<Result<SiteMember>>;
  /**
   * Adds somebody by address: the platform sends an invitation. Like the three after it, it is sent once; null = done,
   * without a word of how the user stands now.
   */
  invite(context: ProviderContext, site: string, person: NewMember): Promise<Result<SiteMember | null>>;
  /** Adds somebody who has an account already. */
  addExisting(
    context: ProviderContext,
    site: string,
    person: string,
    roles: readonly string[],
  ): Promise<Result<SiteMember | null>>;
  /** Replaces the roles of a user of the site. */
  changeRoles(
    context: ProviderContext,
    site: string,
    member: string,
    roles: readonly string[],
  ): Promise<Result<SiteMember | null>>;
  /** Gives a suspended user a seat again. */
  activate(context: ProviderContext, site: string, member: string): Promise<Result<SiteMember | null>>;
}

export interface Site {
  readonly id: string;
  /** The readable id that people know from the web application, or null. */
  readonly readableId: string | null;
  readonly name: string;
  /** The vendor's word for its state, or null where the list does not say. */
  readonly state: string | null;
  /** False where the vendor says that it cannot be managed yet. */
  readonly manageable: boolean;
  /** Null where the list does not say. */
  readonly seats: { readonly used: number; readonly bought: number } | null;
}

export interface SiteRole {
  readonly id: string;
  /** The vendor's stable word, such as `site_owner`; a site's own roles have codes of their own. */
  readonly code: string;
  readonly name: string;
  /** False for rights that stand beside the role (a mobile key, for one). */
  readonly hierarchical: boolean;
}

export interface SiteMember {
  /** The id of the user at the site, not of the person behind it. */
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly SiteRole[];
  /** False while an invitation waits. */
  readonly accepted: boolean;
  readonly blocked: boolean;
  /** There, without a seat. */
  readonly suspended: boolean;
  /** Its access had an end and that is over. */
  readonly expired: boolean;
}

export interface PlatformPerson {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Whether somebody can sign in as it: an account, not only an invitation. */
  readonly hasAccount: boolean;
  /** Whether it is at the site that was asked for. */
  readonly atSite: boolean;
}

export interface NewMember {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly string[];
}

/** As whom a service's credentials act and what they reach, read-only. */
export interface ServiceReach {
  readonly identity: readonly { readonly label: string; readonly value: string }[];
  readonly installations: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
  }[];
  /** What could not be seen, and what to know of it. */
  readonly notes: readonly string[];
}
