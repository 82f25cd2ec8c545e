import { tokenRevocation } from 'openid-client';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { HttpError } from '../http/seam.ts';
import { type LockWait, updateSecrets } from '../vault/secrets.ts';
import { findCause } from './causes.ts';
import { removeKeys } from './keys.ts';
import { lockFolder } from './lock-folder.ts';
import type { SessionRoom } from './parts.ts';
import { findServer } from './server.ts';
import type { Credentials, Session } from './session.ts';
import { bindingNow } from './stored-session.ts';
import { sessionInEffect } from './unsaved.ts';

/** What became of the tokens at the server: `unsupported` = it offers no revocation (RFC 7009). */
export interface SignedOut {
  readonly revoked: 'done' | 'unsupported' | 'failed' | 'nothing_to_revoke';
  /** Why revoking failed. */
  readonly failure: Failure | null;
}

/**
 * Revokes the refresh token, then the access token, where the server can (RFC 7009 2), and always removes the session
 * from the vault; credentials stay. A renewal that is under way is waited for, or its tokens would come back (`wait`).
 * Errors: those of the vault, timeout and cancelled (of that wait), for the session is gone in every other case.
 */
export async function signOut(
  parts: SessionRoom,
  connection: Connection,
  signal?: AbortSignal,
  wait?: LockWait,
): Promise<Result<SignedOut>> {
  const taken = await takeSession(parts, connection, () => true, wait);
  if (!taken.ok) return taken;
  await removeKeys(parts.home, connection.id);
  const { session, credentials } = taken.value;
  if (session === null) return ok({ revoked: 'nothing_to_revoke', failure: null });
  if (session.binding !== bindingNow(parts, connection)) return ok({ revoked: 'failed', failure: elsewhere });
  return ok(await revoke(parts, connection, credentials, session, signal));
}

/**
 * Signs out what a connection was before it was changed: only tokens that were issued for it as it was, at the server of
 * then and with the credentials of then. Null where there are none. Errors: those of the vault.
 */
export async function signOutBefore(
  parts: SessionRoom,
  before: Connection,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<Result<SignedOut | null>> {
  const binding = bindingNow(parts, before);
  const taken = await takeSession(parts, before, (session) => session.binding === binding);
  if (!taken.ok) return taken;
  const { session } = taken.value;
  if (session === null) return ok(null);
  await removeKeys(parts.home, before.id);
  return ok(await revoke(parts, before, credentials, session, signal));
}

/** Takes the session out of the vault, under the lock: another door's refresh may have rotated the tokens a moment ago. */
async function takeSession(
  parts: SessionRoom,
  connection: Connection,
  wanted: (session: Session) => boolean,
  wait?: LockWait,
): Promise<Result<{ readonly session: Session | null; readonly credentials: Credentials }>> {
  const taken: { session: Session | null; credentials: Credentials } = { session: null, credentials: {} };
  const removed = await updateSecrets<Session>(
    parts.vault,
    lockFolder(parts.home),
    connection.id,
    (before) => {
      const session = sessionInEffect(parts, connection.id, before.session);
      taken.credentials = before.credentials;
      taken.session = session !== null && wanted(session) ? session : null;
      return taken.session === null || before.session === null ? before : { ...before, session: null };
    },
    wait,
  );
  if (!removed.ok) return removed;
  if (taken.session !== null) parts.unsaved.delete(connection.id);
  return ok(taken);
}

async function revoke(
  parts: SessionRoom,
  connection: Connection,
  credentials: Credentials,
  session: Session,
  signal: AbortSignal | undefined,
): Promise<SignedOut> {
  const tokens = [
    { token: session.refreshToken, hint: 'refresh_token' },
    { token: session.accessToken, hint: 'access_token' },
  ].filter((entry): entry is { token: string; hint: string } => Boolean(entry.token));
  if (tokens.length === 0) return { revoked: 'nothing_to_revoke', failure: null };

  const server = await findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile: parts.profileOf(connection.provider),
    credentials,
    ...(signal && { signal }),
  });
  if (!server.ok) return { revoked: 'failed', failure: server.error };
  if (server.value.endpoints.revocationEndpoint === undefined)
    return { revoked: 'unsupported', failure: null };
  let failure: Failure | null = null;
  for (const { token, hint } of tokens) {
    try {
      await tokenRevocation(server.value.configuration, token, { token_type_hint: hint });
    } catch (error) {
      failure ??= revocationFailure(error, signal);
    }
  }
  return { revoked: failure === null ? 'done' : 'failed', failure };
}

/** A token never goes to a server that did not issue it. */
const elsewhere: Failure = {
  code: 'issuer_mismatch',
  message:
    'The tokens were issued before this connection was changed, and were not sent to where it points now.',
  hint: 'They are gone from this computer; at the server they end by themselves.',
};

function revocationFailure(error: unknown, signal: AbortSignal | undefined): Failure {
  const network = findCause(error, (candidate): candidate is HttpError => candidate instanceof HttpError);
  if (network) return network.failure;
  const hint = 'The tokens are gone from this computer; at the server they end by themselves.';
  return signal?.aborted
    ? { code: 'cancelled', message: 'Cancelled before the server had answered.', hint }
    : { code: 'provider_failed', message: 'The server did not accept the revocation.', hint };
}
