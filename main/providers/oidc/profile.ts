import { implicitCaution, passwordCaution } from '../cautions.ts';
import type { ProviderProfile } from '../provider.ts';

const asked = 'It is here for servers that offer nothing better.';

/** Any OpenID Connect server, found by its issuer. */
export const oidcProfile: ProviderProfile = {
  id: 'oidc',
  label: 'OpenID Connect',
  mark: 'ID',
  needs: 'Needs the issuer’s address and a client id.',
  installationWord: 'installation',
  environments: { custom: {} },
  grants: [
    {
      grant: 'authorization_code',
      documented: true,
      clientAuth: 'basic',
      scope: 'openid profile offline_access',
    },
    { grant: 'client_credentials', documented: true, clientAuth: 'basic' },
    { grant: 'password', documented: false, clientAuth: 'basic', caution: passwordCaution(asked) },
    {
      grant: 'implicit',
      documented: false,
      clientAuth: 'none',
      scope: 'openid profile',
      caution: implicitCaution(asked),
    },
  ],
  discovery: true,
  tokenEncoding: 'form',
  pkceDocumented: true,
  paths: {},
  contact: 'whoever runs the server.',
};
