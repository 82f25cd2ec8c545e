import { type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { type ConnectionSecrets, readSecrets } from '../vault/secrets.ts';
import type { SessionRoom } from './parts.ts';
import { type Session, sessionBinding } from './session.ts';
import { sessionInEffect } from './unsaved.ts';

export type SessionSecrets = ConnectionSecrets<Session>;

/**
 * Credentials and session of a connection as they are now: in the vault, or in memory where the vault did not take the
 * newest session. A session that was made for another binding (the connection was changed since) counts as none.
 * Errors: those of the vault.
 */
export async function readSessionSecrets(
  parts: Pick<SessionRoom, 'vault' | 'profileOf' | 'unsaved'>,
  connection: Connection,
): Promise<Result<SessionSecrets>> {
  const secrets = await readSecrets<Session>(parts.vault, connection.id);
  if (!secrets.ok) return secrets;
  const session = sessionInEffect(parts, connection.id, secrets.value.session);
  const own = session?.binding === bindingNow(parts, connection) ? session : null;
  return ok({
    ...secrets.value,
    // Sessions that were stored before troubles were remembered have none.
    session: own && { ...own, trouble: (own as Partial<Session>).trouble ?? null },
  });
}

/** What a session of this connection has to be bound to as the connection is configured now. */
export function bindingNow(parts: Pick<SessionRoom, 'profileOf'>, connection: Connection): string {
  return sessionBinding(connection, connectionEndpoints(connection, parts.profileOf(connection.provider)));
}
