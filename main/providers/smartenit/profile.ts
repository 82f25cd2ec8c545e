import { implicitCaution, passwordCaution } from '../cautions.ts';
import type { ProviderProfile } from '../provider.ts';

/**
 * Smartenit API v2: plain OAuth 2 without discovery, token requests as JSON, no scopes (SMA-DOC). The pages are from
 * 2016 to 2018; whether the service still answers is not known.
 */
export const smartenitProfile: ProviderProfile = {
  id: 'smartenit',
  label: 'Smartenit',
  mark: 'Sm',
  needs: 'Needs a registered application: its client id and secret.',
  installationWord: 'location',
  environments: {
    production: {
      authorizationEndpoint: 'https://api.smartenit.io/v2/oauth2/authorize',
      tokenEndpoint: 'https://api.smartenit.io/v2/oauth2/token',
      apiBase: 'https://api.smartenit.io/v2',
    },
    sandbox: {},
    custom: {},
  },
  grants: [
    { grant: 'authorization_code', documented: true, clientAuth: 'post' },
    {
      grant: 'password',
      documented: true,
      clientAuth: 'post',
      caution: passwordCaution(
        'It is offered because Smartenit documents it for trusted clients, which authenticate themselves first.',
      ),
    },
    {
      grant: 'client_credentials',
      documented: true,
      clientAuth: 'post',
      caution: 'Smartenit gives such a client restricted permissions: it may see no locations and no users.',
    },
    {
      grant: 'implicit',
      documented: true,
      clientAuth: 'none',
      caution: implicitCaution('It is offered because Smartenit documents it for third-party applications.'),
    },
  ],
  discovery: false,
  tokenEncoding: 'json',
  pkceDocumented: false,
  refreshSendsAccessToken: true,
  paths: {
    installations: '/locations',
    users: '/users',
    accounts: '/accounts',
    me: '/users/me',
  },
  switches: {
    /** on: a location's users are those whose `parents.locations` names it (an assumption); off: all users. */
    usersByLocation: 'on',
    /** plain, or dialog for the vendor's single sign-on dialog. */
    authorizationEndpoint: 'plain',
    /** Rows a page: the server gives at most 25 (SMA-SDK), or "server". */
    pageSize: '25',
  },
  contact: 'Smartenit support, which registers applications and their redirect addresses.',
};
