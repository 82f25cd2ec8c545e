import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { SessionChange } from '../activity/activity.ts';
import type { Connection } from '../connections/connection.ts';
import type { LockWait } from '../vault/secrets.ts';
import { type Access, type Renewals, accessSession, renewShared } from './access.ts';
import type { SessionParts, SessionRoom } from './parts.ts';
import { type Credentials, type Session, renewalDue } from './session.ts';
import type { SignInOptions } from './sign-in.ts';
import type { SignedOut } from './sign-out.ts';
import { type SessionOutlook, type SessionStatus, sessionOutlook } from './status.ts';
import { readSessionSecrets } from './stored-session.ts';
import { saveUnsaved } from './unsaved.ts';

/** Everything that can be done with sessions. One object a process, so that renewals are shared. */
export interface Sessions {
  signIn(connection: Connection, options?: SignInOptions): Promise<Result<Session>>;
  /** `wait`: how a renewal that is under way is waited for. */
  signOut(connection: Connection, signal?: AbortSignal, wait?: LockWait): Promise<Result<SignedOut>>;
  /** Signs out what was signed in before a connection was changed; null = nothing was. */
  signOutBefore(
    before: Connection,
    credentials: Credentials,
    signal?: AbortSignal,
  ): Promise<Result<SignedOut | null>>;
  /** A usable session; renewed first where it ends soon. */
  access(connection: Connection, signal?: AbortSignal): Promise<Result<Access>>;
  /** Renews now: because a person asked (`stale` null), or because the API refused the token `stale`. */
  renew(connection: Connection, stale: string | null, signal?: AbortSignal): Promise<Result<Session>>;
  /**
   * Renews where it is due, for a door that does so unasked: the session of now, renewed or not; null = none. With
   * `reachFirst` nothing is sent but a question whether the server answers, until it does.
   */
  keep(
    connection: Connection,
    options: { readonly reachFirst: boolean; readonly signal: AbortSignal },
  ): Promise<Result<Session | null>>;
  status(connection: Connection): Promise<Result<SessionStatus>>;
  /** The status, and what a door with a window does next about it. */
  outlook(connection: Connection): Promise<Result<SessionOutlook>>;
  /** Tries once more to store a session that the vault did not take; why it still cannot, null where nothing is left. */
  saveUnsaved(connection: Connection): Promise<Failure | null>;
  /** The session as stored, for the inspector; null = none. */
  stored(connection: Connection): Promise<Result<Session | null>>;
}

/** The sessions of a profile and its vault. Nothing is read before it is asked for. */
export function createSessions(parts: SessionParts): Sessions {
  const room: SessionRoom = { ...parts, unsaved: new Map() };
  const renewals: Renewals = new Map();
  const note = (connection: Connection, change: SessionChange, failure: Failure | null): void =>
    room.noted?.({ at: room.clock.now(), connection: connection.id, change, failure });
  const secretsOf = async (connection: Connection): ReturnType<typeof readSessionSecrets> => {
    await saveUnsaved(room, connection);
    return readSessionSecrets(room, connection);
  };
  const outlookOf = async (connection: Connection): Promise<Result<SessionOutlook>> => {
    await saveUnsaved(room, connection);
    return sessionOutlook(room, connection);
  };
  return {
    // The OAuth libraries are loaded when they are needed: `latchkey token` has a start-up budget.
    signIn: async (connection, options = {}) => {
      const signedIn = await (await import('./sign-in.ts')).signIn(room, connection, options);
      note(connection, signedIn.ok ? 'signed_in' : 'refused', signedIn.ok ? null : signedIn.error);
      return signedIn;
    },
    signOut: async (connection, signal, wait) => {
      const signedOut = await (await import('./sign-out.ts')).signOut(room, connection, signal, wait);
      if (signedOut.ok) note(connection, 'signed_out', signedOut.value.failure);
      return signedOut;
    },
    signOutBefore: async (before, credentials, signal) =>
      (await import('./sign-out.ts')).signOutBefore(room, before, credentials, signal),
    access: (connection, signal) => accessSession(room, renewals, connection, signal),
    renew: async (connection, stale, signal) => {
      const since = room.clock.now();
      const secrets = await secretsOf(connection);
      if (!secrets.ok) return secrets;
      return renewShared(room, renewals, connection, {
        stale: stale ?? secrets.value.session?.accessToken ?? '',
        asked: stale === null,
        since,
        ...(signal && { signal }),
      });
    },
    keep: async (connection, options) => {
      const since = room.clock.now();
      const secrets = await secretsOf(connection);
      if (!secrets.ok) return secrets;
      const { session, credentials } = secrets.value;
      const due = session && renewalDue(session, connection, credentials, since);
      if (session === null || due === null || due > since) return ok(session);
      return renewShared(room, renewals, connection, {
        stale: session.accessToken,
        asked: false,
        since,
        ...options,
      });
    },
    status: async (connection) => {
      const outlook = await outlookOf(connection);
      return outlook.ok ? ok(outlook.value.status) : outlook;
    },
    outlook: outlookOf,
    saveUnsaved: (connection) => saveUnsaved(room, connection),
    stored: async (connection) => {
      const secrets = await secretsOf(connection);
      return secrets.ok ? { ok: true, value: secrets.value.session } : secrets;
    },
  };
}
