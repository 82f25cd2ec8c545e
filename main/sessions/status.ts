import { type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { SessionRoom } from './parts.ts';
import { hasEnded, isRenewable } from './session.ts';
import { readSessionSecrets } from './stored-session.ts';

/** Where a connection stands, from the vault alone: no network. Times are ISO 8601, null = unknown or none. */
export interface SessionStatus {
  readonly name: string;
  readonly provider: string;
  readonly grant: string;
  readonly state: 'signed_in' | 'signed_out' | 'sign_in_needed';
  readonly subject: string | null;
  readonly expiresAt: string | null;
  readonly refreshExpiresAt: string | null;
  /** Where the session is: `memory` also while the vault does not take it. */
  readonly vault: string;
}

/** The status of one connection. Errors: those of the vault. */
export async function sessionStatus(
  parts: Pick<SessionRoom, 'vault' | 'profileOf' | 'clock' | 'unsaved'>,
  connection: Connection,
): Promise<Result<SessionStatus>> {
  const secrets = await readSessionSecrets(parts, connection);
  if (!secrets.ok) return secrets;
  const { session, credentials } = secrets.value;
  const now = parts.clock.now();
  const usable = session !== null && !session.refusal?.final && session.accessToken !== '';
  const alive =
    usable &&
    (!hasEnded(session, now) ||
      (session.refusal === null && isRenewable(session, connection, credentials, now)));
  return ok({
    name: connection.name,
    provider: connection.provider,
    grant: connection.grant,
    state: session === null ? 'signed_out' : alive ? 'signed_in' : 'sign_in_needed',
    subject: session?.subject ?? null,
    expiresAt: isoTime(session?.expiresAt),
    refreshExpiresAt: isoTime(session?.refreshExpiresAt),
    vault: parts.unsaved.has(connection.id) ? 'memory' : parts.vault.kind,
  });
}

function isoTime(milliseconds: number | null | undefined): string | null {
  return milliseconds === null || milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
