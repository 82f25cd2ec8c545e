import path from 'node:path';
import { type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { type ConnectionSecrets, readSecrets } from '../vault/secrets.ts';
import type { SessionParts } from './parts.ts';
import { type Session, sessionBinding } from './session.ts';

export type SessionSecrets = ConnectionSecrets<Session>;

/** The folder of the locks that all doors share; vault/secrets.ts has one there for each connection. */
export function lockFolder(home: string): string {
  return path.join(home, 'locks');
}

/**
 * Credentials and session of a connection as the vault has them now. A session that was made for another binding (the
 * connection was changed since) counts as none. Errors: those of the vault.
 */
export async function readSessionSecrets(
  parts: Pick<SessionParts, 'vault' | 'profileOf'>,
  connection: Connection,
): Promise<Result<SessionSecrets>> {
  const secrets = await readSecrets<Session>(parts.vault, connection.id);
  if (!secrets.ok) return secrets;
  const { session } = secrets.value;
  const binding = sessionBinding(
    connection,
    connectionEndpoints(connection, parts.profileOf(connection.provider)),
  );
  return ok({ ...secrets.value, session: session?.binding === binding ? session : null });
}
