import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `vault.${'info' | 'unlock' | 'lock' | 'active' | 'use'}`;

export function vaultHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { vault, lock } = parts;
  return {
    'vault.info': async () => ok(await vault.info()),
    'vault.unlock': ({ passphrase }, { signal }) => {
      parts.active();
      return lock.opening(() => vault.unlock(signal, passphrase));
    },
    'vault.lock': () => lock.lock(),
    'vault.active': () => {
      parts.active();
      return Promise.resolve(ok({}));
    },
    'vault.use': ({ kind, passphrase }) => {
      parts.active();
      return lock.opening(() => vault.use(kind, passphrase));
    },
  };
}
