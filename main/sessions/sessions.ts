import type { Result } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { type Access, type Renewals, accessSession, renewShared } from './access.ts';
import type { ObtainOptions } from './obtain.ts';
import type { SessionParts, SessionRoom } from './parts.ts';
import type { Session } from './session.ts';
import type { SignedOut } from './sign-out.ts';
import { type SessionStatus, sessionStatus } from './status.ts';
import { readSessionSecrets } from './stored-session.ts';
import { saveUnsaved } from './unsaved.ts';

/** Everything that can be done with sessions. One object a process, so that renewals are shared. */
export interface Sessions {
  signIn(connection: Connection, options?: ObtainOptions): Promise<Result<Session>>;
  signOut(connection: Connection, signal?: AbortSignal): Promise<Result<SignedOut>>;
  /** A usable session; renewed first where it ends soon. */
  access(connection: Connection, signal?: AbortSignal): Promise<Result<Access>>;
  /** Renews now: because a person asked (`stale` null), or because the API refused the token `stale`. */
  renew(connection: Connection, stale: string | null, signal?: AbortSignal): Promise<Result<Session>>;
  status(connection: Connection): Promise<Result<SessionStatus>>;
  /** The session as stored, for the inspector; null = none. */
  stored(connection: Connection): Promise<Result<Session | null>>;
}

/** The sessions of a profile and its vault. Nothing is read before it is asked for. */
export function createSessions(parts: SessionParts): Sessions {
  const room: SessionRoom = { ...parts, unsaved: new Map() };
  const renewals: Renewals = new Map();
  const secretsOf = async (connection: Connection): ReturnType<typeof readSessionSecrets> => {
    await saveUnsaved(room, connection);
    return readSessionSecrets(room, connection);
  };
  return {
    // The OAuth libraries are loaded when they are needed: `latchkey token` has a start-up budget.
    signIn: async (connection, options = {}) =>
      (await import('./sign-in.ts')).signIn(room, connection, options),
    signOut: async (connection, signal) => (await import('./sign-out.ts')).signOut(room, connection, signal),
    access: (connection, signal) => accessSession(room, renewals, connection, signal),
    renew: async (connection, stale, signal) => {
      const secrets = await secretsOf(connection);
      if (!secrets.ok) return secrets;
      return renewShared(room, renewals, connection, {
        stale: stale ?? secrets.value.session?.accessToken ?? '',
        asked: stale === null,
        ...(signal && { signal }),
      });
    },
    status: async (connection) => {
      await saveUnsaved(room, connection);
      return sessionStatus(room, connection);
    },
    stored: async (connection) => {
      const secrets = await secretsOf(connection);
      return secrets.ok ? { ok: true, value: secrets.value.session } : secrets;
    },
  };
}
