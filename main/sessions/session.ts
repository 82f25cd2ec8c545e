import type { Connection } from '../connections/connection.ts';
import type { Endpoints } from '../providers/provider.ts';
import type { Failure } from '../../preload/errors.ts';
import type { ConnectionSecrets } from '../vault/secrets.ts';

export type Credentials = ConnectionSecrets<unknown>['credentials'];

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
  /** That person's name for people, where the server says one; absent in sessions that older versions stored. */
  readonly displayName?: string | null;
  readonly obtainedAt: number;
  /** Null where the server says nothing of it. */
  readonly expiresAt: number | null;
  readonly refreshExpiresAt: number | null;
  /** What went wrong when it was to be renewed last; null = nothing since the tokens came. */
  readonly trouble: Trouble | null;
}

/** Why a session was not renewed, and when that is tried again. */
export interface Trouble {
  readonly failure: Failure;
  readonly at: number;
  /** `ended`: the session is over (a confirmed `invalid_grant`); after the others the tokens are as they were. */
  readonly effect: Effect;
  /** How often in a row. */
  readonly tries: number;
  /** When it is tried again without a person asking; null = not at all. */
  readonly nextTryAt: number | null;
  /** Whether scripts wait for that time too: the server named it, or refused. A person never has to. */
  readonly waits: boolean;
}

/**
 * What a failed exchange does to a session. `ended`: an RFC 6749 5.2 `invalid_grant` body, the only thing that ends
 * one. `refused`: the server, or something in between, said no without such a body. `kept`: nothing was decided
 * (network, 429, 5xx).
 */
export type Effect = 'ended' | 'refused' | 'kept';

/**
 * What a token set belongs to: provider, server, client, grant, name, scope, and the parameters of the authorization
 * request that bear on what is granted (`audience`, `resource`, `login_hint`, ...). A connection that was changed in any
 * of these never reuses tokens of before (anchors: wrong account, stale context).
 */
export function sessionBinding(connection: Connection, endpoints: Endpoints): string {
  const inBrowser = connection.grant === 'authorization_code' || connection.grant === 'implicit';
  const params = Object.entries(inBrowser ? connection.overrides.authorizationParams : {})
    .filter(([name]) => !onlyForThePage.has(name))
    .sort();
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
    ...(params.length > 0 ? [params] : []),
  ]);
}

/** Parameters that say how a person is asked, not what is granted to whom (OpenID Connect Core 3.1.2.1). */
const onlyForThePage: ReadonlySet<string> = new Set(['prompt', 'display', 'max_age', 'ui_locales']);

/**
 * Whether the session can be used with nothing to be done first (access.ts would renew it) and nothing to be said (a
 * person has to sign in again before long).
 */
export function isUsableAsItIs(
  session: Session,
  connection: Connection,
  credentials: Credentials,
  now: number,
): boolean {
  if (session.trouble?.effect === 'ended' || endsSoon(session, now)) return false;
  const by = signInBy(session, connection, credentials);
  return by === null || now < by.warnFrom;
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
  credentials: Credentials,
  now: number,
): boolean {
  if (session.trouble?.effect === 'ended') return false;
  const refreshable =
    session.refreshToken !== null && (session.refreshExpiresAt === null || session.refreshExpiresAt > now);
  return refreshable || canSignInAgain(connection, credentials);
}

/** Whether the grant needs nobody present: client credentials, or the system user's password in the vault. */
export function canSignInAgain(connection: Connection, credentials: Credentials): boolean {
  if (connection.grant === 'client_credentials') return credentials.clientSecret !== undefined;
  return connection.grant === 'password' && credentials.password !== undefined;
}

/**
 * When a door with a window renews the session without being asked: in the last fifth of the token's life, five minutes
 * at most before its end, which is earlier than {@link endsSoon}; after a failure, when its time has come. Null = never:
 * nobody knows when the token ends, or it cannot be renewed.
 */
export function renewalDue(
  session: Session,
  connection: Connection,
  credentials: Credentials,
  now: number,
): number | null {
  if (!isRenewable(session, connection, credentials, now)) return null;
  if (session.trouble !== null) return session.trouble.nextTryAt;
  if (session.expiresAt === null) return null;
  const lifetime = Math.max(0, session.expiresAt - session.obtainedAt);
  return session.expiresAt - Math.min(5 * 60_000, lifetime / 5);
}

/**
 * When a person has to sign in again at the latest (the end of the refresh token, or of the access token where there is
 * none), and from when on that is worth a word: the last fifth of that time, three days at most. Null where nobody knows
 * of an end, or where nobody need be present.
 */
export function signInBy(
  session: Session,
  connection: Connection,
  credentials: Credentials,
): { readonly at: number; readonly warnFrom: number } | null {
  if (session.trouble?.effect === 'ended' || canSignInAgain(connection, credentials)) return null;
  const at = session.refreshToken === null ? session.expiresAt : session.refreshExpiresAt;
  if (at === null) return null;
  const whole = Math.max(0, at - session.obtainedAt);
  return { at, warnFrom: at - Math.min(3 * 24 * 3_600_000, whole / 5) };
}
