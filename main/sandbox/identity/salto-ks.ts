import { numberSwitch } from '../api/switches.ts';
import { createHash } from 'node:crypto';

import type { SandboxClient, Switches } from '../contract.ts';
import type { ClientAuthMethod, EndpointAnswer, IdentityVendor, TokenFacts } from './vendor.ts';

/** Salto KS's identity server: paths and claims of vendor-apis 1.2 and 1.3 (KS-M2, KS-M3; IdentityServer's defaults). */
export function saltoKsVendor(switches: Switches): IdentityVendor {
  return {
    provider: 'salto-ks',
    routes: {
      authorization: '/connect/authorize',
      token: '/connect/token',
      userinfo: '/connect/userinfo',
      end_session: '/connect/endsession',
      revocation: '/connect/revocation',
      introspection: '/connect/introspect',
      jwks: '/.well-known/openid-configuration/jwks',
    },
    scopes: [
      'openid',
      'profile',
      'offline_access',
      'user_api.full_access',
      'user_api.eloxx',
      'core_api.full',
      'core_api.standard',
      'hardware_api',
    ],
    // IdentityServer puts auth_time and amr into every ID token.
    claims: {
      openid: ['sub', 'auth_time', 'amr'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    },
    authMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    audience: 'user_api',
    accessLifetime: () => numberSwitch(switches, 'ks.accessTokenSeconds'),
    refreshLifetime: 30 * 86_400,
    format: () => 'jwt',
    rotates: () => switches['ks.refreshRotation'] === 'rotating',
    extraScopes: [],
    offlineScopes: ['offline_access'],
    refreshesService: () => false,
    accessTokenClaims: saltoKsClaims,
    accessTokenHeader: {},
    takesMethod,
    shapeError: (answer) => shapeError(answer, switches),
    shapeTokens: (body) => ({ ...body }),
    shapeDiscovery: (document) => ({ ...document }),
    authorizationRefused: () => null,
  };
}

/** The documents show Basic for a confidential client, and besides it the body for a refresh (vendor-apis 1.3). */
function takesMethod({ clientAuth }: SandboxClient, method: ClientAuthMethod, grantType: string): boolean {
  return (
    method === clientAuth || (grantType === 'refresh_token' && clientAuth === 'basic' && method === 'post')
  );
}

function shapeError(answer: EndpointAnswer, switches: Switches): EndpointAnswer {
  const isClient = answer.body['error'] === 'invalid_client';
  return isClient ? { ...answer, status: Number(switches['ks.invalidClientStatus']) } : answer;
}

/** Measured payload (KS-M2), and a `jti`: without it two tokens of one second would be the same string. */
function saltoKsClaims(facts: TokenFacts): Record<string, unknown> {
  const subject = facts.accountId ?? facts.clientId;
  return {
    iss: facts.issuer,
    nbf: facts.iat,
    iat: facts.iat,
    exp: facts.exp,
    aud: facts.audience,
    scope: facts.scopes,
    amr: ['password'],
    client_id: facts.clientId,
    sub: subject,
    auth_time: facts.authTime,
    idp: 'local',
    product_id: 'salto-ks',
    tenant_id: uuidFrom('tenant'),
    identity_id: uuidFrom('identity', subject),
    skip_email: 'false',
    [`profile_id_${uuidFrom('product')}`]: uuidFrom('profile', subject),
    jti: facts.jti,
  };
}

/** A made-up id that stays the same over restarts. */
function uuidFrom(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join(' ')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
