import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { SessionParts } from './parts.ts';
import type { RenewRequest } from './renew.ts';
import { type Session, endsSoon, hasEnded } from './session.ts';
import { readSessionSecrets } from './stored-session.ts';

/** A session that can be used now; `warning` says that renewing it failed though its token still lives. */
export interface Access {
  readonly session: Session;
  readonly warning: Failure | null;
}

/** Renewals under way in this process, by connection: whoever comes second waits for the first one's answer. */
export type Renewals = Map<string, Promise<Result<Session>>>;

/**
 * A usable session of the connection, renewed where it ends soon. Without a renewal this touches vault and clock only
 * (the OAuth libraries are loaded on demand: `latchkey token` has a start-up budget).
 * Errors: sign_in_needed, session_refused, those of the vault, and those of a renewal that failed.
 */
export async function accessSession(
  parts: SessionParts,
  renewals: Renewals,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<Access>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { session } = secrets.value;
  const now = parts.clock.now();
  if (session !== null && session.refusal === null && !endsSoon(session, now))
    return ok({ session, warning: null });
  const renewed = await renewShared(parts, renewals, connection, {
    stale: session?.accessToken ?? '',
    asked: false,
    ...(signal && { signal }),
  });
  if (renewed.ok) return ok({ session: renewed.value, warning: null });
  if (session !== null && !session.refusal?.final && !hasEnded(session, now) && stillUsable(renewed.error)) {
    return ok({ session, warning: renewed.error });
  }
  return renewed;
}

/** One renewal at a time a connection in this process; the lock inside keeps other processes in line. */
export async function renewShared(
  parts: SessionParts,
  renewals: Renewals,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const running = renewals.get(connection.id);
  if (running !== undefined) return running;
  const renewal = import('./renew.ts').then(({ renewSession }) => renewSession(parts, connection, request));
  renewals.set(connection.id, renewal);
  try {
    return await renewal;
  } finally {
    renewals.delete(connection.id);
  }
}

/** After these the old access token is still as good as its lifetime; the vault's troubles and an ended session are not among them. */
function stillUsable(failure: Failure): boolean {
  return (
    !failure.code.startsWith('vault_') && failure.code !== 'sign_in_needed' && failure.code !== 'cancelled'
  );
}
