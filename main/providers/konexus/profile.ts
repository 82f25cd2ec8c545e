import type { ProviderProfile } from '../provider.ts';

/**
 * Konexus Platform API (AlertSense). Endpoints come from discovery (KON-DOC). The vendor's development hosts
 * (KON-SPEC samples) stand as `accept`. Clients are told to validate the access token themselves; its audience is
 * `tamarack` in the published sample.
 */
export const konexusProfile: ProviderProfile = {
  id: 'konexus',
  label: 'Konexus',
  mark: 'Ko',
  needs: 'Needs a client id and a client secret.',
  installationWord: 'tenant',
  environments: {
    production: { issuer: 'https://auth.alertsense.com', apiBase: 'https://admin.alertsense.com/api' },
    accept: { issuer: 'https://auth.dev.alertsense.io', apiBase: 'https://admin.dev.alertsense.io/api' },
    sandbox: {},
    custom: {},
  },
  grants: [
    {
      grant: 'client_credentials',
      documented: true,
      clientAuth: 'post',
      scope: 'tamarack',
      caution:
        'Konexus allows this for confidential clients only: never use it where people other than the operators of the integration could read the client secret.',
    },
    {
      grant: 'authorization_code',
      documented: false,
      clientAuth: 'post',
      scope: 'tamarack',
      caution:
        'Konexus documents client credentials only; a sign-in of a person appears in its API specifications alone and may not be open to integrations.',
    },
  ],
  discovery: true,
  tokenEncoding: 'form',
  pkceDocumented: false,
  validateAccessToken: { audience: 'tamarack' },
  paths: {
    users: '/v2/contacts/find',
    groupTree: '/v2.1/groups/tree',
  },
  switches: {
    /** Rows a page (25 where nothing is said; the maximum is not documented), or "server". */
    pageSize: '100',
  },
  contact: 'your Konexus (AlertSense) contact, who sets up the client and associates it with a user.',
};
