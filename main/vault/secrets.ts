import path from 'node:path';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { type LockOptions, withLock } from '../lock.ts';
import { type ConnectionSecrets, itemName, parseSecrets } from './secrets-format.ts';
import type { Vault } from './vault.ts';

export type { ConnectionSecrets } from './secrets-format.ts';

/** How others are waited for: what ends the wait, and who is told of it. */
export type LockWait = Pick<LockOptions, 'signal' | 'waiting'>;

const lockWaitMs = 30_000;

function noSecrets(): ConnectionSecrets<never> {
  return { version: 1, credentials: {}, session: null };
}

/**
 * A connection's secrets; empty ones where none are stored. Errors: the vault's; vault_denied where what is stored
 * cannot be understood.
 */
export async function readSecrets<Session>(
  vault: Vault,
  connectionId: string,
): Promise<Result<ConnectionSecrets<Session>>> {
  const text = await vault.read(itemName(connectionId));
  if (!text.ok) return text;
  if (text.value === null) return ok(noSecrets());
  const secrets = parseSecrets<Session>(text.value);
  return secrets ? ok(secrets) : unreadable();
}

/**
 * Reads, changes and stores a connection's secrets while no other process or caller does; gives what is stored now.
 * `change` returning its argument itself stores nothing. Errors: as {@link readSecrets}, vault_write_failed, timeout.
 */
export async function updateSecrets<Session>(
  vault: Vault,
  lockFolder: string,
  connectionId: string,
  change: (secrets: ConnectionSecrets<Session>) => ConnectionSecrets<Session>,
  wait: LockWait = {},
): Promise<Result<ConnectionSecrets<Session>>> {
  const outcome = await withSecretsLock(lockFolder, connectionId, wait, () =>
    updateSecretsLocked(vault, connectionId, change),
  );
  return outcome.ok ? outcome.value : outcome;
}

/** {@link updateSecrets} for work that runs under {@link withSecretsLock} already, as a refresh does. */
export async function updateSecretsLocked<Session>(
  vault: Vault,
  connectionId: string,
  change: (secrets: ConnectionSecrets<Session>) => ConnectionSecrets<Session>,
): Promise<Result<ConnectionSecrets<Session>>> {
  const before = await readSecrets<Session>(vault, connectionId);
  if (!before.ok) return before;
  const after = change(before.value);
  if (after === before.value) return before;
  const written = await vault.write(itemName(connectionId), JSON.stringify(after));
  return written.ok ? ok(after) : written;
}

/**
 * Runs `work` as the only one, in all processes on this profile, that changes this connection's secrets. Not
 * re-entrant. Errors: those of {@link withLock}; a connection id that is none throws.
 */
export function withSecretsLock<T>(
  lockFolder: string,
  connectionId: string,
  options: LockWait & { readonly timeoutMs?: number },
  work: () => Promise<T>,
): Promise<Result<T>> {
  itemName(connectionId);
  const file = path.join(lockFolder, `connection-${connectionId}`);
  return withLock(file, { ...options, timeoutMs: options.timeoutMs ?? lockWaitMs }, work);
}

/**
 * Removes everything secret about a connection, also what cannot be understood.
 * @param then follows under the same lock where that is done: who removes the connection itself there leaves no moment
 * in which a sign-in could store a session that nobody would find again
 */
export async function removeSecrets(
  vault: Vault,
  lockFolder: string,
  connectionId: string,
  then?: () => Promise<Result<void>>,
): Promise<Result<void>> {
  const outcome = await withSecretsLock(lockFolder, connectionId, {}, async () => {
    const removed = await vault.remove(itemName(connectionId));
    return removed.ok && then ? then() : removed;
  });
  return outcome.ok ? outcome.value : outcome;
}

function unreadable(): Result<never> {
  return fail(
    'vault_denied',
    'What the vault holds for this connection cannot be understood: it is damaged, or a newer Latchkey wrote it.',
    'Nothing was overwritten. Use the newest Latchkey, or remove the connection, add it again and sign in.',
  );
}
