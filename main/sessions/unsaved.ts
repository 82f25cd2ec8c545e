import type { Failure } from '../../preload/errors.ts';
import type { VaultKind } from '../vault/vault.ts';
import { updateSecretsLocked, withSecretsLock } from '../vault/secrets.ts';
import type { Connection } from '../connections/connection.ts';
import type { SessionRoom } from './parts.ts';
import type { Session } from './session.ts';
import { lockFolder } from './lock-folder.ts';

/** A session that the vault did not take. Its tokens exist nowhere else, so it is kept until the vault takes it. */
export interface Unsaved {
  readonly session: Session;
  /** What the vault held instead; once it holds something else, another door has the say. */
  readonly replaces: Session | null;
  readonly vault: VaultKind;
}

type Parts = Pick<SessionRoom, 'vault' | 'unsaved'>;

/** Between two tries to store. */
const storePauseMs = 1_000;

/**
 * The session that counts: the unsaved one where there is one and `stored` is still what it replaces. An unsaved one
 * that another door has overtaken (a newer sign-in, a sign-out) is forgotten.
 */
export function sessionInEffect(parts: Parts, connectionId: string, stored: Session | null): Session | null {
  const held = parts.unsaved.get(connectionId);
  if (held === undefined) return stored;
  // In another vault than the one that failed there is nothing that it could replace.
  const replaced = held.vault === parts.vault.kind ? held.replaces : null;
  if (sameTokens(stored, replaced)) return held.session;
  parts.unsaved.delete(connectionId);
  return stored;
}

/**
 * Stores a session under the connection's lock, which the caller holds. What cannot be stored is kept in memory, and
 * the failure says so. Returns null when it is stored.
 */
export async function storeSessionLocked(
  parts: Parts & Pick<SessionRoom, 'clock' | 'storeForMs'>,
  connection: Connection,
  session: Session,
  replaces: Session | null,
): Promise<Failure | null> {
  const write = (): ReturnType<typeof updateSecretsLocked<Session>> =>
    updateSecretsLocked<Session>(parts.vault, connection.id, (secrets) => ({ ...secrets, session }));
  let stored = await write();
  // A rotated refresh token exists nowhere else: one more try before giving up costs little.
  if (!stored.ok) stored = await write();
  const end = parts.clock.now() + (parts.storeForMs ?? 0);
  while (!stored.ok && parts.clock.now() < end) {
    await parts.clock.sleep(storePauseMs);
    stored = await write();
  }
  if (!stored.ok) return keepUnsaved(parts, connection, session, replaces, stored.error);
  parts.unsaved.delete(connection.id);
  return null;
}

/** Keeps a session in memory that could not be stored because of `cause`; gives the failure that says so. */
export function keepUnsaved(
  parts: Parts,
  connection: Connection,
  session: Session,
  replaces: Session | null,
  cause: Failure,
): Failure {
  // What the vault still holds is what the first unsaved session was to replace.
  const held = parts.unsaved.get(connection.id);
  const before = held === undefined ? replaces : held.replaces;
  parts.unsaved.set(connection.id, { session, replaces: before, vault: parts.vault.kind });
  return {
    code: cause.code,
    message: `The new session of ${connection.name} could not be saved: ${cause.message}`,
    hint: `${cause.hint} The session is kept in memory and saved as soon as the vault takes it; if Latchkey ends before, sign in again.`,
  };
}

/** Tries once more to store what could not be stored. The failure where it still cannot; null where all is stored. */
export async function saveUnsaved(
  parts: SessionRoom,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Failure | null> {
  if (!parts.unsaved.has(connection.id)) return null;
  const outcome = await withSecretsLock(
    lockFolder(parts.home),
    connection.id,
    signal ? { signal } : {},
    async () => {
      const saved = await updateSecretsLocked<Session>(parts.vault, connection.id, (secrets) => {
        const session = sessionInEffect(parts, connection.id, secrets.session);
        return session === secrets.session ? secrets : { ...secrets, session };
      });
      if (saved.ok) parts.unsaved.delete(connection.id);
      return saved;
    },
  );
  const saved = outcome.ok ? outcome.value : outcome;
  const held = parts.unsaved.get(connection.id);
  if (saved.ok || held === undefined) return null;
  return keepUnsaved(parts, connection, held.session, held.replaces, saved.error);
}

function sameTokens(a: Session | null, b: Session | null): boolean {
  if (a === null || b === null) return a === b;
  return a.accessToken === b.accessToken && a.refreshToken === b.refreshToken && a.binding === b.binding;
}
