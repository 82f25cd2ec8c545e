import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { namesUnknownKey } from '../tokens/signature.ts';
import { validateAccessToken } from '../tokens/access-token.ts';
import { decodeToken } from '../tokens/decode.ts';
import type { KeySet } from '../tokens/jwks-cache.ts';
import { grantAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import type { Granted, SignInEvent } from './grants/grant.ts';
import { grantImplicit } from './grants/implicit.ts';
import { grantPassword } from './grants/password.ts';
import { grantRefreshToken } from './grants/refresh-token.ts';
import { fetchKeys, storeKeys, storedKeys } from './keys.ts';
import type { SessionParts } from './parts.ts';
import { type Server, findServer } from './server.ts';
import type { Credentials, Session } from './session.ts';
import type { Answer } from './token-exchange.ts';
import { type Purpose, type TokenFailure, tokenFailure } from './token-failure.ts';
import { sessionFrom } from './token-set.ts';
import { typedName } from '../connections/typed-name.ts';

/** A session that is not stored yet; `finish` tells the waiting browser page how it ended. */
export interface Obtained {
  readonly session: Session;
  readonly finish: NonNullable<Granted['finish']>;
  /** Keeps the server's public keys for the inspector; for after the session is stored, and never a reason to fail. */
  readonly keepKeys: () => Promise<void>;
}

export interface NotObtained extends TokenFailure {
  readonly ok: false;
  /** The refresh token that came although the rest cannot be used yet: the old one may have ended with it. */
  readonly rotated?: Pick<Session, 'refreshToken' | 'refreshExpiresAt'>;
}

export type ObtainResult = { readonly ok: true; readonly value: Obtained } | NotObtained;

export interface ObtainOptions {
  readonly signal?: AbortSignal;
  readonly report?: (event: SignInEvent) => void;
  /** False: only report the URL. */
  readonly openBrowser?: boolean;
  readonly timeoutMs?: number;
}

const browserTimeoutMs = 5 * 60_000;

/** Runs the connection's own grant once. Stores nothing. */
export async function obtainByGrant(
  parts: SessionParts,
  connection: Connection,
  credentials: Credentials,
  purpose: Purpose,
  options: ObtainOptions = {},
): Promise<ObtainResult> {
  return obtain(parts, connection, credentials, purpose, options, null, async (server, failureOf) => {
    const request = {
      connection,
      profile: parts.profileOf(connection.provider),
      server,
      credentials,
      clock: parts.clock,
      ...(options.signal && { signal: options.signal }),
    };
    if (connection.grant === 'client_credentials') return ok(await grantClientCredentials(request));
    if (connection.grant === 'password') return ok(await grantPassword(request));
    const interactive = {
      ...request,
      openBrowser: options.openBrowser === false ? null : parts.openBrowser,
      report: options.report ?? (() => undefined),
      timeoutMs: options.timeoutMs ?? browserTimeoutMs,
    };
    const page = (error: unknown): { failure: Failure } => ({ failure: failureOf(error).failure });
    return connection.grant === 'implicit'
      ? grantImplicit(interactive, page)
      : grantAuthorizationCode(interactive, page);
  });
}

/**
 * Renews a session by its refresh token. Stores nothing. Once the token request is sent it is not cancelled: a server
 * that rotates would have ended the old refresh token, and the new one would be lost.
 */
export async function obtainByRefreshToken(
  parts: SessionParts,
  connection: Connection,
  credentials: Credentials,
  session: Session,
  refreshToken: string,
  signal?: AbortSignal,
): Promise<ObtainResult> {
  return obtain(
    parts,
    connection,
    credentials,
    'refresh',
    signal ? { signal } : {},
    session,
    async (server) => ok({ response: await grantRefreshToken(server, refreshToken) }),
  );
}

async function obtain(
  parts: SessionParts,
  connection: Connection,
  credentials: Credentials,
  purpose: Purpose,
  options: ObtainOptions,
  previous: Session | null,
  run: (server: Server, failureOf: (error: unknown) => TokenFailure) => Promise<Result<Granted>>,
): Promise<ObtainResult> {
  const profile = parts.profileOf(connection.provider);
  const found = await findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile,
    credentials,
    ...(options.signal && { signal: options.signal }),
    finishPosts: previous !== null,
    ...(previous !== null && profile.refreshSendsAccessToken === true && { bearer: previous.accessToken }),
  });
  if (!found.ok) return kept(found.error);
  const server = found.value;
  const failureOf = (error: unknown): TokenFailure =>
    tokenFailure(error, {
      connection,
      profile,
      purpose,
      now: parts.clock.now(),
      answer: server.exchange.answer(),
      refusedKeys: server.exchange.refusedKeys(),
      secrets: [
        credentials.clientSecret,
        credentials.password,
        previous?.refreshToken,
        previous?.accessToken,
      ],
      hasSecret: credentials.clientSecret !== undefined,
      reservedSecret: credentials.clientSecret,
    });

  let granted: Result<Granted>;
  try {
    granted = await run(server, failureOf);
  } catch (error) {
    const failed = failureOf(error);
    const rotated = failed.effect === 'kept' ? rotatedToken(server.exchange.answer(), previous) : null;
    return { ok: false, ...failed, ...(rotated !== null && { rotated }) };
  }
  if (!granted.ok) return kept(granted.error);
  const { response, finish = (): void => undefined } = granted.value;
  const session = sessionFrom(
    response,
    connection,
    connectionEndpoints(connection, profile),
    parts.clock.now(),
    previous ?? undefined,
  );
  const trusted = await checkOnArrival(parts, connection, server, session, previous);
  if (!trusted.ok) {
    finish({ failure: trusted.failure });
    const { refreshToken, refreshExpiresAt } = session;
    return {
      ...trusted,
      ...(previous !== null && trusted.effect === 'kept' && { rotated: { refreshToken, refreshExpiresAt } }),
    };
  }
  return {
    ok: true,
    value: { session, finish, keepKeys: () => keepKeys(parts, connection, server, session) },
  };
}

