import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import type { Passphrase } from '../vault-choice.ts';

type Methods = `vault.${'info' | 'unlock' | 'lock' | 'active' | 'use'}`;

export function vaultHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { vault, lock } = parts;
  return {
    'vault.info': async () => ok(await vault.info()),
    'vault.unlock': ({ passphrase, makeFile }, { signal }) => {
      parts.active();
      return lock.opening(() => vault.unlock(signal, passphraseOf(passphrase, makeFile)));
    },
    'vault.lock': () => lock.lock(),
    'vault.active': () => {
      parts.active();
      return Promise.resolve(ok({}));
    },
    'vault.use': ({ kind, passphrase, makeFile }) => {
      parts.active();
      return lock.opening(() => vault.use(kind, passphraseOf(passphrase, makeFile)));
    },
  };
}

function passphraseOf(text: string | undefined, makes = false): Passphrase | undefined {
  return text === undefined ? undefined : { text, makes };
}
