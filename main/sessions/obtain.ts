import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { namesUnknownKey } from '../tokens/signature.ts';
import { validateAccessToken } from '../tokens/access-token.ts';
import { decodeToken } from '../tokens/decode.ts';
import { grantAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import type { Granted, SignInEvent } from './grants/grant.ts';
import { grantImplicit } from './grants/implicit.ts';
import { grantPassword } from './grants/password.ts';
import { grantRefreshToken } from './grants/refresh-token.ts';
import { fetchKeys, storeKeys, storedKeys } from './keys.ts';
import type { SessionParts } from './parts.ts';
import { type Credentials, type Server, findServer } from './server.ts';
import type { Session } from './session.ts';
import { type Purpose, type TokenFailure, tokenFailure } from './token-failure.ts';
import { sessionFrom } from './token-set.ts';

/** A session that is not stored yet; `finish` tells the waiting browser page how it ended. */
export interface Obtained {
  readonly session: Session;
  readonly finish: NonNullable<Granted['finish']>;
}

export type ObtainResult =
  { readonly ok: true; readonly value: Obtained } | ({ readonly ok: false } & TokenFailure);

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

/** Renews a session by its refresh token. Stores nothing. */
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
    ...(previous !== null && profile.refreshSendsAccessToken === true && { bearer: previous.accessToken }),
  });
  if (!found.ok) return { ok: false, failure: found.error, effect: 'kept' };
  const server = found.value;
  const failureOf = (error: unknown): TokenFailure =>
    tokenFailure(error, {
      connection,
      profile,
      purpose,
      answer: server.exchange.answer(),
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
    return { ok: false, ...failureOf(error) };
  }
  if (!granted.ok) return { ok: false, failure: granted.error, effect: 'kept' };
  const finish = granted.value.finish ?? ((): void => undefined);
  const session = sessionFrom(
    granted.value.response,
    connection,
    connectionEndpoints(connection, profile),
    parts.clock.now(),
    previous ?? undefined,
  );
  const trusted = await checkOnArrival(parts, connection, server, session);
  if (!trusted.ok) {
    finish({ failure: trusted.error });
    return { ok: false, failure: trusted.error, effect: 'refused' };
  }
  return { ok: true, value: { session, finish } };
}

/**
 * Keeps the server's public keys for the inspector, and validates the access token where the vendor tells its clients
 * to (Konexus, KON-DOC). Elsewhere a client has no business reading an access token (RFC 9068 6), so nothing is checked
 * and keys that cannot be had are no reason to fail.
 */
async function checkOnArrival(
  parts: SessionParts,
  connection: Connection,
  server: Server,
  session: Session,
): Promise<Result<void>> {
  const { jwksUri, issuer } = server.endpoints;
  const expected = parts.profileOf(connection.provider).validateAccessToken;
  if (jwksUri === undefined) {
    if (expected === undefined) return ok(undefined);
    return fail(
      'access_token_invalid',
      'The access token cannot be checked: the server names no keys (jwks_uri).',
      'Give their address with: --set jwksUri=URL',
    );
  }
  let keys = await storedKeys(parts.home, connection.id);
  const decoded = decodeToken(session.accessToken);
  if (
    keys === null ||
    keys.source !== jwksUri ||
    (decoded.kind === 'jwt' && namesUnknownKey(decoded.header, keys.keys))
  ) {
    const fetched = await fetchKeys(parts.http, parts.clock, jwksUri);
    if (!fetched.ok) return expected === undefined ? ok(undefined) : fetched;
    keys = fetched.value;
    await storeKeys(parts.home, connection.id, keys);
  }
  if (expected === undefined) return ok(undefined);
  const skewSeconds = parts.http.skewSeconds(new URL(jwksUri).origin) ?? 0;
  const checked = await validateAccessToken({
    token: session.accessToken,
    keys: { keys: keys.keys },
    issuer: issuer ?? '',
    audience: expected.audience,
    clock: parts.clock,
    skewSeconds,
  });
  return checked.ok ? ok(undefined) : checked;
}