/** The new refresh token in a good answer of which something else could not be used. */
function rotatedToken(answer: Answer | null, previous: Session | null): NotObtained['rotated'] | null {
  if (previous === null || answer?.status !== 200) return null;
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    return null;
  }
  const { refresh_token: token } = (body ?? {}) as { refresh_token?: unknown };
  if (typeof token !== 'string' || token === '' || token === previous.refreshToken) return null;
  return { refreshToken: token, refreshExpiresAt: null };
}

/**
 * What is checked before a session may be used: that a renewed ID token speaks of the same person (OpenID Connect Core
 * 12.2), and the access token where the vendor tells its clients to (Konexus, KON-DOC). Elsewhere a client has no
 * business reading an access token (RFC 9068 6).
 */
async function checkOnArrival(
  parts: SessionParts,
  connection: Connection,
  server: Server,
  session: Session,
  previous: Session | null,
): Promise<{ readonly ok: true } | NotObtained> {
  const { validateAccessToken: expected, label } = parts.profileOf(connection.provider);
  if (subjectOf(previous?.idToken) !== null && subjectOf(session.idToken) !== subjectOf(previous?.idToken)) {
    return notTrusted({
      code: 'id_token_invalid',
      message: `The renewed ID token of ${label} speaks of another person than the one who signed in.`,
      hint: `Sign in again: latchkey login ${typedName(connection)}. If it comes back, tell the provider.`,
    });
  }
  if (expected === undefined) return { ok: true };
  const { jwksUri, issuer } = server.endpoints;
  if (jwksUri === undefined) {
    return notTrusted({
      code: 'access_token_invalid',
      message: 'The access token cannot be checked: the server names no keys (jwks_uri).',
      hint: 'Give their address with: --set jwksUri=URL',
    });
  }
  const keys = await keysFor(parts, connection, { jwksUri, issuer }, session.accessToken);
  if (!keys.ok) return kept(keys.error);
  const checked = await validateAccessToken({
    token: session.accessToken,
    keys: { keys: keys.value },
    issuer: issuer ?? '',
    audience: expected.audience,
    clock: parts.clock,
    skewSeconds: parts.http.skewSeconds(new URL(jwksUri).origin) ?? 0,
  });
  return checked.ok ? { ok: true } : notTrusted(checked.error);
}

/** No vendor's key server is that slow; nobody should wait for keys that are for later. */
const keysTimeoutMs = 10_000;

async function keepKeys(
  parts: SessionParts,
  connection: Connection,
  server: Server,
  session: Session,
): Promise<void> {
  const { jwksUri } = server.endpoints;
  if (jwksUri === undefined) return;
  const issuer = server.issuerKnown ? server.endpoints.issuer : undefined;
  const signal = AbortSignal.timeout(keysTimeoutMs);
  try {
    await keysFor(parts, connection, { jwksUri, issuer }, session.accessToken, signal);
  } catch (error) {
    // The inspector says that it has no keys. Whatever else was thrown is nobody's network.
    if (!signal.aborted) throw error;
  }
}

/** The keys kept for a connection, fetched anew where they do not fit. Errors: those of {@link fetchKeys}. */
async function keysFor(
  parts: SessionParts,
  connection: Connection,
  { jwksUri, issuer }: { readonly jwksUri: string; readonly issuer: string | undefined },
  token: string,
  signal?: AbortSignal,
): Promise<Result<KeySet['keys']>> {
  const kept = await storedKeys(parts.home, connection.id);
  const decoded = decodeToken(token);
  const unknown = decoded.kind === 'jwt' && kept !== null && namesUnknownKey(decoded.header, kept.keys);
  if (kept?.address === jwksUri && !unknown) return ok(kept.keys);
  const fetched = await fetchKeys(parts.http, parts.clock, jwksUri, signal);
  if (!fetched.ok) return fetched;
  await storeKeys(parts.home, connection.id, issuer ?? null, fetched.value);
  return ok(fetched.value.keys);
}

function subjectOf(idToken: string | null | undefined): unknown {
  const decoded = idToken ? decodeToken(idToken) : null;
  return decoded?.kind === 'jwt' ? (decoded.claims?.sub ?? null) : null;
}

function notTrusted(failure: Failure): NotObtained {
  return { ...kept(failure), effect: 'refused' };
}

function kept(failure: Failure): NotObtained {
  return { ok: false, failure, effect: 'kept', retryAfterMs: null, passwordJudged: false };
}
