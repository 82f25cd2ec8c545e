import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Vault } from './vault.ts';

/** A vault that forgets everything when the process ends or it is closed. It is open until then. */
export function openMemoryVault(): Vault {
  const items = new Map<string, string>();
  let closed = false;
  const gone = fail('vault_absent', 'The vault in memory was closed.', 'Start again.');
  const open = <T>(answer: () => T): Promise<Result<T>> => Promise.resolve(closed ? gone : ok(answer()));
  return {
    kind: 'memory',
    state: () => Promise.resolve({ state: 'open' }),
    read: (item) => open(() => items.get(item) ?? null),
    write: (item, text) => open(() => void items.set(item, text)),
    remove: (item) => open(() => void items.delete(item)),
    close: () => {
      closed = true;
      items.clear();
      return Promise.resolve();
    },
  };
}
