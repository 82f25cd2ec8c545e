import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { readSecrets, updateSecrets } from '../vault/secrets.ts';
import { type ObtainOptions, obtainByGrant } from './obtain.ts';
import type { SessionParts } from './parts.ts';
import type { Session } from './session.ts';
import { lockFolder } from './stored-session.ts';

/**
 * Signs a connection in with its grant and stores the session; a browser is told of success only then.
 * Errors: everything of sign-in, network, provider and vault.
 */
export async function signIn(
  parts: SessionParts,
  connection: Connection,
  options: ObtainOptions,
): Promise<Result<Session>> {
  // The vault is asked first: nobody should sign in at a provider only to hear that the tokens cannot be kept.
  const secrets = await readSecrets<Session>(parts.vault, connection.id);
  if (!secrets.ok) return secrets;
  const { credentials } = secrets.value;
  if (connection.clientAuth !== 'none' && credentials.clientSecret === undefined) {
    return fail(
      'input_invalid',
      `The client secret of ${connection.name} is not in this vault.`,
      `Store it with: latchkey connections set ${connection.name} --client-secret-stdin`,
    );
  }
  if (connection.grant === 'password' && credentials.password === undefined) {
    return fail(
      'input_invalid',
      `The password of ${connection.username ?? 'the system user'} is not in this vault.`,
      `Store it with: latchkey connections set ${connection.name} --password-env VAR`,
    );
  }
  const obtained = await obtainByGrant(parts, connection, credentials, 'sign_in', options);
  if (!obtained.ok) return { ok: false, error: obtained.failure };
  const { session, finish } = obtained.value;
  const stored = await updateSecrets<Session>(
    parts.vault,
    lockFolder(parts.home),
    connection.id,
    (before) => ({
      ...before,
      session,
    }),
  );
  finish(stored.ok ? 'success' : { failure: stored.error });
  return stored.ok ? ok(session) : stored;
}
