import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

export function vaultHandlers({
  vault,
}: BridgeParts): Pick<Handlers, 'vault.info' | 'vault.unlock' | 'vault.use'> {
  return {
    'vault.info': async () => ok(await vault.info()),
    'vault.unlock': (_, { signal }) => vault.unlock(signal),
    'vault.use': ({ kind, passphrase }) => vault.use(kind, passphrase),
  };
}
