/**
 * A process of its own that works on the keychain, since keytar uses the environment of its process and since only a
 * process can show that it ends, or be killed. Prints one JSON line a result.
 *
 * Arguments: JSON of {@link ChildOrder}.
 */
import { readFileSync } from 'node:fs';
import { keychainItems } from '../../main/vault/keychain-items.ts';
import { type KeychainOptions, openKeychain } from '../../main/vault/keychain.ts';
import { keytarInProcess } from '../../main/vault/keytar/calls.ts';
import { forkHelper } from '../../main/vault/keytar/fork.ts';
import { type HelperProcess, helperFile, keytarInHelper } from '../../main/vault/keytar/helper-calls.ts';
import { splitTexts } from '../../main/vault/parts.ts';
import './end-with-parent.ts';

export type Step =
  readonly ['state'] | readonly ['read' | 'remove', string] | readonly ['write', string, string];

export interface ChildOrder {
  readonly options: Omit<KeychainOptions, 'startHelper' | 'helper'>;
  readonly steps: readonly Step[];
  /** Sends a signal just before the n-th change that is made to the keychain, counted from 1; pid 0 is this process. */
  readonly strike?: {
    readonly beforeChange: number;
    readonly pid: number;
    readonly signal: 'SIGKILL' | 'SIGSTOP';
  };
}

const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;

if (order.strike === undefined) {
  const vault = openKeychain(order.options);
  for (const step of order.steps) console.log(JSON.stringify(await run(vault, step)));
} else {
  const { strike, options } = order;
  const timeoutMs = options.callMs ?? 10_000;
  const ready = options.isolation === 'helper' ? await startedHelper() : null;
  const items = keychainItems({
    keytar:
      options.isolation === 'helper'
        ? keytarInHelper({
            file: helperFile(),
            env: process.env,
            timeoutMs,
            ...(ready && { start: () => ready }),
          })
        : keytarInProcess(timeoutMs),
    service: options.service ?? '',
    platform: process.platform,
    env: process.env,
    askMs: options.askMs ?? 10_000,
  });
  let left = strike.beforeChange;
  const countDown = (): void => {
    left -= 1;
    if (left !== 0) return;
    process.kill(strike.pid || process.pid, strike.signal);
    while (/[^ZTtX]/.test(stateOf(strike.pid))); // the signal is on its way until the process has met it
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

/** A helper that has answered once: how long a process takes to start is no part of the bound of its calls. */
async function startedHelper(): Promise<HelperProcess> {
  const helper = forkHelper(helperFile(), process.env);
  await new Promise<unknown>((resolve) => {
    helper.onMessage(resolve);
    helper.send({ id: 0, request: { call: 'get', service: 'nobody', account: 'nobody' } });
  });
  return helper;
}

/** A process' letter in /proc (Z: has ended, T: is stopped); empty where it is gone. */
function stateOf(pid: number): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
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
