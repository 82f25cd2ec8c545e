import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { checkOnArrival } from './arrival.ts';
import { fittingKeys } from './fitting-keys.ts';
import { grantAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import type { Granted, SignInEvent } from './grants/grant.ts';
import { grantImplicit } from './grants/implicit.ts';
import { grantPassword } from './grants/password.ts';
import { grantRefreshToken } from './grants/refresh-token.ts';
import type { SessionParts } from './parts.ts';
import { type Server, findServer } from './server.ts';
import type { Credentials, Session } from './session.ts';
import type { Answer } from './token-exchange.ts';
import { type Judgement, type Purpose, type TokenFailure, tokenFailure } from './token-failure.ts';
import { sessionFrom } from './token-set.ts';
import { readPerson } from './userinfo.ts';

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
  if (!found.ok) {
    const { error, retryAfterMs = null } = found;
    return { ...notObtained({ failure: error, effect: 'kept' }), retryAfterMs };
  }
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
  if (!granted.ok) return notObtained({ failure: granted.error, effect: 'kept' });
  const { response, finish = (): void => undefined } = granted.value;
  const session = sessionFrom(
    response,
    connection,
    connectionEndpoints(connection, profile),
    parts.clock.now(),
    previous ?? undefined,
  );
  const failed = await checkOnArrival(parts, connection, server, { response, session, previous });
  if (failed !== null) {
    finish({ failure: failed.failure });
    const { refreshToken, refreshExpiresAt } = session;
    const rotated = previous !== null &&
      failed.effect === 'kept' && { rotated: { refreshToken, refreshExpiresAt } };
    return { ...notObtained(failed), ...rotated };
  }
  const keep = (): Promise<void> => keepKeys(parts, connection, server, session);
  // A renewal is of the same person, and nobody looks on.
  if (previous !== null) return { ok: true, value: { session, finish, keepKeys: keep } };
  const person = await readPerson(server, response, profile.label, options.signal);
  if (!person.ok) {
    finish({ failure: person.error });
    const effect = person.error.code === 'cancelled' ? 'kept' : 'refused';
    return notObtained({ failure: person.error, effect });
  }
  const named = { ...session, displayName: person.value };
  return { ok: true, value: { session: named, finish, keepKeys: keep } };
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
    await fittingKeys(parts, connection, { jwksUri, issuer }, [session.accessToken, session.idToken], signal);
  } catch (error) {
    // The inspector says that it has no keys. Whatever else was thrown is nobody's network.
    if (!signal.aborted) throw error;
  }
}

/** What failed without the token endpoint's having a say. */
function notObtained(judgement: Judgement): NotObtained {
  return { ok: false, ...judgement, retryAfterMs: null, passwordJudged: false };
}
