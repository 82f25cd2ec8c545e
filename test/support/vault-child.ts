/**
 * A process of its own that works on the keychain, since keytar uses the environment of its process and since only a
 * process can show that it ends, or be killed. Prints one JSON line a result.
 *
 * Arguments: JSON of {@link ChildOrder}.
 */
import { keychainItems } from '../../main/vault/keychain-items.ts';
import { type KeychainOptions, openKeychain } from '../../main/vault/keychain.ts';
import { keytarInProcess } from '../../main/vault/keytar/calls.ts';
import { splitTexts } from '../../main/vault/parts.ts';

export type Step =
  readonly ['state'] | readonly ['read' | 'remove', string] | readonly ['write', string, string];

export interface ChildOrder {
  readonly options: Omit<KeychainOptions, 'startHelper' | 'helper'>;
  readonly steps: readonly Step[];
  /** Kill this process (SIGKILL) just before the n-th change that it makes to the keychain, counted from 1. */
  readonly dieBeforeChange?: number;
}

const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;

if (order.dieBeforeChange === undefined) {
  const vault = openKeychain(order.options);
  for (const step of order.steps) console.log(JSON.stringify(await run(vault, step)));
} else {
  const items = keychainItems({
    keytar: keytarInProcess(10_000),
    service: order.options.service ?? '',
    platform: process.platform,
    env: process.env,
    askMs: 10_000,
  });
  let left = order.dieBeforeChange;
  const countDown = (): void => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
  const texts = splitTexts(
    {
      read: (name) => items.read(name),
      write: (name, text) => {
        countDown();
        return items.write(name, text);
      },
      remove: (name) => {
        countDown();
        return items.remove(name);
      },
    },
    order.options.itemLimit ?? null,
  );
  for (const step of order.steps)
    console.log(JSON.stringify(await run({ ...texts, state: () => items.state() }, step)));
}

function run(
  vault: Pick<ReturnType<typeof openKeychain>, 'state' | 'read' | 'write' | 'remove'>,
  step: Step,
): Promise<unknown> {
  switch (step[0]) {
    case 'state':
      return vault.state();
    case 'write':
      return vault.write(step[1], step[2]);
    case 'read':
      return vault.read(step[1]);
    case 'remove':
      return vault.remove(step[1]);
  }
}
