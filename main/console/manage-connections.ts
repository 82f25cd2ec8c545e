import { randomUUID } from 'node:crypto';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import {
  addConnection,
  changeConnection,
  connectionOfId,
  findConnection,
  nameTaken,
  removeConnection,
} from '../connections/connections.ts';
import { type ConnectionInput, describeConnection } from '../connections/describe.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { checkEndpointUrl } from '../http/endpoint-url.ts';
import { checkProviderId } from '../providers/catalogue.ts';
import type { ProviderId } from '../providers/provider.ts';
import type { ObtainOptions } from '../sessions/obtain.ts';
import type { SignedOut } from '../sessions/sign-out.ts';
import { type LockWait, readSecrets, removeSecrets, updateSecrets } from '../vault/secrets.ts';
import { type Session, sessionBinding } from '../sessions/session.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import type { ServiceParts } from './parts.ts';

/** Secrets a user gives for a connection; undefined = unchanged. */
export interface CredentialsInput {
  readonly clientSecret?: string;
  readonly password?: string;
}

export interface ChangedConnection {
  readonly connection: Connection;
  /** What became of a session that no longer fits; null where it stayed, or there was none. */
  readonly signedOut: SignedOut | null;
}

export interface ConnectionChanges {
  /** Errors: input_invalid, connection_exists, settings_corrupt, vault_*. Nothing is saved then. */
  add(
    provider: ProviderId,
    input: ConnectionInput,
    credentials: CredentialsInput,
  ): Promise<Result<Connection>>;
  /**
   * Signs in as the connection would be once it is changed, and changes it only when it is let in: a secret that works is not
   * given up for one that the server refuses. Errors: as `change`, and those of a sign-in; the failure says what was kept.
   */
  changeSignedIn(
    name: string,
    input: ConnectionInput,
    credentials: CredentialsInput,
    options?: ObtainOptions,
  ): Promise<Result<ChangedConnection & { readonly session: Session }>>;
  /**
   * Changes what is given. A session made for other endpoints, client, grant or scope is signed out: at the server that
   * issued it, where that can; the lists that were kept with it are removed. Errors: as `add`, not_found. Nothing is saved then.
   */
  change(
    name: string,
    input: ConnectionInput,
    credentials: CredentialsInput,
    signal?: AbortSignal,
  ): Promise<Result<ChangedConnection>>;
  /**
   * Signs out (revoking where the server can), forgets the credentials, then the connection: also where what the vault
   * holds for it cannot be understood. `wait`: how a renewal that is under way is waited for. Errors: not_found,
   * settings_corrupt, vault_*, timeout, cancelled (while it waited; nothing is removed then).
   */
  remove(name: string, signal?: AbortSignal, wait?: LockWait): Promise<Result<SignedOut>>;
}

interface DescribedChange {
  readonly connection: Connection;
  /** The same change of the connection as it is by then. */
  readonly describe: (current: Connection) => Result<Connection>;
}

