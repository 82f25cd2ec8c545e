import type { Switches } from '../contract.ts';
import { konexusTenant } from '../data/konexus.ts';
import type { IdentityVendor, TokenFacts } from './vendor.ts';

/** Konexus's identity server: vendor-apis 3.1 (paths besides authorize and token are IdentityServer's). */
export function konexusVendor(switches: Switches, x5t: string): IdentityVendor {
  return {
    provider: 'konexus',
    routes: {
      authorization: '/connect/authorize',
      token: '/connect/token',
      userinfo: '/connect/userinfo',
      end_session: '/connect/endsession',
      revocation: '/connect/revocation',
      introspection: '/connect/introspect',
      jwks: '/.well-known/openid-configuration/jwks',
    },
    scopes: ['tamarack', 'content', 'elm', 'directory:public'],
    claims: {},
    authMethods: ['client_secret_post'],
    audience: 'tamarack',
    accessLifetime: () => 3600,
    refreshLifetime: 3600,
    format: () => 'jwt',
    rotates: () => false,
    extraScopes: [],
    offlineScopes: [],
    refreshesService: () => false,
    accessTokenClaims: (facts) => konexusClaims(facts, String(switches['konexus.accessToken'])),
    accessTokenHeader: { x5t },
    takesMethod: (client, method) => method === client.clientAuth,
    shapeError: (answer) => answer,
    shapeTokens: (body) =>
      switches['konexus.accessToken'] === 'wrong_signature'
        ? { ...body, access_token: forged(String(body['access_token'])) }
        : { ...body },
    shapeDiscovery: (document) => ({ ...document }),
    authorizationRefused: () => null,
  };
}

/** The published sample's payload (KON-DOC): `scope` is an array, `admin` a word, `sub` and `tenantId` digits. */
function konexusClaims(facts: TokenFacts, fault: string): Record<string, unknown> {
  const past = fault === 'expired' ? 7200 : 0;
  return {
    iss: fault === 'wrong_issuer' ? 'https://auth.elsewhere.example' : facts.issuer,
    nbf: facts.iat - past,
    iat: facts.iat - past,
    exp: facts.exp - past,
    aud: fault === 'wrong_audience' ? 'elm' : facts.audience,
    scope: facts.scopes,
    client_id: facts.clientId,
    admin: 'false',
    globalTenantId: `tenant-${konexusTenant.id}-ellery`,
    name: 'Harbour Partners integration',
    sub: '90417',
    tenantId: konexusTenant.id,
    jti: facts.jti,
  };
}

/** The same token with another signature. */
function forged(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
}
