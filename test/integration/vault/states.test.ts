import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../preload/errors.ts';
import { type TestBus, type TestKeyring, startBus, startKeyring } from '../../support/keyring.ts';
import { type Ended, runChild } from '../../support/run-child.ts';
import type { ChildOrder } from '../../support/vault-child.ts';

// Every state that the keychain of a Linux desktop can be in, on a real gnome-keyring. docs/security.md has the same table for
// people.

let keyring: TestKeyring;
let empty: TestBus;
let fresh: TestBus;
let silent: Server;
beforeAll(async () => {
  [keyring, empty, fresh] = await Promise.all([startKeyring(), startBus(), startBus()]);
  const held = await run({ steps: [['write', 'connection:k', 'kept']] });
  if (held.code !== 0) throw new Error(held.stderr);
  const library = path.join(keyring.folder, 'lib');
  await mkdir(library);
  await writeFile(path.join(library, 'libsecret-1.so.0'), 'no library');
  silent = createServer(() => undefined).listen(path.join(empty.folder, 'silent'));
  await once(silent, 'listening');
});
afterAll(async () => {
  silent.close();
  await Promise.all([keyring.stop(), empty.stop(), fresh.stop()]);
});

const service = 'states';
function run(order: Partial<ChildOrder>, env: Record<string, string> = keyring.env): Promise<Ended> {
  const { options = {}, steps = [], ...more } = order;
  return runChild('vault-child.ts', { options: { service, ...options }, steps, ...more }, env);
}

interface State {
  readonly what: string;
  readonly begin?: () => Promise<void> | void;
  readonly end?: () => Promise<void> | void;
  /** The keyring's own where missing. */
  readonly env?: () => Record<string, string>;
  /** What `state` says; open where missing. */
  readonly state?: 'locked' | 'absent';
  readonly reason?: string;
  /** What is said of it. */
  readonly words?: RegExp;
  /** What every call fails with. */
  readonly code?: ErrorCode;
  readonly options?: ChildOrder['options'];
}

const states: readonly State[] = [
  { what: 'open' },
  {
    what: 'locked',
    begin: () => keyring.lock(),
    end: () => keyring.unlock(),
    state: 'locked',
    reason: 'locked',
    code: 'vault_locked',
  },
  {
    what: 'locked, and a wrong password was given',
    begin: async () => {
      await keyring.lock();
      await expect(keyring.unlock('not the password')).rejects.toThrow('UnlockWithMasterPassword');
    },
    end: () => keyring.unlock(),
    state: 'locked',
    reason: 'locked',
    code: 'vault_locked',
  },
  {
    what: 'the program behind it has crashed',
    begin: () => keyring.crash(),
    end: () => keyring.restart(),
    state: 'absent',
    reason: 'no_service',
    code: 'vault_absent',
  },
  {
    what: 'the program behind it hangs',
    begin: () => keyring.pause(),
    end: () => keyring.resume(),
    options: { askMs: 500 },
    state: 'absent',
    reason: 'service_hung',
    code: 'vault_absent',
  },
  {
    what: 'nobody offers the Secret Service',
    env: () => empty.env,
    state: 'absent',
    reason: 'no_service',
    code: 'vault_absent',
  },
  {
    what: 'there is no session bus',
    env: () => ({ PATH: process.env.PATH ?? '', HOME: keyring.folder }),
    state: 'absent',
    reason: 'no_dbus',
    words: /there is no D-Bus session bus here/,
    code: 'vault_absent',
  },
  {
    what: 'nobody listens at the address of the session bus',
    env: () => ({ ...empty.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${empty.folder}/nobody` }),
    state: 'absent',
    reason: 'no_dbus',
    words: /answers at the address in DBUS_SESSION_BUS_ADDRESS/,
    code: 'vault_absent',
  },
  {
    what: 'whoever listens there says nothing',
    env: () => ({ ...empty.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${empty.folder}/silent` }),
    options: { askMs: 500 },
    state: 'absent',
    reason: 'no_dbus',
    code: 'vault_absent',
  },
  {
    what: 'libsecret cannot be loaded',
    env: () => ({ ...keyring.env, LD_LIBRARY_PATH: path.join(keyring.folder, 'lib') }),
    state: 'absent',
    reason: 'library_missing',
    code: 'vault_absent',
  },
];

