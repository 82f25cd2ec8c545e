import { passwordCaution } from '../cautions.ts';
import type { ProviderProfile } from '../provider.ts';

/**
 * Salto KS Connect API. Authorization, token and other identity endpoints come from discovery (KS-M3: public in both
 * environments), so only the issuer is preset. Hosts: KS-M1/M2/M3 and KS-HD-INV; the production API host is known from
 * clients only (KS-C1, KS-C4), hence `--api-base`.
 *
 * Lists use v1.1: its site list is the paged envelope in two independent clients (KS-C3, KS-C4), while v1.2 was
 * reported as a bare array (KS-M1), which has no link to a next page. Single objects use v1.2, where they were measured
 * (KS-M2). `$inlinecount=allpages` asks for the count (vendor SDK; the server converts OData v3 queries by default).
 */
export const saltoKsProfile: ProviderProfile = {
  id: 'salto-ks',
  label: 'Salto KS',
  mark: 'KS',
  needs: 'Needs a client id; with a client secret for confidential clients.',
  installationWord: 'site',
  /** KS-M2; nobody can manage a site in another state (KS-SEAM). */
  usualState: 'released',
  environments: {
    production: { issuer: 'https://identity.eu.my-clay.com', apiBase: 'https://connect.my-clay.com' },
    accept: {
      issuer: 'https://identity-acc.eu.my-clay.com',
      apiBase: 'https://clp-accept-user.my-clay.com',
    },
    sandbox: {},
    custom: {},
  },
  grants: [
    {
      grant: 'authorization_code',
      documented: true,
      clientAuth: 'basic',
      scope: 'openid profile offline_access user_api.full_access',
    },
    {
      grant: 'password',
      documented: true,
      clientAuth: 'basic',
      scope: 'user_api.full_access',
      caution: passwordCaution(
        'It is offered because Salto documents it for server-to-server integrations with a system user; Salto has to enable it for the client.',
      ),
    },
    {
      grant: 'client_credentials',
      documented: false,
      clientAuth: 'basic',
      scope: 'user_api.full_access',
      caution:
        'Salto describes no sign-in without a person: the Connect API always acts for a user. Expect refusals unless Salto told you otherwise.',
    },
  ],
  discovery: true,
  tokenEncoding: 'form',
  pkceDocumented: true,
  /** KS-M2: `aud` of the measured access token. */
  accessTokenAudience: 'user_api',
  paths: {
    installations: '/v1.1/sites',
    users: '/v1.1/sites/{installation}/users',
    installation: '/v1.2/sites/{installation}',
    roles: '/v1.1/sites/{installation}/roles',
    me: '/v1.2/me',
    siteMe: '/v1.2/sites/{installation}/me',
    user: '/v1.1/sites/{installation}/users/{user}',
    userSubscription: '/v1.1/sites/{installation}/users/{user}/subscription',
    userSearch: '/v1.1/users/search',
    existingUser: '/v1.1/sites/{installation}/users/existing',
  },
  switches: {
    /** How a list is asked for its count: inlinecount (OData v3), count (OData v4) or off. */
    count: 'inlinecount',
    /** Rows a page: a number, or "server" for the server's own size (default and maximum are not documented). */
    pageSize: 'server',
    /** on: a user is found by $filter on the e-mail (the field's name is an assumption); off: every user is read. */
    findByFilter: 'on',
  },
  contact:
    'your local Salto Business Unit, which gives out client ids and secrets and enables the password grant for a client.',
};
