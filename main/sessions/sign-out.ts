import { tokenRevocation } from 'openid-client';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { HttpError } from '../http/seam.ts';
import { updateSecrets } from '../vault/secrets.ts';
import { findCause } from './causes.ts';
import { removeKeys } from './keys.ts';
import { lockFolder } from './lock-folder.ts';
import type { SessionRoom } from './parts.ts';
import { type Credentials, findServer } from './server.ts';
import type { Session } from './session.ts';
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
 * from the vault; credentials stay. Errors: those of the vault only, for the session is gone in every other case.
 */
export async function signOut(
  parts: SessionRoom,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<SignedOut>> {
  // Taken under the lock: another door's refresh may have rotated the tokens a moment ago.
  const taken: { session: Session | null; credentials: Credentials } = { session: null, credentials: {} };
  const removed = await updateSecrets<Session>(
    parts.vault,
    lockFolder(parts.home),
    connection.id,
    (before) => {
      taken.session = sessionInEffect(parts, connection.id, before.session);
      taken.credentials = before.credentials;
      return before.session === null ? before : { ...before, session: null };
    },
  );
  if (!removed.ok) return removed;
  parts.unsaved.delete(connection.id);
  await removeKeys(parts.home, connection.id);
  const { session } = taken;
  const tokens = [
    { token: session?.refreshToken, hint: 'refresh_token' },
    { token: session?.accessToken, hint: 'access_token' },
  ].filter((entry): entry is { token: string; hint: string } => Boolean(entry.token));
  if (session === null || tokens.length === 0) return ok({ revoked: 'nothing_to_revoke', failure: null });
  if (session.binding !== bindingNow(parts, connection)) return ok({ revoked: 'failed', failure: elsewhere });

  const server = await findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile: parts.profileOf(connection.provider),
    credentials: taken.credentials,
    ...(signal && { signal }),
  });
  if (!server.ok) return ok({ revoked: 'failed', failure: server.error });
  if (server.value.endpoints.revocationEndpoint === undefined)
    return ok({ revoked: 'unsupported', failure: null });
  let failure: Failure | null = null;
  for (const { token, hint } of tokens) {
    try {
      await tokenRevocation(server.value.configuration, token, { token_type_hint: hint });
    } catch (error) {
      failure ??= revocationFailure(error, signal);
    }
  }
  return ok({ revoked: failure === null ? 'done' : 'failed', failure });
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
