import { numberSwitch } from '../api/switches.ts';
import type { Switches } from '../contract.ts';
import { NEBULA_SCOPE, PROGRAMMATIC_CLIENT } from '../registry.ts';
import type { EndpointAnswer, IdentityVendor, TokenFacts } from './vendor.ts';

/** Nebula's account server: vendor-apis 2.1. Paths besides the token endpoint follow Ory Hydra (inferred). */
export function saltoNebulaVendor(switches: Switches): IdentityVendor {
  const interactive = (): boolean => switches['nebula.authorizationCode'] === true;
  return {
    provider: 'salto-nebula',
    routes: {
      authorization: '/oauth2/auth',
      token: '/oauth2/token',
      userinfo: '/userinfo',
      end_session: '/oauth2/sessions/logout',
      revocation: '/oauth2/revoke',
      introspection: '/oauth2/introspect',
      jwks: '/.well-known/jwks.json',
    },
    scopes: ['openid', 'offline', 'offline_access', 'profile', 'email', NEBULA_SCOPE],
    claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name'], email: ['email'] },
    authMethods: ['client_secret_post'],
    audience: 'https://nebula.saltoapis.com',
    // The vendor's sample says 86399 s, its text one hour for applications that refresh.
    accessLifetime: (clientId) =>
      numberSwitch(switches, 'nebula.accessTokenSeconds') ||
      (clientId === PROGRAMMATIC_CLIENT || clientId.endsWith('-console') ? 3600 : 86_399),
    refreshLifetime: 90 * 86_400,
    format: () => (switches['nebula.tokenFormat'] === 'jwt' ? 'jwt' : 'opaque'),
    rotates: () => switches['nebula.refreshRotation'] === 'rotating',
    // The SDKs' readmes ask for all of these with client credentials too (NEB-SDK).
    extraScopes: ['openid', 'offline', 'profile', 'email'],
    offlineScopes: ['offline', 'offline_access'],
    refreshesService: (clientId) => clientId === PROGRAMMATIC_CLIENT,
    accessTokenClaims: nebulaClaims,
    accessTokenHeader: {},
    takesMethod: (client, method) =>
      method === client.clientAuth || (method === 'basic' && switches['nebula.basicAuth'] === true),
    shapeError: hinted,
    shapeTokens: (body, refreshSeconds) => ({
      ...body,
      token_type: 'bearer',
      ...(refreshSeconds === null ? {} : { refresh_token_expires_in: refreshSeconds }),
    }),
    shapeDiscovery: (document) => (interactive() ? { ...document } : withoutAuthorization(document)),
    authorizationRefused: () =>
      interactive()
        ? null
        : 'Nebula documents no interactive sign-in. The switch nebula.authorizationCode turns it on.',
  };
}

/** Errors carry `error`, `error_hint` and `error_description` (NEB-SDK). */
function hinted({ status, body }: EndpointAnswer): EndpointAnswer {
  if (body['error'] !== 'invalid_client')
    return { status, body: { ...body, error_hint: body['error_description'] } };
  return {
    status,
    body: {
      error: 'invalid_client',
      error_description:
        'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).',
      error_hint: 'The client is unknown, or its secret or way of authentication does not match.',
    },
  };
}

function nebulaClaims(facts: TokenFacts): Record<string, unknown> {
  return {
    iss: facts.issuer,
    aud: [facts.audience],
    client_id: facts.clientId,
    sub: facts.accountId ?? facts.clientId,
    scp: facts.scopes,
    iat: facts.iat,
    nbf: facts.iat,
    exp: facts.exp,
    jti: facts.jti,
  };
}

function withoutAuthorization(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...document,
    authorization_endpoint: undefined,
    grant_types_supported: ['client_credentials', 'refresh_token'],
    response_types_supported: [],
  };
}