/** What can be changed of the connections of this profile. */
export function connectionChanges(parts: ServiceParts): ConnectionChanges {
  const { home, vault } = parts;
  const storeCredentials = (id: string, credentials: CredentialsInput): Promise<Result<unknown>> =>
    updateSecrets<Session>(vault, lockFolder(home), id, (before) => ({
      ...before,
      credentials: { ...before.credentials, ...credentials },
    }));
  /** The old settings stand, so the old credentials have to. */
  const putBack = (id: string, credentials: CredentialsInput): Promise<Result<unknown>> =>
    updateSecrets<Session>(vault, lockFolder(home), id, (now) => ({ ...now, credentials }));
  const hasAny = ({ clientSecret, password }: CredentialsInput): boolean =>
    clientSecret !== undefined || password !== undefined;

  /** The connection as it would be, and how to make it that. Nothing is saved yet. */
  async function describeChange(
    previous: Connection,
    input: ConnectionInput,
    credentials: CredentialsInput,
  ): Promise<Result<DescribedChange>> {
    let secretKnown = credentials.clientSecret !== undefined || previous.clientAuth !== 'none';
    const otherGrant = input.grant !== undefined && input.grant !== previous.grant;
    if (!secretKnown && (otherGrant || input.clientAuth !== undefined) && input.clientAuth !== 'none') {
      const secrets = await readSecrets<Session>(vault, previous.id);
      if (!secrets.ok) return secrets;
      secretKnown = secrets.value.credentials.clientSecret !== undefined;
    }
    // A public client that is given a secret becomes a confidential one, as the provider documents it.
    const grant = parts
      .profileOf(previous.provider)
      .grants.find((offered) => offered.grant === (input.grant ?? previous.grant));
    const confidential =
      previous.clientAuth === 'none' &&
      credentials.clientSecret !== undefined &&
      input.clientAuth === undefined;
    const describe = (current: Connection): Result<Connection> =>
      describeConnection(
        parts.profileOf(current.provider),
        confidential && grant ? { ...input, clientAuth: grant.clientAuth } : input,
        { clientSecret: secretKnown },
        { id: current.id, createdAt: current.createdAt, previous: current, checkUrl: checkEndpointUrl },
      );
    const described = describe(previous);
    if (!described.ok) return described;
    const named = findConnection(home, described.value.name);
    if (named.ok && named.value.id !== previous.id) return nameTaken(named.value.name);
    return ok({ connection: described.value, describe });
  }

  const bindingOf = (connection: Connection): string =>
    sessionBinding(connection, connectionEndpoints(connection, parts.profileOf(connection.provider)));

  async function changeFound(
    previous: Connection,
    input: ConnectionInput,
    credentials: CredentialsInput,
    signal?: AbortSignal,
  ): Promise<Result<ChangedConnection>> {
    const described = await describeChange(previous, input, credentials);
    if (!described.ok) return described;
    const { describe } = described.value;
    const other = bindingOf(previous) !== bindingOf(described.value.connection);
    if (other) {
      // Nobody should see one account's people under another's name.
      const { removeSnapshots } = await import('../directory/snapshot.ts');
      const unkept = await removeSnapshots(home, previous.id);
      if (!unkept.ok) return unkept;
    }
    // The credentials that the old tokens are revoked with, before new ones take their place.
    const before = other || hasAny(credentials) ? await readSecrets<Session>(vault, previous.id) : null;
    if (hasAny(credentials)) {
      if (before?.ok === false) return before;
      const stored = await storeCredentials(previous.id, credentials);
      if (!stored.ok) return stored;
    }
    const changed = await changeConnection(home, previous, describe);
    if (!changed.ok) {
      // Somebody removed it meanwhile: what was just stored for it would never be found again.
      if (changed.error.code === 'not_found' && hasAny(credentials))
        await removeSecrets(vault, lockFolder(home), previous.id);
      else if (hasAny(credentials) && before?.ok) await putBack(previous.id, before.value.credentials);
      return changed;
    }
    if (!other || before === null) return ok({ connection: changed.value, signedOut: null });
    const left = before.ok
      ? await parts.sessions.signOutBefore(previous, before.value.credentials, signal)
      : before;
    // The settings are saved: that the old session could not be taken away is part of the answer. It is not used any more.
    const signedOut: SignedOut | null = left.ok ? left.value : { revoked: 'failed', failure: left.error };
    return ok({ connection: changed.value, signedOut });
  }

  return {
    async changeSignedIn(name, input, credentials, options = {}) {
      const found = findConnection(home, name);
      if (!found.ok) return found;
      const previous = found.value;
      const described = await describeChange(previous, input, credentials);
      if (!described.ok) return described;
      const { connection } = described.value;
      const saved: { change: ChangedConnection | null } = { change: null };
      const signedIn = await parts.sessions.signIn(connection, {
        ...options,
        credentials,
        letIn: async () => {
          // Its name may be another's by now.
          const now = connectionOfId(home, previous.id);
          // One that was removed meanwhile is said as in any other sign-in.
          if (!now.ok) return now.error.code === 'not_found' ? ok(null) : now;
          const changed = await changeFound(now.value, input, credentials, options.signal);
          if (changed.ok) saved.change = changed.value;
          return changed;
        },
      });
      if (!signedIn.ok) {
        const { error } = signedIn;
        const kept = saved.change === null && error.code !== 'not_found';
        return { ok: false, error: kept ? keptAsItWas(previous, error) : error };
      }
      return ok({ connection, signedOut: null, ...saved.change, session: signedIn.value });
    },

    async add(provider, input, credentials) {
      const known = checkProviderId(provider);
      if (!known.ok) return known;
      const described = describeConnection(
        parts.profileOf(provider),
        input,
        { clientSecret: credentials.clientSecret !== undefined },
        {
          id: randomUUID(),
          createdAt: new Date(parts.clock.now()).toISOString(),
          checkUrl: checkEndpointUrl,
        },
      );
      if (!described.ok) return described;
      const connection = described.value;
      const taken = findConnection(home, connection.name);
      if (!taken.ok && taken.error.code !== 'not_found') return taken;
      // Secrets first: a connection that is listed can always be signed in.
      if (hasAny(credentials) && !taken.ok) {
        const stored = await storeCredentials(connection.id, credentials);
        if (!stored.ok) return stored;
      }
      const added = await addConnection(home, connection);
      if (!added.ok && !taken.ok) await removeSecrets(vault, lockFolder(home), connection.id);
      return added;
    },

    async change(name, input, credentials, signal) {
      const found = findConnection(home, name);
      return found.ok ? changeFound(found.value, input, credentials, signal) : found;
    },

    async remove(name, signal, wait) {
      const found = findConnection(home, name);
      if (!found.ok) return found;
      const connection = found.value;
      const signedOut = await parts.sessions.signOut(connection, signal, wait);
      // Damaged secrets cannot be revoked, but they can be taken away; a vault that refuses does so below once more.
      if (!signedOut.ok && signedOut.error.code !== 'vault_denied') return signedOut;
      const { removeSnapshots } = await import('../directory/snapshot.ts');
      const unkept = await removeSnapshots(home, connection.id);
      if (!unkept.ok) return unkept;
      const removed = await removeSecrets(vault, lockFolder(home), connection.id, () =>
        removeConnection(home, connection.id),
      );
      if (!removed.ok) return removed;
      return signedOut.ok ? signedOut : ok({ revoked: 'failed', failure: signedOut.error });
    },
  };
}

/** Before the hint, which may end with a command. */
function keptAsItWas({ name }: Connection, failure: Failure): Failure {
  return { ...failure, hint: `${name} is as it was, with what the vault held for it. ${failure.hint}` };
}