/** libsecret by itself waits 25 s and more; nothing here may come near it, however busy the machine is. */
const endsWithinMs = 20_000;

describe.each(states)('$what', ({ begin, end, env, state, reason, words = /^/, code, options = {} }) => {
  afterEach(() => end?.());

  test.each(['in-process', 'helper'] as const)('named, ended, nothing lost: %s', async (isolation) => {
    await begin?.();
    const startedAt = performance.now();
    const child = await run(
      {
        options: { ...options, isolation },
        steps: [
          ['state'],
          ['read', 'connection:k'],
          ['read', 'none'],
          ['write', 'new', 'x'],
          ['remove', 'new'],
        ],
      },
      env?.(),
    );
    expect(performance.now() - startedAt).toBeLessThan(endsWithinMs);
    expect(child).toMatchObject({ code: 0, signal: null, stderr: '' });
    const message = expect.stringMatching(words) as string;
    const refused = { ok: false, error: { code, message } };
    expect(child.lines).toMatchObject(
      state === undefined
        ? [{ state: 'open' }, { value: 'kept' }, { value: null }, { ok: true }, { ok: true }]
        : [{ state, reason, message }, refused, refused, refused, refused],
    );
    await end?.();
    const after = await run({ steps: [['read', 'connection:k'], ['state']] });
    expect(after.lines).toEqual([{ ok: true, value: 'kept' }, { state: 'open' }]);
  });
});

/** A daemon anew, over what the old one had put on the disk. */
const again = (): Promise<void> => keyring.crash().then(() => keyring.restart());

const before = JSON.stringify({ accessToken: 'before-'.repeat(900) });
const after = JSON.stringify({ accessToken: 'after--'.repeat(900) });

test.each([
  {
    what: 'crashes',
    signal: 'SIGKILL',
    mend: again,
    options: { isolation: 'in-process', itemLimit: 2_560 },
    reason: 'no program on the session bus',
  },
  {
    what: 'hangs',
    signal: 'SIGSTOP',
    mend: () => {
      keyring.resume();
      return Promise.resolve();
    },
    // In the process itself the call would hold the process (keytar/calls.ts). The times are what a well daemon may take on
    // a busy machine: where it seems to hang at every change, no write gets through and this never ends.
    options: { isolation: 'helper', itemLimit: 2_560, askMs: 2_000, callMs: 4_000 },
    reason: 'does not answer',
  },
] as const)(
  'the program behind it $what before any of the changes of a write',
  async (row) => {
    for (let change = 1; ; change += 1) {
      // The daemon is well here, and has all the time that a busy machine takes.
      const { isolation, itemLimit } = row.options;
      const well = { isolation, itemLimit };
      expect((await run({ options: well, steps: [['write', 'big', before]] })).lines).toEqual([{ ok: true }]);
      if (row.signal === 'SIGKILL') await again();
      const child = await run({
        options: row.options,
        steps: [['write', 'big', after]],
        strike: { beforeChange: change, pid: keyring.pid(), signal: row.signal },
      });
      expect(child).toMatchObject({ code: 0, signal: null, stderr: '' });
      const [written] = child.lines as [{ ok: boolean; error?: { message: string } }];
      if (!written.ok) expect(written.error?.message).toContain(row.reason);
      await row.mend();
      const { lines } = await run({ options: well, steps: [['read', 'big']] });
      const read = (lines[0] as { value?: string }).value;
      expect([before, after], `before change ${change}`).toContain(read);
      if (written.ok) expect(read).toBe(after);
      // The last change leaves nothing to be struck: the write is through.
      if (written.ok && change > 4) return;
    }
  },
  240_000,
);
