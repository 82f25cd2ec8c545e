import { type Bend, bent } from './bend.ts';

/** The discovery document (OpenID Connect Discovery 1.0 3). */
export function discoveryDocument(issuer: string, keysPath: string, { discovery }: Bend): object {
  return bent(
    {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}${keysPath}`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    },
    discovery,
  );
}
