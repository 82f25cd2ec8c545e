import { tokenRevocation } from 'openid-client';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { HttpError } from '../http/seam.ts';
import { updateSecrets } from '../vault/secrets.ts';
import { findCause } from './causes.ts';
import { removeKeys } from './keys.ts';
import type { SessionParts } from './parts.ts';
import { findServer } from './server.ts';
import type { Session } from './session.ts';
import { lockFolder, readSessionSecrets } from './stored-session.ts';

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
  parts: SessionParts,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<SignedOut>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { credentials } = secrets.value;
  // Taken under the lock: another door's refresh may have rotated the tokens since they were read.
  const taken: { session: Session | null } = { session: null };
  const removed = await updateSecrets<Session>(
    parts.vault,
    lockFolder(parts.home),
    connection.id,
    (before) => {
      taken.session = before.session;
      return { ...before, session: null };
    },
  );
  if (!removed.ok) return removed;
  await removeKeys(parts.home, connection.id);
  const tokens = [
    { token: taken.session?.refreshToken, hint: 'refresh_token' },
    { token: taken.session?.accessToken, hint: 'access_token' },
  ].filter((entry): entry is { token: string; hint: string } => Boolean(entry.token));
  if (tokens.length === 0) return ok({ revoked: 'nothing_to_revoke', failure: null });

  const server = await findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile: parts.profileOf(connection.provider),
    credentials,
    ...(signal && { signal }),
  });
  if (!server.ok) return ok({ revoked: 'failed', failure: server.error });
  if (server.value.endpoints.revocationEndpoint === undefined)
    return ok({ revoked: 'unsupported', failure: null });
  try {
    for (const { token, hint } of tokens) {
      await tokenRevocation(server.value.configuration, token, { token_type_hint: hint });
    }
  } catch (error) {
    const network = findCause(error, (candidate): candidate is HttpError => candidate instanceof HttpError);
    const failure: Failure = network?.failure ?? {
      code: 'provider_failed',
      message: 'The server did not accept the revocation.',
      hint: 'The tokens are gone from this computer; at the server they end by themselves.',
    };
    return ok({ revoked: 'failed', failure });
  }
  return ok({ revoked: 'done', failure: null });
}
