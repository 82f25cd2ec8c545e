import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { listConnections } from '../connections/connections.ts';
import { readSecrets, withSecretsLock } from '../vault/secrets.ts';
import { lockFolder } from './lock-folder.ts';
import { type ObtainOptions, obtainByGrant } from './obtain.ts';
import type { SessionRoom } from './parts.ts';
import type { Credentials, Session } from './session.ts';
import { keepUnsaved, storeSessionLocked } from './unsaved.ts';
import { typedName } from '../connections/typed-name.ts';

export interface SignInOptions extends ObtainOptions {
  /** Secrets to sign in with in place of those in the vault; who is let in with them stores them by `letIn`. */
  readonly credentials?: Credentials;
  /** Called when the server has let us in, before the session is stored; its failure becomes that of the sign-in. */
  readonly letIn?: () => Promise<Result<unknown>>;
}

/**
 * Signs a connection in with its grant and stores the session; a browser is told of success only then. A session that
 * the vault does not take is kept in memory, and the failure says so.
 * Errors: everything of sign-in, network, provider and vault.
 */
export async function signIn(
  parts: SessionRoom,
  connection: Connection,
  options: SignInOptions,
): Promise<Result<Session>> {
  // The vault is asked first: nobody should sign in at a provider only to hear that the tokens cannot be kept.
  const secrets = await readSecrets<Session>(parts.vault, connection.id);
  if (!secrets.ok) return secrets;
  const credentials = { ...secrets.value.credentials, ...options.credentials };
  if (connection.clientAuth !== 'none' && credentials.clientSecret === undefined) {
    return fail(
      'input_invalid',
      `The client secret of ${connection.name} is not in this vault.`,
      `Store it with: latchkey connections set ${typedName(connection)} --client-secret-stdin`,
      'clientSecret',
    );
  }
  if (connection.grant === 'password' && credentials.password === undefined) {
    return fail(
      'input_invalid',
      `The password of ${connection.username ?? 'the system user'} is not in this vault.`,
      `Store it with: latchkey connections set ${typedName(connection)} --password-env VAR`,
      'password',
    );
  }
  const obtained = await obtainByGrant(parts, connection, credentials, 'sign_in', options);
  if (!obtained.ok) return { ok: false, error: obtained.failure };
  const { session, finish, keepKeys } = obtained.value;
  const saved = await options.letIn?.();
  // Saving may have signed the session of before out.
  const now = saved?.ok ? await readSecrets<Session>(parts.vault, connection.id) : secrets;
  const replaces = now.ok ? now.value.session : secrets.value.session;
  const failure = saved?.ok === false ? saved.error : await store(parts, connection, session, replaces);
  finish(failure === null ? 'success' : { failure });
  await keepKeys();
  return failure === null ? ok(session) : { ok: false, error: failure };
}

/** Longer than any renewal takes: somebody has just signed in, and would have to do it again. */
const storeWaitMs = 120_000;

async function store(
  room: SessionRoom,
  connection: Connection,
  session: Session,
  replaces: Session | null,
): Promise<Failure | null> {
  const outcome = await withSecretsLock(
    lockFolder(room.home),
    connection.id,
    { timeoutMs: storeWaitMs },
    async () => {
      const listed = listConnections(room.home);
      // Settings that cannot be read say nothing; a login is not thrown away for that.
      if (listed.ok && !listed.value.some(({ id }) => id === connection.id)) return removed(connection);
      // A person is there and hears of a vault that does not take it at once; only renewals are offered to it for longer.
      return storeSessionLocked({ ...room, storeForMs: 0 }, connection, session, replaces);
    },
  );
  return outcome.ok ? outcome.value : keepUnsaved(room, connection, session, replaces, outcome.error);
}

/** Nothing is stored for a connection that is gone: nobody would find it again to sign it out. */
function removed(connection: Connection): Failure {
  return {
    code: 'not_found',
    message: `${connection.name} was removed while it was being signed in.`,
    hint: 'Nothing was stored. Add the connection again and sign in.',
  };
}
