import { generateX25519Identity } from 'age-encryption';
import { fail, ok, type Result } from '../../preload/errors.ts';
import { withLock } from '../lock.ts';
import type { Vault } from '../vault/vault.ts';

const item = 'directory-key';

/**
 * The age identity that snapshots are encrypted for, made on first use. What the vault holds after writing counts: two
 * programs that start together would otherwise each keep a key of their own.
 */
export async function snapshotIdentity(vault: Vault): Promise<Result<string>> {
  const known = await vault.read(item);
  if (!known.ok) return known;
  if (known.value !== null) return checked(known.value);
  const written = await vault.write(item, await generateX25519Identity());
  if (!written.ok) return written;
  const stored = await vault.read(item);
  if (!stored.ok) return stored;
  return checked(stored.value ?? '');
}

/** Removes the key: what was kept cannot be read any more. Errors: those of the vault. */
export function removeSnapshotKey(vault: Vault): Promise<Result<void>> {
  return vault.remove(item);
}

const keyLockMs = 20_000;

/**
 * As {@link snapshotIdentity}, for who is going to write: the key is made by one at a time, of all lists and processes.
 * Two that made one at once would each encrypt with their own, and only the later one is in the vault.
 *
 * @param lock a lock file (lock.ts) that all of the profile's programs share
 */
export async function makeSnapshotIdentity(vault: Vault, lock: string): Promise<Result<string>> {
  const made = await withLock(lock, { timeoutMs: keyLockMs }, () => snapshotIdentity(vault));
  return made.ok ? made.value : made;
}

function checked(identity: string): Result<string> {
  return /^AGE-SECRET-KEY-1[0-9A-Z]+$/.test(identity)
    ? ok(identity)
    : fail(
        'settings_corrupt',
        'The key of the saved lists is damaged in the vault.',
        `Remove the vault item "${item}"; the lists are fetched and saved again.`,
      );
}
