import type { ServerResponse } from 'node:http';

import { decodeJwt, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

import type { ShiftedClock } from '../clock.ts';
import type { Reach, SandboxAccount, SandboxClient } from '../contract.ts';
import type { LiveTokens } from './access.ts';
import type { SigningKey } from './keys.ts';
import type { IssuedStore } from './store.ts';
import type { IdentityVendor } from './vendor.ts';

export interface ShapeParts {
  readonly vendor: IdentityVendor;
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  readonly key: SigningKey;
  readonly clock: ShiftedClock;
  readonly store: IssuedStore;
  readonly live: LiveTokens;
}

/** A context after the library ran; `oidc` is missing when no route of its took the request. */
interface Context {
  readonly oidc?: KoaContextWithOIDC['oidc'];
  readonly res: ServerResponse;
  status: number;
  body: unknown;
  set(name: string, value: string | string[]): void;
  remove(name: string): void;
}

/** Makes the library's answers the vendor's, and puts their times into sandbox time. */
export function useVendorShape(provider: Provider, parts: ShapeParts): void {
  provider.use(async (ctx, next) => {
    await next();
    const context = ctx as unknown as Context;
    shiftCookies(context, parts.clock.shift());
    switch (context.oidc?.route) {
      case 'discovery':
        context.body = parts.vendor.shapeDiscovery(bodyOf(context));
        break;
      case 'token':
        if (context.status < 400) await shapeTokens(context, parts);
        else shapeError(context, parts);
        break;
      case 'revocation':
      case 'introspection':
        shapeTokenStatus(context, parts);
        break;
      default:
    }
  });
}

function bodyOf(ctx: Context): Readonly<Record<string, unknown>> {
  return typeof ctx.body === 'object' && ctx.body !== null ? (ctx.body as Record<string, unknown>) : {};
}

async function shapeTokens(ctx: Context, parts: ShapeParts): Promise<void> {
  const { vendor, clock } = parts;
  const entities = ctx.oidc?.entities ?? {};
  const refreshExpiry = 'refresh_token' in bodyOf(ctx) ? entities.RefreshToken?.exp : undefined;
  const lifetime = 'refresh_token' in bodyOf(ctx) ? vendor.refreshLifetime : null;
  const body = vendor.shapeTokens(
    bodyOf(ctx),
    refreshExpiry === undefined ? lifetime : refreshExpiry - Math.floor(Date.now() / 1000),
  );
  const idToken = body['id_token'];
  ctx.body =
    typeof idToken === 'string' && clock.shift() !== 0
      ? { ...body, id_token: await shiftedIdToken(idToken, parts) }
      : body;
  rememberAccess(ctx, parts);
}

/** The APIs know an access token by its having been answered here. */
function rememberAccess(ctx: Context, { live, store, clients, accounts, clock }: ShapeParts): void {
  const { access_token: accessToken, expires_in: expiresIn } = bodyOf(ctx);
  const { AccessToken, ClientCredentials } = ctx.oidc?.entities ?? {};
  const token = AccessToken ?? ClientCredentials;
  if (typeof accessToken !== 'string' || typeof expiresIn !== 'number' || token?.clientId === undefined)
    return;
  const { clientId, kind, jti } = token;
  const account = accounts.find(({ id }) => id === AccessToken?.accountId);
  const client = clients.find((one) => one.clientId === clientId);
  const reach: Reach = (account ?? client)?.reach ?? 0;
  const isOpaque = store.has(kind, jti);
  live.remember(accessToken, {
    access: {
      clientId,
      accountId: account?.id ?? null,
      username: account?.username ?? null,
      scopes: [...token.scopes],
      reach,
    },
    expiresAt: clock.now() + expiresIn * 1000,
    stands: () => !isOpaque || store.has(kind, jti),
  });
}

/** Signed anew with shifted times: the library stamped it by the system's clock. */
async function shiftedIdToken(idToken: string, { key, clock }: ShapeParts): Promise<string> {
  const claims = decodeJwt(idToken);
  const shift = clock.shift();
  for (const name of ['iat', 'exp', 'auth_time']) {
    const value = claims[name];
    if (typeof value === 'number') claims[name] = value + shift;
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(key.privateKey);
}

function shapeError(ctx: Context, { vendor }: ShapeParts): void {
  const given = bodyOf(ctx);
  // RFC 6749 5.2 has a code of its own for this, which the library does not use.
  const isGrantRefused = given['error_description'] === 'requested grant type is not allowed for this client';
  // The library adds members of its own, such as the refused `scope`; 5.2 knows these alone.
  const { error_description: description } = given;
  const { status, body } = vendor.shapeError({
    status: ctx.status,
    body: {
      error: isGrantRefused ? 'unauthorized_client' : given['error'],
      ...(description === undefined ? {} : { error_description: description }),
    },
  });
  ctx.status = status;
  ctx.body = body;
  if (status !== 401) ctx.remove('www-authenticate');
}

function shapeTokenStatus(ctx: Context, parts: ShapeParts): void {
  const { error, exp, iat } = bodyOf(ctx);
  // A JWT cannot be revoked, and IdentityServer answers such a request like any other (RFC 7009 2.2).
  if (error === 'unsupported_token_type' && ctx.oidc?.route === 'revocation') {
    ctx.status = 200;
    ctx.body = '';
  } else if (error === 'unsupported_token_type') {
    ctx.status = 200;
    ctx.body = { active: false };
  } else if (error !== undefined) {
    shapeError(ctx, parts);
  } else if (typeof exp === 'number' && typeof iat === 'number') {
    const shift = parts.clock.shift();
    ctx.body = { ...bodyOf(ctx), exp: exp + shift, iat: iat + shift };
  }
}

/** A browser corrects a cookie's expiry by the Date header, which shows sandbox time. */
function shiftCookies(ctx: Context, shift: number): void {
  const cookies = ctx.res.getHeader('set-cookie');
  if (shift === 0 || cookies === undefined) return;
  ctx.set(
    'set-cookie',
    [cookies].flat().map((cookie) =>
      String(cookie).replace(/(expires=)([^;]+)/iu, (_, name: string, date: string) => {
        const time = Date.parse(date);
        return `${name}${new Date(time === 0 ? 0 : time + shift * 1000).toUTCString()}`;
      }),
    ),
  );
}
