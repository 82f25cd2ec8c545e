import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { SessionRoom } from './parts.ts';
import { type Session, hasEnded, isRenewable, renewalDue, signInBy } from './session.ts';
import { readSessionSecrets } from './stored-session.ts';

/** Where a connection stands, from the vault alone: no network. Times are ISO 8601, null = unknown or none. */
export interface SessionStatus {
  readonly name: string;
  readonly provider: string;
  readonly grant: string;
  readonly state: 'signed_in' | 'signed_out' | 'sign_in_needed';
  readonly subject: string | null;
  /** The person's name where the server said one. */
  readonly displayName: string | null;
  readonly expiresAt: string | null;
  readonly refreshExpiresAt: string | null;
  /** What went wrong when the session was to be renewed last. */
  readonly failure: Failure | null;
  /** When that is tried again without a person asking; null = it is not. */
  readonly nextTryAt: string | null;
  /** When a person has to sign in again at the latest. */
  readonly signInBy: string | null;
  /** Where the session is: `memory` also while the vault does not take it. */
  readonly vault: string;
}

/** A token that a session can have. */
export type TokenKind = 'access' | 'id' | 'refresh';

/** The same with what doors with a window go by; times are milliseconds since the epoch. */
export interface SessionOutlook {
  readonly status: SessionStatus;
  /** When to renew unasked; null = never. */
  readonly renewalDue: number | null;
  /** From when on {@link SessionStatus.signInBy} is worth a word. */
  readonly warnFrom: number | null;
  /** Which tokens there are. */
  readonly tokens: readonly TokenKind[];
  /** The newest tokens are in memory alone, because the vault did not take them. */
  readonly unsaved: boolean;
}

/** The status of one connection and what comes next. Errors: those of the vault. */
export async function sessionOutlook(
  parts: Pick<SessionRoom, 'vault' | 'profileOf' | 'clock' | 'unsaved'>,
  connection: Connection,
): Promise<Result<SessionOutlook>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { session, credentials } = secrets.value;
  const now = parts.clock.now();
  const trouble = session?.trouble ?? null;
  const alive =
    session !== null &&
    trouble?.effect !== 'ended' &&
    (!hasEnded(session, now) ||
      (trouble?.effect !== 'refused' && isRenewable(session, connection, credentials, now)));
  const by = session && signInBy(session, connection, credentials);
  return ok({
    status: {
      name: connection.name,
      provider: connection.provider,
      grant: connection.grant,
      state: session === null ? 'signed_out' : alive ? 'signed_in' : 'sign_in_needed',
      subject: session?.subject ?? null,
      displayName: session?.displayName ?? null,
      expiresAt: isoTime(session?.expiresAt),
      refreshExpiresAt: isoTime(session?.refreshExpiresAt),
      failure: trouble?.failure ?? null,
      nextTryAt: isoTime(trouble?.nextTryAt),
      signInBy: isoTime(by?.at),
      vault: parts.unsaved.has(connection.id) ? 'memory' : parts.vault.kind,
    },
    renewalDue: session && renewalDue(session, connection, credentials, now),
    warnFrom: by?.warnFrom ?? null,
    tokens: session === null ? [] : tokensOf(session),
    unsaved: parts.unsaved.has(connection.id),
  });
}

function tokensOf({ refreshToken, idToken }: Session): readonly TokenKind[] {
  return [
    'access',
    ...(idToken === null ? [] : ['id' as const]),
    ...(refreshToken === null ? [] : ['refresh' as const]),
  ];
}

function isoTime(milliseconds: number | null | undefined): string | null {
  return milliseconds === null || milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
