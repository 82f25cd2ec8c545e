import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { typedName } from '../connections/typed-name.ts';
import { updateSecretsLocked, withSecretsLock } from '../vault/secrets.ts';
import { lockFolder } from './lock-folder.ts';
import { type FailedTry, isWaiting, troubleAfter } from './next-try.ts';
import type { NotObtained, ObtainResult, Obtained } from './obtain.ts';
import type { SessionRoom } from './parts.ts';
import { type Session, canSignInAgain, endsSoon } from './session.ts';
import { type SessionSecrets, readSessionSecrets } from './stored-session.ts';
import { storeSessionLocked } from './unsaved.ts';

export interface RenewRequest {
  /** The access token that is no longer good: another one found in the vault is a sibling's newer one and is adopted. */
  readonly stale: string;
  /** A person asked for it: what is waiting for its next try is tried now. */
  readonly asked: boolean;
  /** When it was asked for: whoever waited for the lock takes a failure of after that as the own one. */
  readonly since: number;
  /** The network is doubtful (it failed, or the computer slept): first see whether the server's host answers. */
  readonly reachFirst?: boolean;
  readonly signal?: AbortSignal;
}

/** All doors wait this long for one of them to renew, in milliseconds. */
const lockWaitMs = 60_000;
const reachMs = 5_000;

/**
 * Renews a session under the connection's lock, which every door shares: one refresh at a time across processes. The
 * vault is read inside the lock, so the one who waited adopts what the one before him got, the failure too. The new
 * token set is stored before anyone may use it.
 *
 * Only an RFC 6749 5.2 `invalid_grant` body ends a session, and only after the vault was read once more. Everything
 * else leaves it whole, and what went wrong is stored beside the tokens with the time of the next try.
 * Errors: sign_in_needed, session_refused, vault_*, and those of network and provider.
 */
export async function renewSession(
  parts: SessionRoom,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const options = { timeoutMs: lockWaitMs, ...(request.signal && { signal: request.signal }) };
  const outcome = await withSecretsLock(lockFolder(parts.home), connection.id, options, () =>
    renewLocked(parts, connection, request),
  );
  return outcome.ok ? outcome.value : outcome;
}

/** From the request until its answer is stored the process must not end: the old refresh token may be spent. */
function renewLocked(
  parts: SessionRoom,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const renewing = renewOnce(parts, connection, request);
  parts.finishFirst?.(renewing);
  return renewing;
}

async function renewOnce(
  parts: SessionRoom,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { session, credentials } = secrets.value;
  if (session === null) return signInNeeded(connection);
  const now = parts.clock.now();
  const { trouble } = session;
  // Whoever has a newer token adopts it; what went wrong since counts for a person alone, who wants it tried again.
  const newer = session.accessToken !== request.stale && !endsSoon(session, now);
  if (newer && (trouble === null || (trouble.effect !== 'ended' && !request.asked))) return ok(session);
  if (trouble !== null) {
    const triedMeanwhile = trouble.at > request.since && trouble.at <= now;
    if (trouble.effect === 'ended' || triedMeanwhile || (!request.asked && isWaiting(trouble, now)))
      return { ok: false, error: trouble.failure };
  }
  if (request.reachFirst) {
    const reached = await reachServer(parts, connection, request.signal);
    if (!reached.ok) {
      if (reached.error.code !== 'cancelled')
        await noteTrouble(parts, connection, session, unreached(reached.error));
      return reached;
    }
  }

  const obtained = await obtainAgain(parts, connection, secrets.value, session, request.signal);
  if (obtained === null) return sessionOver(connection);
  if (obtained.ok) return storeRenewed(parts, connection, obtained.value, session);
  if (obtained.effect !== 'ended') return notRenewed(parts, connection, session, obtained);

  // invalid_grant. A door without our lock (an older version, a copied profile) may have rotated the token meanwhile.
  const again = await readSessionSecrets(parts, connection);
  if (!again.ok) return again;
  const sibling = again.value.session;
  if (sibling === null) return signInNeeded(connection);
  if (sibling.refreshToken !== session.refreshToken && sibling.trouble === null) {
    if (!endsSoon(sibling, parts.clock.now())) return ok(sibling);
    const newer = await obtainAgain(parts, connection, again.value, sibling, request.signal);
    if (newer === null) return sessionOver(connection);
    if (newer.ok) return storeRenewed(parts, connection, newer.value, sibling);
    if (newer.effect !== 'ended') return notRenewed(parts, connection, sibling, newer);
  }
  if (session.refreshToken !== null && canSignInAgain(connection, credentials)) {
    const fresh = await signInAgain(parts, connection, secrets.value, request.signal);
    if (fresh.ok) return storeRenewed(parts, connection, fresh.value, sibling);
    if (fresh.effect !== 'ended') return notRenewed(parts, connection, sibling, fresh);
  }
  await noteTrouble(parts, connection, sibling, obtained);
  return { ok: false, error: obtained.failure };
}

