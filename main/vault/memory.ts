import { ok } from '../../preload/errors.ts';
import type { Vault } from './vault.ts';

/** A vault that forgets everything when the process ends. It is always open. */
export function openMemoryVault(): Vault {
  const items = new Map<string, string>();
  return {
    kind: 'memory',
    state: () => Promise.resolve({ state: 'open' }),
    read: (item) => Promise.resolve(ok(items.get(item) ?? null)),
    write: (item, text) => {
      items.set(item, text);
      return Promise.resolve(ok(undefined));
    },
    remove: (item) => {
      items.delete(item);
      return Promise.resolve(ok(undefined));
    },
    close: () => {
      items.clear();
      return Promise.resolve();
    },
  };
}
