import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { updateSecretsLocked, withSecretsLock } from '../vault/secrets.ts';
import { lockFolder } from './lock-folder.ts';
import { type ObtainResult, type Obtained, obtainByGrant, obtainByRefreshToken } from './obtain.ts';
import type { SessionRoom } from './parts.ts';
import { type Session, canSignInAgain, endsSoon } from './session.ts';
import { type SessionSecrets, readSessionSecrets } from './stored-session.ts';
import { storeSessionLocked } from './unsaved.ts';
import { typedName } from '../connections/typed-name.ts';

export interface RenewRequest {
  /** The access token that is no longer good: another one found in the vault is a sibling's newer one and is adopted. */
  readonly stale: string;
  /** A person asked for it: a refusal of before is tried again. */
  readonly asked: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Renews a session under the connection's lock, which every door shares: one refresh at a time across processes. The
 * vault is read inside the lock, so the one who waited adopts what the one before him got. The new token set is stored
 * before anyone may use it.
 *
 * Only an RFC 6749 5.2 `invalid_grant` body ends a session, and only after the vault was read once more. Everything
 * else leaves it whole. Errors: sign_in_needed, session_refused, vault_*, and those of network and provider.
 */
export async function renewSession(
  parts: SessionRoom,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const options = { timeoutMs: 60_000, ...(request.signal && { signal: request.signal }) };
  const outcome = await withSecretsLock(lockFolder(parts.home), connection.id, options, () =>
    renewLocked(parts, connection, request),
  );
  return outcome.ok ? outcome.value : outcome;
}

async function renewLocked(
  parts: SessionRoom,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { session, credentials } = secrets.value;
  if (session === null) return signInNeeded(connection);
  const now = parts.clock.now();
  if (session.accessToken !== request.stale && !endsSoon(session, now) && session.refusal === null)
    return ok(session);
  if (session.refusal?.final) return { ok: false, error: session.refusal.failure };
  if (session.refusal !== null && !request.asked) return { ok: false, error: session.refusal.failure };

  const obtained = await obtainAgain(parts, connection, secrets.value, session, request.signal);
  if (obtained === null) return sessionOver(connection);
  if (obtained.ok) return storeRenewed(parts, connection, obtained.value, session);
  if (obtained.effect !== 'ended') return notRenewed(parts, connection, session, obtained);

  // invalid_grant. A door without our lock (an older version, a copied profile) may have rotated the token meanwhile.
  const again = await readSessionSecrets(parts, connection);
  if (!again.ok) return again;
  const sibling = again.value.session;
  if (sibling === null) return signInNeeded(connection);
  if (sibling.refreshToken !== session.refreshToken && sibling.refusal === null) {
    if (!endsSoon(sibling, parts.clock.now())) return ok(sibling);
    const newer = await obtainAgain(parts, connection, again.value, sibling, request.signal);
    if (newer === null) return sessionOver(connection);
    if (newer.ok) return storeRenewed(parts, connection, newer.value, sibling);
    if (newer.effect !== 'ended') return notRenewed(parts, connection, sibling, newer);
  }
  if (session.refreshToken !== null && canSignInAgain(connection, credentials)) {
    const fresh = await obtainByGrant(parts, connection, credentials, 'refresh', signalOf(request));
    if (fresh.ok) return storeRenewed(parts, connection, fresh.value, sibling);
    if (fresh.effect !== 'ended') return notRenewed(parts, connection, sibling, fresh);
  }
  await noteRefusal(parts, connection, sibling, obtained.failure, true);
  return { ok: false, error: obtained.failure };
}

/** By refresh token where there is a living one, else by the grant itself where nobody need be present; null = neither. */
async function obtainAgain(
  parts: SessionRoom,
  connection: Connection,
  secrets: SessionSecrets,
  session: Session,
  signal: AbortSignal | undefined,
): Promise<ObtainResult | null> {
  const { credentials } = secrets;
  const living = session.refreshExpiresAt === null || session.refreshExpiresAt > parts.clock.now();
  if (session.refreshToken !== null && living) {
    return obtainByRefreshToken(parts, connection, credentials, session, session.refreshToken, signal);
  }
  if (canSignInAgain(connection, credentials)) {
    return obtainByGrant(parts, connection, credentials, 'refresh', signal ? { signal } : {});
  }
  return null;
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
  obtained: ObtainResult & { readonly ok: false },
): Promise<Result<never>> {
  if (obtained.rotated !== undefined)
    await storeSessionLocked(parts, connection, { ...session, ...obtained.rotated }, session);
  else if (obtained.effect === 'refused')
    await noteRefusal(parts, connection, session, obtained.failure, false);
  return { ok: false, error: obtained.failure };
}

/** Remembers the refusal so that it is not tried in a loop. A final one takes the dead tokens along. */
async function noteRefusal(
  parts: SessionRoom,
  connection: Connection,
  session: Session,
  failure: Failure,
  final: boolean,
): Promise<void> {
  const refusal = { failure, at: parts.clock.now(), final };
  const refused: Session = final
    ? { ...session, accessToken: '', refreshToken: null, idToken: null, refusal }
    : { ...session, refusal };
  // Where even this cannot be written the next try meets the same refusal; the caller hears of it either way.
  const noted = await updateSecretsLocked<Session>(parts.vault, connection.id, (secrets) => ({
    ...secrets,
    session: refused,
  }));
  if (noted.ok) parts.unsaved.delete(connection.id);
}

function signalOf(request: RenewRequest): { signal?: AbortSignal } {
  return request.signal ? { signal: request.signal } : {};
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
