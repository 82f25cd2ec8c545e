import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { typedName } from '../connections/typed-name.ts';
import { type StoredKeys, allStoredKeys, storedKeys } from '../sessions/keys.ts';
import type { Session } from '../sessions/session.ts';
import { type Comparison, compareReports } from '../tokens/compare.ts';
import { audiences } from '../tokens/claims.ts';
import { type JsonObject, decodeToken } from '../tokens/decode.ts';
import type { KnownKeys } from '../tokens/known-keys.ts';
import { type FoundToken, findTokens } from '../tokens/paste.ts';
import { type TokenReport, reportToken } from '../tokens/report.ts';
import type { ServiceParts } from './parts.ts';

export const sessionTokens = ['access', 'id', 'refresh'] as const;
export type SessionToken = (typeof sessionTokens)[number];

/** What to check a token with. All of it may be missing: then the keys are those of the issuer that the token names. */
export interface CheckWith {
  /** Keys given by hand; they are then the only ones. */
  readonly keys?: KnownKeys | null;
  readonly audience?: string;
  readonly issuer?: string;
}

export interface InspectedToken extends TokenReport {
  /** When the refresh token that belongs to it ends, milliseconds since the epoch; null where nobody said. */
  readonly refreshExpiresAt: number | null;
}

export interface Inspected {
  readonly tokens: readonly InspectedToken[];
  /** Tokens beyond those that are read at once. */
  readonly leftOut: number;
}

interface Inspector {
  /** The profile folder: its keys are the only thing read from it. */
  readonly home: string;
  readonly clock: Clock;
}

/** Inspects what a person pasted, with the profile's keys. Neither vault nor network is touched. */
export async function inspectPasted(
  parts: Inspector,
  text: string,
  check: CheckWith,
  connection: ConnectionCheck | null = null,
): Promise<Inspected> {
  const found = findTokens(text);
  const now = parts.clock.now();
  const refreshLife = found.response?.refreshExpiresInSeconds ?? null;
  const tokens: InspectedToken[] = [];
  for (const token of found.tokens) {
    tokens.push({
      ...(await inspectOne(parts, token, check, connection)),
      // A response that was pasted may be old: its lifetime counts from when its access token was issued, if that is known.
      refreshExpiresAt: refreshLife === null ? null : issuedAt(token, now) + refreshLife * 1000,
    });
  }
  return { tokens, leftOut: found.leftOut };
}

/** Inspects tokens of a session. Error: sign_in_needed where the session has no such token. */
export async function inspectSession(
  parts: Inspector,
  session: Session | null,
  which: readonly SessionToken[],
  check: CheckWith,
  connection: ConnectionCheck,
): Promise<Result<Inspected>> {
  const tokens: InspectedToken[] = [];
  for (const token of which) {
    const text = session === null ? null : tokenOf(session, token);
    if (text === null || text === '') continue;
    const found: FoundToken = { label: `${token}_token`, token: text, warnings: [], refused: null };
    tokens.push({
      ...(await inspectOne(parts, found, check, connection)),
      refreshExpiresAt: session?.refreshExpiresAt ?? null,
    });
  }
  if (tokens.length > 0) return ok({ tokens, leftOut: 0 });
  const { name } = connection.connection;
  return session === null
    ? fail(
        'sign_in_needed',
        `${name} has no token to inspect.`,
        `Sign in with: latchkey login ${typedName(connection.connection)}`,
      )
    : fail('not_found', `The session of ${name} has no such token.`, 'The provider gave none at sign-in.');
}

/** Compares the first token of each. */
export function compareInspected(before: Inspected, after: Inspected): Result<Comparison> {
  const [first] = before.tokens;
  const [second] = after.tokens;
  if (first === undefined || second === undefined) {
    return fail('input_invalid', 'There are not two tokens to compare.', 'Give two.');
  }
  return ok(compareReports(first, second));
}

