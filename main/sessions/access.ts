import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { SessionRoom } from './parts.ts';
import type { RenewRequest } from './renew.ts';
import { type Session, endsSoon, hasEnded, isRenewable, isUsableAsItIs, signInBy } from './session.ts';
import { bindingNow, readSessionSecrets } from './stored-session.ts';
import { saveUnsaved } from './unsaved.ts';
import { typedName } from '../connections/typed-name.ts';

/**
 * A session that can be used now; `warning` says why it may not last: renewing it failed though its token still lives,
 * it could not be saved, or a person has to sign in again before long.
 */
export interface Access {
  readonly session: Session;
  readonly warning: Failure | null;
}

interface Renewal {
  readonly asked: boolean;
  readonly outcome: Promise<Result<Session>>;
}

/** Renewals under way in this process: whoever comes second waits for the first one's answer. */
export type Renewals = Map<string, Renewal>;

/**
 * A usable session of the connection, renewed where it ends soon. Without a renewal this touches vault and clock only
 * (the OAuth libraries are loaded on demand: `latchkey token` has a start-up budget).
 * Errors: sign_in_needed, session_refused, those of the vault, and those of a renewal that failed.
 */
export async function accessSession(
  room: SessionRoom,
  renewals: Renewals,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<Access>> {
  const unsaved = await saveUnsaved(room, connection, signal);
  const secrets = await readSessionSecrets(room, connection);
  const now = room.clock.now();
  if (!secrets.ok) {
    const held = unsavedSession(room, connection);
    return held !== null && !hasEnded(held, now) ? ok({ session: held, warning: secrets.error }) : secrets;
  }
  const { session, credentials } = secrets.value;
  if (session !== null && session.trouble?.effect !== 'ended') {
    if (isUsableAsItIs(session, connection, credentials, now)) return ok({ session, warning: unsaved });
    if (!endsSoon(session, now)) {
      const by = signInBy(session, connection, credentials);
      return ok({ session, warning: unsaved ?? (by && endsBefore(connection, by.at - now)) });
    }
    if (!hasEnded(session, now)) {
      const { trouble } = session;
      if (trouble !== null && (trouble.nextTryAt === null || now < trouble.nextTryAt))
        return ok({ session, warning: unsaved ?? trouble.failure });
      if (!isRenewable(session, connection, credentials, now))
        return ok({ session, warning: unsaved ?? endsBefore(connection, (session.expiresAt ?? now) - now) });
    }
  }
  const renewed = await renewShared(room, renewals, connection, {
    stale: session?.accessToken ?? '',
    asked: false,
    since: now,
    ...(signal && { signal }),
  });
  if (renewed.ok) return ok({ session: renewed.value, warning: null });
  const held = unsavedSession(room, connection);
  if (held !== null && held.trouble === null && !hasEnded(held, room.clock.now()))
    return ok({ session: held, warning: renewed.error });
  if (session !== null && !hasEnded(session, room.clock.now()) && stillUsable(renewed.error)) {
    return ok({ session, warning: renewed.error });
  }
  return renewed;
}

/**
 * One renewal at a time a connection in this process; the lock inside keeps other processes in line. A connection that
 * was changed meanwhile is another one. Whoever finds one under way takes its answer, unless that is no answer to the
 * own question: the other one was cancelled, nobody had asked for it, or it brought the very token that is stale.
 */
export async function renewShared(
  room: SessionRoom,
  renewals: Renewals,
  connection: Connection,
  request: RenewRequest,
): Promise<Result<Session>> {
  const key = `${connection.id} ${bindingNow(room, connection)}`;
  for (let other = renewals.get(key); other !== undefined; other = renewals.get(key)) {
    const result = await other.outcome;
    const answers = result.ok
      ? result.value.accessToken !== request.stale
      : (other.asked || !request.asked) && (result.error.code !== 'cancelled' || request.signal?.aborted);
    if (answers) return result;
  }
  const outcome = import('./renew.ts').then(({ renewSession }) => renewSession(room, connection, request));
  renewals.set(key, { asked: request.asked, outcome });
  try {
    const result = await outcome;
    noteRenewal(room, connection, result);
    return result;
  } finally {
    renewals.delete(key);
  }
}

function noteRenewal(room: SessionRoom, connection: Connection, result: Result<Session>): void {
  const failure = result.ok ? null : result.error;
  const ended = failure?.code === 'sign_in_needed' || failure?.code === 'session_refused';
  const change = failure === null ? 'renewed' : ended ? 'ended' : 'refused';
  room.noted?.({ at: room.clock.now(), connection: connection.id, change, failure });
}

function unsavedSession(room: SessionRoom, connection: Connection): Session | null {
  const held = room.unsaved.get(connection.id)?.session;
  return held?.binding === bindingNow(room, connection) ? held : null;
}

function endsBefore(connection: Connection, left: number): Failure {
  return {
    code: 'sign_in_needed',
    message: `The session of ${connection.name} ends in ${roughly(left)} and cannot be renewed then.`,
    hint: `Sign in again before: latchkey login ${typedName(connection)}`,
  };
}

function roughly(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 2) return `${Math.ceil(milliseconds / 1000)} seconds`;
  if (minutes < 120) return `${Math.floor(minutes)} minutes`;
  return minutes < 72 * 60 ? `${Math.floor(minutes / 60)} hours` : `${Math.floor(minutes / 1440)} days`;
}

/** After these the old access token is still as good as its lifetime; the vault's troubles and an ended session are not among them. */
function stillUsable(failure: Failure): boolean {
  return (
    !failure.code.startsWith('vault_') && failure.code !== 'sign_in_needed' && failure.code !== 'cancelled'
  );
}
