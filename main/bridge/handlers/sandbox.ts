import { ok } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import { removeConnection } from '../../connections/connections.ts';
import type { Console } from '../../console.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import { sandboxConnections } from '../sandbox.ts';
import { changeConnection } from './connections.ts';

export function sandboxHandlers(parts: BridgeParts): Pick<Handlers, 'sandbox.start' | 'sandbox.accept'> {
  const { connections } = parts.console;
  return {
    'sandbox.start': async () => {
      // Not all four need a secret at first: without this, those would be added to a console that cannot sign in.
      const open = await parts.vault.read('canary');
      if (!open.ok) return open;
      const description = await parts.sandbox.start();
      const names: string[] = [];
      const added: Connection[] = [];
      const before = connections.list();
      if (!before.ok) return before;
      for (const { name, provider, input, credentials } of sandboxConnections(description)) {
        const own = before.value.find((each) => each.ownSandbox && each.provider === provider);
        if (own !== undefined) {
          const changed = await changeConnection(parts, own.id, (called) =>
            connections.change(called, input, credentials),
          );
          if (!changed.ok) return takenBack(parts, added, changed);
        } else {
          // A connection of that name which is not ours makes `add` fail with what to do about it.
          const made = await connections.add(provider, { ...input, name }, credentials);
          if (!made.ok) return takenBack(parts, added, made);
          added.push(made.value);
        }
        names.push(own?.name ?? name);
      }
      parts.connectionsChanged();
      return ok({ connections: names });
    },

    'sandbox.accept': async ({ email }) => ok({ accepted: await parts.sandbox.accept(email.trim()) }),
  };
}

/** Removes what was added before one could not be: a sandbox in part looks like a whole one. Gives the failure back. */
async function takenBack<Failed>(
  parts: BridgeParts,
  added: readonly Connection[],
  failed: Failed,
): Promise<Failed> {
  for (const connection of added) await takeBack(parts.console, connection);
  parts.connectionsChanged();
  return failed;
}

async function takeBack({ connections, home }: Console, { id, name }: Connection): Promise<void> {
  const removed = await connections.remove(name);
  // The vault that was closed meanwhile keeps a secret that is invented and public; the connection goes all the same.
  if (!removed.ok) await removeConnection(home, id);
}