/** By refresh token where there is one, else by the grant itself where nobody need be present; null = neither. */
async function obtainAgain(
  parts: SessionRoom,
  connection: Connection,
  secrets: SessionSecrets,
  session: Session,
  signal: AbortSignal | undefined,
): Promise<ObtainResult | null> {
  const { credentials } = secrets;
  const again = canSignInAgain(connection, credentials);
  // A refresh token that has ended by our clock is tried all the same where there is no other way: the clock may be wrong.
  const living = session.refreshExpiresAt === null || session.refreshExpiresAt > parts.clock.now();
  if (session.refreshToken !== null && (living || !again)) {
    // Loaded here: the many that wait for the lock and adopt what another one got do without the OAuth libraries.
    const { obtainByRefreshToken } = await import('./obtain.ts');
    return obtainByRefreshToken(parts, connection, credentials, session, session.refreshToken, signal);
  }
  return again ? signInAgain(parts, connection, secrets, signal) : null;
}

async function signInAgain(
  parts: SessionRoom,
  connection: Connection,
  { credentials }: SessionSecrets,
  signal: AbortSignal | undefined,
): Promise<ObtainResult> {
  const { obtainByGrant } = await import('./obtain.ts');
  return obtainByGrant(parts, connection, credentials, 'sign_in_again', signal ? { signal } : {});
}

async function reachServer(
  parts: SessionRoom,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Result<void>> {
  const { issuer, tokenEndpoint } = connectionEndpoints(connection, parts.profileOf(connection.provider));
  const address = tokenEndpoint ?? issuer;
  if (address === undefined) return ok(undefined);
  const { reach } = await import('./reach.ts');
  return reach(parts.http, address, { timeoutMs: reachMs, ...(signal && { signal }) });
}

function unreached(failure: Failure): FailedTry {
  return { failure, effect: 'kept', retryAfterMs: null, passwordJudged: false };
}

async function storeRenewed(
  parts: SessionRoom,
  connection: Connection,
  { session, keepKeys }: Obtained,
  replaces: Session,
): Promise<Result<Session>> {
  const failure = await storeSessionLocked(parts, connection, session, replaces);
  await keepKeys();
  return failure === null ? ok(session) : { ok: false, error: failure };
}

/** The session goes on without a new access token; a refresh token that was rotated all the same is stored. */
async function notRenewed(
  parts: SessionRoom,
  connection: Connection,
  session: Session,
  obtained: NotObtained,
): Promise<Result<never>> {
  const { rotated } = obtained;
  if (rotated !== undefined) {
    const trouble = troubleAfter(obtained, session.trouble, parts.clock.now());
    await storeSessionLocked(parts, connection, { ...session, ...rotated, trouble }, session);
  } else if (obtained.failure.code !== 'cancelled') {
    await noteTrouble(parts, connection, session, obtained);
  }
  return { ok: false, error: obtained.failure };
}

/** Stores what went wrong beside the tokens, so that every door knows of it. A session that has ended loses its dead tokens. */
async function noteTrouble(
  parts: SessionRoom,
  connection: Connection,
  session: Session,
  failed: FailedTry,
): Promise<void> {
  const trouble = troubleAfter(failed, session.trouble, parts.clock.now());
  const troubled: Session =
    failed.effect === 'ended'
      ? { ...session, accessToken: '', refreshToken: null, idToken: null, trouble }
      : { ...session, trouble };
  // Where even this cannot be written the next try meets the same failure; the caller hears of it either way.
  const noted = await updateSecretsLocked<Session>(parts.vault, connection.id, (secrets) => ({
    ...secrets,
    session: troubled,
  }));
  if (noted.ok) parts.unsaved.delete(connection.id);
}

function signInNeeded(connection: Connection): Result<never> {
  return fail(
    'sign_in_needed',
    `${connection.name} is not signed in.`,
    `Sign in with: latchkey login ${typedName(connection)}`,
  );
}

function sessionOver(connection: Connection): Result<never> {
  return fail(
    'sign_in_needed',
    `The session of ${connection.name} has ended and cannot be renewed.`,
    `Sign in again: latchkey login ${typedName(connection)}`,
  );
}
