import { errors } from 'oidc-provider';
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';

import type { SandboxAccount } from '../contract.ts';
import type { IdentityVendor } from './vendor.ts';

/**
 * oidc-provider wants an absolute URI for a resource; what goes into `aud` is the vendor's own word. Every token of a
 * sandbox server is for this one resource.
 */
export const RESOURCE = 'urn:latchkey:sandbox:api';

/** The account id that stands for a client itself, where the client may refresh. */
const SERVICE_PREFIX = 'service:';

export function serviceAccountId(clientId: string): string {
  return `${SERVICE_PREFIX}${clientId}`;
}

export function isServiceAccount(accountId: string): boolean {
  return accountId.startsWith(SERVICE_PREFIX);
}

/** What the library asks of the resource for every token it issues. */
export function resourceServer(
  vendor: IdentityVendor,
  clientId: string,
): { scope: string; audience: string; accessTokenTTL: number; accessTokenFormat: 'jwt' | 'opaque' } {
  return {
    scope: vendor.scopes.join(' '),
    audience: vendor.audience,
    accessTokenTTL: vendor.accessLifetime(clientId),
    accessTokenFormat: vendor.format(),
  };
}

/** The resource owner password credentials grant (RFC 6749 4.3), which the library does not have. */
export function registerPasswordGrant(
  provider: Provider,
  vendor: IdentityVendor,
  accounts: readonly SandboxAccount[],
  mayEnter: (account: SandboxAccount) => boolean,
): void {
  provider.registerGrantType<{ username?: string; password?: string }>(
    'password',
    async (ctx) => {
      const { username, password } = ctx.oidc.params;
      if (username === undefined || password === undefined) {
        throw new errors.InvalidRequest('missing required parameter(s) username, password');
      }
      const scope = grantedScope(ctx, vendor);
      const account = findAccount(accounts, username, password);
      if (account === undefined || !mayEnter(account)) {
        throw new errors.CustomOIDCProviderError('invalid_grant', 'invalid_username_or_password');
      }
      await answerForAccount(ctx, vendor, { accountId: account.id, scope, gty: 'password' });
    },
    ['username', 'password', 'scope'],
  );
}

/**
 * The client credentials grant (RFC 6749 4.4). The library's own gives no refresh tokens (4.4.3 says SHOULD NOT), which
 * Nebula does for some applications, and takes a missing scope as none, where these servers take it as all.
 */
export function registerClientCredentialsGrant(provider: Provider, vendor: IdentityVendor): void {
  provider.registerGrantType(
    'client_credentials',
    async (ctx) => {
      const { client } = ctx.oidc;
      const scope = grantedScope(ctx, vendor);
      if (vendor.refreshesService(client.clientId)) {
        const accountId = serviceAccountId(client.clientId);
        await answerForAccount(ctx, vendor, { accountId, scope, gty: 'client_credentials' });
        return;
      }
      const token = new provider.ClientCredentials({ client, scope });
      token.resourceServer = new provider.ResourceServer(RESOURCE, resourceServer(vendor, client.clientId));
      ctx.oidc.entity('ClientCredentials', token);
      const accessToken = await token.save();
      ctx.body = tokenAnswer(accessToken, token.expiration, scope);
    },
    ['scope'],
  );
}

/** Comparing in plain sight: these passwords are printed by the sandbox itself. */
export function findAccount(
  accounts: readonly SandboxAccount[],
  username: string,
  password: string,
): SandboxAccount | undefined {
  return accounts.find(
    (account) =>
      account.username.toLowerCase() === username.trim().toLowerCase() && account.password === password,
  );
}

/** Allowed scopes are per client, exactly (KS-M3): one that is not allowed refuses the request whole. */
function grantedScope(ctx: TokenEndpointGrantContext, vendor: IdentityVendor): string {
  const { client, params } = ctx.oidc;
  const allowed = (client.scope ?? '').split(' ');
  const asked = params.scope?.split(' ');
  const refused = asked?.find((scope) => !allowed.includes(scope));
  if (refused !== undefined) throw new errors.InvalidScope('requested scope is not allowed', refused);
  const byDefault = allowed.filter(
    (scope) => !vendor.offlineScopes.includes(scope) && !vendor.extraScopes.includes(scope),
  );
  return [...new Set(asked ?? byDefault)].join(' ');
}

async function answerForAccount(
  ctx: TokenEndpointGrantContext,
  vendor: IdentityVendor,
  { accountId, scope, gty }: { accountId: string; scope: string; gty: string },
): Promise<void> {
  const { provider, client } = ctx.oidc;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(scope);
  grant.addResourceScope(RESOURCE, scope);
  const grantId = await grant.save();

  const token = new provider.AccessToken({ client, accountId, grantId, gty, scope });
  token.resourceServer = new provider.ResourceServer(RESOURCE, resourceServer(vendor, client.clientId));
  ctx.oidc.entity('AccessToken', token);
  const answer = tokenAnswer(await token.save(), token.expiration, scope);

  const refreshes =
    vendor.refreshesService(client.clientId) ||
    scope.split(' ').some((one) => vendor.offlineScopes.includes(one));
  if (!refreshes) {
    ctx.body = answer;
    return;
  }
  const refreshToken = new provider.RefreshToken({
    client,
    accountId,
    grantId,
    gty,
    scope,
    resource: RESOURCE,
    amr: ['password'],
    authTime: Math.floor(Date.now() / 1000),
    rotations: 0,
  });
  ctx.oidc.entity('RefreshToken', refreshToken);
  ctx.body = { ...answer, refresh_token: await refreshToken.save() };
}

function tokenAnswer(accessToken: string, expiresIn: number, scope: string): Record<string, unknown> {
  return { access_token: accessToken, expires_in: expiresIn, token_type: 'Bearer', scope };
}
