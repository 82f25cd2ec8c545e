import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import { sandboxConnections } from '../sandbox.ts';
import { changeConnection } from './connections.ts';

export function sandboxHandlers(parts: BridgeParts): Pick<Handlers, 'sandbox.start' | 'sandbox.accept'> {
  const { connections } = parts.console;
  return {
    'sandbox.start': async () => {
      const description = await parts.sandbox.start();
      const names: string[] = [];
      for (const { name, provider, input, credentials } of sandboxConnections(description)) {
        const found = connections.find(name);
        const known = found.ok && found.value.provider === provider && found.value.environment === 'sandbox';
        // A connection of that name which is not ours makes `add` fail with what to do about it.
        const made = known
          ? await changeConnection(parts, found.value.id, { input, credentials })
          : await connections.add(provider, { ...input, name }, credentials);
        parts.connectionsChanged();
        if (!made.ok) return made;
        names.push(name);
      }
      return ok({ connections: names });
    },

    'sandbox.accept': async ({ email }) => ok({ accepted: await parts.sandbox.accept(email.trim()) }),
  };
}
