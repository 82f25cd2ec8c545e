import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

export function appHandlers(parts: BridgeParts): Pick<Handlers, 'app.info' | 'app.clearAllData'> {
  const { version, door, vault, sandbox } = parts;
  return {
    'app.info': async () => ok({ version, door, vault: await vault.info(), sandbox: sandbox.running() }),
    'app.clearAllData': async (_, { signal }) => {
      const { signedOut, left } = await parts.console.clearAllData(vault.all(), signal);
      await vault.forgetFile();
      parts.connectionsChanged();
      return ok({ signedOut: [...signedOut], left: [...left] });
    },
  };
}
