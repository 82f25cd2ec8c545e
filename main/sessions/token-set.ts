import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import type { Connection } from '../connections/connection.ts';
import type { Endpoints } from '../providers/provider.ts';
import { decodeToken } from '../tokens/decode.ts';
import { type Session, sessionBinding } from './session.ts';

export type TokenResponse = TokenEndpointResponse & Partial<TokenEndpointResponseHelpers>;

/**
 * A session from a token response (RFC 6749 5.1). `expires_in` counts from `now`; where it is missing the access
 * token's own `exp` stands in. On a refresh the old refresh token stays when none comes back (RFC 6749 6), and so do
 * subject and scope.
 */
export function sessionFrom(
  response: TokenResponse,
  connection: Connection,
  bindingEndpoints: Endpoints,
  now: number,
  previous?: Session,
): Session {
  const accessClaims = jwtClaims(response.access_token);
  const idClaims = response.claims?.();
  const refreshToken = response.refresh_token ?? previous?.refreshToken ?? null;
  const refreshLifetime = Number(response.refresh_token_expires_in);
  const refreshExpiresAt =
    Number.isFinite(refreshLifetime) && refreshLifetime > 0
      ? timeOrNull(now + refreshLifetime * 1000)
      : response.refresh_token === undefined || response.refresh_token === previous?.refreshToken
        ? (previous?.refreshExpiresAt ?? null)
        : null;
  return {
    version: 1,
    binding: sessionBinding(connection, bindingEndpoints),
    accessToken: response.access_token,
    scope: response.scope ?? previous?.scope ?? connection.scope,
    refreshToken,
    idToken: response.id_token ?? previous?.idToken ?? null,
    subject:
      textClaim(idClaims?.sub) ??
      previous?.subject ??
      textClaim(accessClaims?.sub) ??
      connection.username ??
      connection.clientId,
    displayName: previous?.displayName ?? null,
    obtainedAt: now,
    expiresAt:
      response.expires_in === undefined
        ? expiryClaim(accessClaims?.exp)
        : timeOrNull(now + response.expires_in * 1000),
    refreshExpiresAt: refreshToken === null ? null : refreshExpiresAt,
    trouble: null,
  };
}

function jwtClaims(token: string): Readonly<Record<string, unknown>> | null {
  const decoded = decodeToken(token);
  return decoded.kind === 'jwt' ? decoded.claims : null;
}

function textClaim(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}

/** NumericDate (RFC 7519 2) in milliseconds. */
function expiryClaim(claim: unknown): number | null {
  return typeof claim === 'number' ? timeOrNull(claim * 1000) : null;
}

/** What no calendar reaches (ECMA-262 21.4.1.1) is as good as no end, and cannot be shown. */
function timeOrNull(milliseconds: number): number | null {
  return Math.abs(milliseconds) <= 8.64e15 ? Math.round(milliseconds) : null;
}