/** A connection with what its tokens are checked against. */
export interface ConnectionCheck {
  readonly connection: Connection;
  /** Kept keys of its issuer; null where there are none. */
  readonly stored: StoredKeys | null;
  readonly issuer: string | undefined;
  /** Of its access tokens; undefined where the profile names none. */
  readonly audience: string | undefined;
  /** How far its server's clock is ahead, as far as this run has measured. */
  readonly skewSeconds: number;
}

/** What the tokens of a connection are checked against: kept keys, issuer, and the audience that its profile names. */
export async function connectionCheck(
  parts: Pick<ServiceParts, 'home' | 'http' | 'profileOf'>,
  connection: Connection,
): Promise<ConnectionCheck> {
  const profile = parts.profileOf(connection.provider);
  const stored = await storedKeys(parts.home, connection.id);
  const issuer = stored?.issuer ?? connectionEndpoints(connection, profile).issuer;
  const origin = URL.parse(stored?.address ?? issuer ?? '')?.origin;
  return {
    connection,
    stored,
    issuer,
    audience: profile.accessTokenAudience ?? profile.validateAccessToken?.audience,
    skewSeconds: origin === undefined ? 0 : (parts.http.skewSeconds(origin) ?? 0),
  };
}

async function inspectOne(
  parts: Inspector,
  token: FoundToken,
  check: CheckWith,
  connection: ConnectionCheck | null,
): Promise<TokenReport> {
  const decoded = token.refused === null ? decodeToken(token.token) : null;
  const readable = decoded?.kind === 'jwt' ? decoded : null;
  const chosen =
    check.keys !== undefined
      ? { keys: check.keys, issuer: undefined }
      : connection !== null
        ? { keys: connection.stored, issuer: undefined }
        : await keysFor(parts.home, readable);
  const issuer = check.issuer ?? connection?.issuer ?? chosen.issuer;
  const audience =
    check.audience ??
    (connection === null ? undefined : expectedAudience(connection, token, readable?.claims ?? null));
  return reportToken(
    token,
    {
      keys: chosen.keys,
      clock: parts.clock,
      skewSeconds: connection?.skewSeconds ?? 0,
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    },
    connection?.connection.provider ?? null,
  );
}

/**
 * The kept keys that a token is checked with where nobody named any: those of the issuer it names; else those that have the
 * key it names, whose issuer it must then be from.
 */
async function keysFor(
  home: string,
  token: { readonly header: JsonObject; readonly claims: JsonObject | null } | null,
): Promise<{ readonly keys: KnownKeys | null; readonly issuer: string | undefined }> {
  if (token === null) return { keys: null, issuer: undefined };
  const stored = await allStoredKeys(home);
  const iss = token.claims?.['iss'];
  const named = stored.find(({ issuer }) => issuer !== null && issuer === iss);
  if (named !== undefined) return { keys: named, issuer: undefined };
  const kid = token.header['kid'];
  const holder =
    typeof kid === 'string'
      ? stored.find(({ keys, older = [] }) =>
          [{ keys }, ...older].some((set) => set.keys.some((key) => key.kid === kid)),
        )
      : undefined;
  return { keys: holder ?? null, issuer: holder?.issuer ?? undefined };
}

/** An ID token is for the client (OpenID Connect Core 2), an access token for the API that the profile names. */
function expectedAudience(
  { connection, audience }: ConnectionCheck,
  token: FoundToken,
  claims: JsonObject | null,
): string | undefined {
  if (token.label === 'refresh_token') return undefined;
  const isIdToken =
    token.label === 'id_token' ||
    (token.label !== 'access_token' && audiences(claims?.['aud']).includes(connection.clientId));
  return isIdToken ? connection.clientId : audience;
}

function tokenOf(session: Session, token: SessionToken): string | null {
  if (token === 'access') return session.accessToken;
  return token === 'refresh' ? session.refreshToken : session.idToken;
}

function issuedAt({ token }: FoundToken, now: number): number {
  const decoded = decodeToken(token);
  const iat = decoded.kind === 'jwt' ? decoded.claims?.['iat'] : undefined;
  return typeof iat === 'number' && iat > 0 && iat < 1e11 ? iat * 1000 : now;
}
