import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider';

import type { ShiftedClock } from '../clock.ts';
import type { SandboxAccount, SandboxClient } from '../contract.ts';
import { pageHeaders } from '../pages/html.ts';
import { messagePage, signOutPage } from '../pages/pages.ts';
import { isServiceAccount, RESOURCE, resourceServer } from './grants.ts';
import type { SigningKey } from './keys.ts';
import { interactionPolicyFor } from './policy.ts';
import type { IssuedStore } from './store.ts';
import { personClaims } from './vendor.ts';
import type { IdentityVendor } from './vendor.ts';

export interface ConfigurationParts {
  readonly vendor: IdentityVendor;
  readonly vendorName: string;
  readonly issuer: string;
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  readonly key: SigningKey;
  readonly store: IssuedStore;
  readonly clock: ShiftedClock;
}

/** Loopback redirects: any port is taken (RFC 8252 7.3), the path is compared. */
const REDIRECT_URIS = ['http://127.0.0.1/callback', 'http://[::1]/callback'];

/** Seconds; what no vendor states is the library's usual. Codes live five minutes and once (vendor-apis 6). */
const CODE_LIFETIME = 300;
const INTERACTION_LIFETIME = 3600;
const SESSION_LIFETIME = 14 * 86_400;
const GRANT_LIFETIME = 10 * 365 * 86_400;

/**
 * oidc-provider's configuration for a vendor. Every function that has a default is given: the library prints a notice
 * to stdout when one of its own runs, and stdout belongs to the command.
 */
export function oidcConfiguration(parts: ConfigurationParts): Configuration {
  const { vendor, clients, accounts, key, store } = parts;
  const refreshes = new Set(vendor.offlineScopes);
  const issueRefreshToken: Configuration['issueRefreshToken'] = (_ctx, client, source) =>
    client.grantTypeAllowed('refresh_token') && [...source.scopes].some((scope) => refreshes.has(scope));
  return {
    adapter: store.adapter,
    clients: clients.map((client) => clientMetadata(client, vendor)),
    jwks: { keys: [key.jwk] },
    routes: vendor.routes,
    scopes: vendor.scopes,
    claims: Object.fromEntries(Object.entries(vendor.claims).map(([scope, names]) => [scope, [...names]])),
    clientAuthMethods: [...vendor.authMethods],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clockTolerance: 0,
    // Cookies know no ports: the vendors' servers would overwrite each other's.
    cookies: {
      names: {
        session: `${vendor.provider}-session`,
        interaction: `${vendor.provider}-interaction`,
        resume: `${vendor.provider}-resume`,
      },
    },
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3600,
      ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3600,
      AuthorizationCode: CODE_LIFETIME,
      RefreshToken: vendor.refreshLifetime,
      IdToken: 3600,
      Interaction: INTERACTION_LIFETIME,
      Session: SESSION_LIFETIME,
      Grant: GRANT_LIFETIME,
    },
    expiresWithSession: () => false,
    // Naming it at all makes the library offer the refresh grant, which Konexus does not have.
    ...(refreshes.size === 0 ? {} : { issueRefreshToken }),
    rotateRefreshToken: () => vendor.rotates(),
    findAccount: (_ctx, sub) => {
      const account = accounts.find(({ id }) => id === sub);
      if (account !== undefined) return { accountId: sub, claims: () => personClaims(account) };
      return isServiceAccount(sub) ? { accountId: sub, claims: () => ({ sub }) } : undefined;
    },
    clientBasedCORS: () => false,
    interactions: {
      policy: interactionPolicyFor(vendor.scopes),
      url: (_ctx, { uid }) => `/interaction/${uid}`,
    },
    renderError: (ctx, out) =>
      showPage(
        ctx,
        messagePage({
          vendor: parts.vendorName,
          title: 'This sign-in cannot go on',
          message: 'The application sent a request that the server does not accept.',
          detail: [out.error, out.error_description].filter((text) => text !== undefined).join(': '),
        }),
      ),
    formats: { customizers: { jwt: (ctx, token, jwt) => shapeAccessToken(parts, ctx, token, jwt) } },
    features: features(parts),
  };
}

function features({ vendor, vendorName }: ConfigurationParts): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    clientCredentials: { enabled: true },
    userinfo: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, _resource, client) => resourceServer(vendor, client.clientId),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => showPage(ctx, signOutPage({ vendor: vendorName, form })),
      postLogoutSuccessSource: (ctx) =>
        showPage(
          ctx,
          messagePage({ vendor: vendorName, title: 'Signed out', message: 'You can close this page.' }),
        ),
    },
  };
}

function clientMetadata(client: SandboxClient, vendor: IdentityVendor): ClientMetadata {
  const { clientId, clientSecret, clientAuth, grant } = client;
  const scopes = new Set([...client.scope.split(' '), ...vendor.extraScopes]);
  const refreshes =
    vendor.refreshesService(clientId) || vendor.offlineScopes.some((scope) => scopes.has(scope));
  const code = grant === 'authorization_code';
  return {
    client_id: clientId,
    ...(clientSecret === null ? {} : { client_secret: clientSecret }),
    token_endpoint_auth_method:
      clientAuth === 'none' ? 'none' : clientAuth === 'basic' ? 'client_secret_basic' : 'client_secret_post',
    application_type: 'native',
    grant_types: refreshes ? [grant, 'refresh_token'] : [grant],
    response_types: code ? ['code'] : [],
    redirect_uris: code ? REDIRECT_URIS : [],
    post_logout_redirect_uris: code ? REDIRECT_URIS : [],
    scope: [...scopes].join(' '),
  };
}

type JwtCustomizer = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>;

/** Replaces the library's claims by the vendor's, in sandbox time. */
function shapeAccessToken(
  { vendor, issuer, clock }: ConfigurationParts,
  ctx: KoaContextWithOIDC,
  token: Parameters<JwtCustomizer>[1],
  jwt: Parameters<JwtCustomizer>[2],
): void {
  const shift = clock.shift();
  const iat = Number(jwt.payload['iat']);
  const { AuthorizationCode: code, RefreshToken: refreshToken } = ctx.oidc.entities;
  const accountId = 'accountId' in token ? token.accountId : null;
  jwt.header = { ...vendor.accessTokenHeader };
  jwt.payload = vendor.accessTokenClaims({
    issuer,
    audience: vendor.audience,
    clientId: token.clientId ?? '',
    accountId: accountId === null || isServiceAccount(accountId) ? null : accountId,
    scopes: [...token.scopes],
    iat: iat + shift,
    exp: Number(jwt.payload['exp']) + shift,
    authTime: (code?.authTime ?? refreshToken?.authTime ?? iat) + shift,
    jti: String(jwt.payload['jti']),
  });
}

function showPage(ctx: KoaContextWithOIDC, html: string): void {
  ctx.set(pageHeaders());
  ctx.body = html;
}
