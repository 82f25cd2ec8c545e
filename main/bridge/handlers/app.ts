import type { Handlers } from '../dispatcher.ts';
import { ok } from '../../../preload/errors.ts';
import type { BridgeParts } from '../parts.ts';

export function appHandlers({ version, door, vault, sandbox }: BridgeParts): Pick<Handlers, 'app.info'> {
  return {
    'app.info': async () => ok({ version, door, vault: await vault.info(), sandbox: sandbox.running() }),
  };
}
