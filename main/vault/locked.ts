import { type Failure, fail } from '../../preload/errors.ts';
import type { Vault, VaultKind } from './vault.ts';

/** What a locked console answers to everything that needs its secrets. */
export const consoleLocked: Failure = fail(
  'vault_locked',
  'This console is locked.',
  'Unlock it, then try again.',
).error;

/** What stands in for the vault of a locked console: it holds nothing and answers nothing. */
export function lockedVault(kind: VaultKind): Vault {
  const refused = { ok: false, error: consoleLocked } as const;
  return {
    kind,
    state: () =>
      Promise.resolve({ state: 'locked', reason: 'console_locked', message: consoleLocked.message }),
    read: () => Promise.resolve(refused),
    write: () => Promise.resolve(refused),
    remove: () => Promise.resolve(refused),
    close: () => Promise.resolve(),
  };
}
