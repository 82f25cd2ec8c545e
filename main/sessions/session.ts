import type { Connection } from '../connections/connection.ts';
import type { Endpoints } from '../providers/provider.ts';
import type { Failure } from '../../preload/errors.ts';

/** A connection's token set as it lies in the vault. Times are milliseconds since the epoch, on our own clock. */
export interface Session {
  readonly version: 1;
  /** What the tokens were issued for; a session of another {@link sessionBinding} is never used. */
  readonly binding: string;
  readonly accessToken: string;
  readonly scope: string | null;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
  /** As whom: `sub` where a token says it, else the sign-in name or the client id. */
  readonly subject: string;
  readonly obtainedAt: number;
  /** Null where the server says nothing of it. */
  readonly expiresAt: number | null;
  readonly refreshExpiresAt: number | null;
  /** Set when the provider refused to renew: `final` ends the session, otherwise the tokens are kept. */
  readonly refusal: { readonly failure: Failure; readonly at: number; readonly final: boolean } | null;
}

/**
 * What a token set belongs to: provider, server, client, grant, name and scope. A connection that was changed in any of
 * these never reuses tokens of before (anchors: wrong account, stale context).
 */
export function sessionBinding(connection: Connection, endpoints: Endpoints): string {
  return JSON.stringify([
    connection.provider,
    connection.environment,
    endpoints.issuer ?? null,
    endpoints.tokenEndpoint ?? null,
    endpoints.authorizationEndpoint ?? null,
    endpoints.apiBase ?? null,
    connection.clientId,
    connection.grant,
    connection.username,
    connection.scope,
  ]);
}

/**
 * Whether the access token should be renewed before use: it ends within 60 s or within a tenth of its lifetime,
 * whichever is less. A token of unknown end is used until the provider refuses it.
 */
export function endsSoon(session: Session, now: number): boolean {
  if (session.expiresAt === null) return false;
  const lifetime = Math.max(0, session.expiresAt - session.obtainedAt);
  return session.expiresAt - now <= Math.min(60_000, lifetime / 10);
}

/** Whether the access token has ended. */
export function hasEnded(session: Session, now: number): boolean {
  return session.expiresAt !== null && session.expiresAt <= now;
}

/** Whether a new access token can be had without a person: by refresh token, or by credentials in the vault. */
export function isRenewable(
  session: Session,
  connection: Connection,
  credentials: { readonly clientSecret?: string; readonly password?: string },
  now: number,
): boolean {
  if (session.refusal?.final) return false;
  const refreshable =
    session.refreshToken !== null && (session.refreshExpiresAt === null || session.refreshExpiresAt > now);
  return refreshable || canSignInAgain(connection, credentials);
}

/** Whether the grant needs nobody present: client credentials, or the system user's password in the vault. */
export function canSignInAgain(
  connection: Connection,
  credentials: { readonly clientSecret?: string; readonly password?: string },
): boolean {
  if (connection.grant === 'client_credentials') return credentials.clientSecret !== undefined;
  return connection.grant === 'password' && credentials.password !== undefined;
}
