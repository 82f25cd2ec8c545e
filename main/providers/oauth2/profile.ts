import { implicitCaution, passwordCaution } from '../cautions.ts';
import type { ProviderProfile } from '../provider.ts';

const asked = 'It is here for servers that offer nothing better.';

/** Any OAuth 2.0 server: by RFC 8414 metadata where an issuer is given, otherwise by its endpoints. */
export const oauth2Profile: ProviderProfile = {
  id: 'oauth2',
  label: 'OAuth 2.0',
  mark: 'O2',
  needs: 'Needs the server’s endpoints and a client id.',
  installationWord: 'installation',
  environments: { custom: {} },
  grants: [
    { grant: 'authorization_code', documented: true, clientAuth: 'basic' },
    { grant: 'client_credentials', documented: true, clientAuth: 'basic' },
    { grant: 'password', documented: false, clientAuth: 'basic', caution: passwordCaution(asked) },
    { grant: 'implicit', documented: false, clientAuth: 'none', caution: implicitCaution(asked) },
  ],
  discovery: true,
  tokenEncoding: 'form',
  pkceDocumented: true,
  paths: {},
  contact: 'whoever runs the server.',
};
