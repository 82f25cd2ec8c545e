import type { Provider } from '../provider.ts';
import { saltoKsList } from './list.ts';
import { saltoKsProfile } from './profile.ts';
import { readSite, readSiteUser } from './records.ts';
import { saltoKsSystemUsers } from './system-users.ts';

/** Salto KS: sites and site users, OData lists followed by `next_page_link`. No search is documented. */
export const saltoKs: Provider = {
  profile: saltoKsProfile,
  listInstallations: (context) => saltoKsList(context, sites, 'installations'),
  listUsers: (context, installation, query) =>
    saltoKsList(context, siteUsers, 'users', { installation: installation.id }, query),
  systemUsers: saltoKsSystemUsers,
};

const sites = { what: 'sites', expectedRow: 'a site with an id', read: readSite };
const siteUsers = { what: 'users', expectedRow: 'a site user with an id', read: readSiteUser };
