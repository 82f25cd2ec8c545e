import { type Failure } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { typedName } from '../connections/typed-name.ts';
import { validateAccessToken } from '../tokens/access-token.ts';
import { decodeToken } from '../tokens/decode.ts';
import { fittingKeys } from './fitting-keys.ts';
import type { SessionParts } from './parts.ts';
import type { Server } from './server.ts';
import type { Session } from './session.ts';
import type { Judgement } from './token-failure.ts';
import type { TokenResponse } from './token-set.ts';

/** What came from a token endpoint, after the library's own checks and before anyone may use it. */
export interface Arrival {
  readonly response: TokenResponse;
  readonly session: Session;
  /** The session that is renewed, null at a sign-in. */
  readonly previous: Session | null;
}

/**
 * What is checked on top of the library's rules before a session may be used: that the tokens are of a kind that can be
 * used, that an ID token is fresh at a sign-in and of the same person at a renewal, and the access token itself where
 * the vendor tells its clients to (Konexus, KON-DOC). Elsewhere a client has no business reading an access token
 * (RFC 9068 6). Null where all is well.
 */
export async function checkOnArrival(
  parts: SessionParts,
  connection: Connection,
  server: Server,
  arrival: Arrival,
): Promise<Judgement | null> {
  const { label, validateAccessToken: expected } = parts.profileOf(connection.provider);
  const wrong = checkKind(arrival, label) ?? checkPerson(arrival, connection, label);
  if (wrong !== null) return { failure: wrong, effect: 'refused' };
  const stale = checkFreshness(arrival, label, ourTime(parts, server));
  if (stale !== null) return { failure: stale, effect: 'refused' };
  return expected === undefined
    ? null
    : checkAccessToken(parts, connection, server, arrival.session, expected.audience);
}

/** Bearer tokens of RFC 6749's characters (A.12): another kind would be sent wrongly, other characters could add headers. */
function checkKind({ response, session }: Arrival, label: string): Failure | null {
  const problem =
    response.token_type !== 'bearer'
      ? 'its token_type is not Bearer'
      : /^[\x20-\x7e]+$/.test(session.accessToken)
        ? null
        : 'its access_token has characters that no token may have';
  return problem === null
    ? null
    : {
        code: 'token_response_invalid',
        message: `The token endpoint of ${label} answered in a wrong shape: ${problem}.`,
        hint: 'A Bearer token (RFC 6750) was expected. Ask the provider to issue one for this client.',
      };
}

/** OpenID Connect Core 12.2: a renewed ID token has the `sub` of the one before. */
function checkPerson({ session, previous }: Arrival, connection: Connection, label: string): Failure | null {
  const before = claimsOf(previous?.idToken)?.sub;
  if (before === undefined || claimsOf(session.idToken)?.sub === before) return null;
  return {
    code: 'id_token_invalid',
    message: `The renewed ID token of ${label} speaks of another person than the one who signed in.`,
    hint: `Sign in again: latchkey login ${typedName(connection)}. If it comes back, tell the provider.`,
  };
}

const longestAgeSeconds = 60 * 60;

/**
 * OpenID Connect Core 3.1.3.7, 10: an ID token that was issued too far from now is refused, here an hour. Only at a
 * sign-in, where it was made for this very answer: some servers repeat the first one at a renewal.
 */
function checkFreshness({ response, previous }: Arrival, label: string, now: number): Failure | null {
  const issuedAt = previous === null ? response.claims?.()?.iat : undefined;
  if (issuedAt === undefined || Math.abs(now - issuedAt) <= longestAgeSeconds) return null;
  return {
    code: 'id_token_invalid',
    message: `The ID token of ${label} was not issued for this sign-in: its time of issue ("iat") is more than an hour away.`,
    hint: "Sign in again. If it comes back, compare the clock of this computer with the provider's.",
  };
}

/** Seconds since the epoch as the server's clock has them. */
function ourTime(parts: SessionParts, { endpoints }: Server): number {
  const { origin } = new URL(
    endpoints.tokenEndpoint ?? endpoints.authorizationEndpoint ?? 'https://unknown.invalid',
  );
  return parts.clock.now() / 1000 + (parts.http.skewSeconds(origin) ?? 0);
}

async function checkAccessToken(
  parts: SessionParts,
  connection: Connection,
  { endpoints }: Server,
  { accessToken }: Session,
  audience: string,
): Promise<Judgement | null> {
  const { jwksUri, issuer } = endpoints;
  if (jwksUri === undefined) {
    const failure: Failure = {
      code: 'access_token_invalid',
      message: 'The access token cannot be checked: the server names no keys (jwks_uri).',
      hint: 'Give their address with: --set jwksUri=URL',
    };
    return { failure, effect: 'refused' };
  }
  const keys = await fittingKeys(parts, connection, { jwksUri, issuer }, [accessToken]);
  if (!keys.ok) return { failure: keys.error, effect: 'kept' };
  const checked = await validateAccessToken({
    token: accessToken,
    keys: { keys: keys.value },
    issuer: issuer ?? '',
    audience,
    clock: parts.clock,
    skewSeconds: parts.http.skewSeconds(new URL(jwksUri).origin) ?? 0,
  });
  return checked.ok ? null : { failure: checked.error, effect: 'refused' };
}

function claimsOf(idToken: string | null | undefined): Readonly<Record<string, unknown>> | null {
  const decoded = idToken ? decodeToken(idToken) : null;
  return decoded?.kind === 'jwt' ? decoded.claims : null;
}
