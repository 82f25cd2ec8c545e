import type { ProviderProfile } from '../provider.ts';

const nebulaScope = 'https://saltoapis.com/auth/nebula';

/**
 * Salto Nebula API. The token endpoint comes from discovery (NEB-SDK); only client credentials are documented. Paths
 * other than the users of an installation follow the resource names of the vendor's protos and are inferred.
 */
export const saltoNebulaProfile: ProviderProfile = {
  id: 'salto-nebula',
  label: 'Salto Nebula',
  mark: 'Ne',
  needs: 'Needs a client id and a client secret.',
  installationWord: 'installation',
  environments: {
    production: { issuer: 'https://account.saltosystems.com', apiBase: 'https://nebula.saltoapis.com' },
    sandbox: {},
    custom: {},
  },
  grants: [
    { grant: 'client_credentials', documented: true, clientAuth: 'post', scope: nebulaScope },
    {
      grant: 'authorization_code',
      documented: false,
      clientAuth: 'post',
      // The READMEs of the vendor's SDKs: "always request" these; `offline` is its word for a refresh token.
      scope: `openid offline profile email ${nebulaScope}`,
      caution:
        'Salto describes no sign-in of a person for Nebula integrations: it works only where Salto has set the client up for it.',
    },
  ],
  discovery: true,
  tokenEncoding: 'form',
  pkceDocumented: false,
  paths: {
    installations: '/v1/installations',
    users: '/v1/installations/{installation}/users',
    installation: '/v1/installations/{installation}',
    user: '/v1/installations/{installation}/users/{user}',
    policies: '/v1/installations/{installation}/iam-policies',
    roles: '/v1/iam-roles',
    serviceAccounts: '/v1/installations/{installation}/service-accounts',
  },
  switches: {
    /** Rows a page (clients use 1000; default and maximum are not documented), or "server". */
    pageSize: '1000',
  },
  contact: 'your usual Salto technical contact, who gives out the client id and the client secret.',
};
