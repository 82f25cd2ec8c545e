import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../support/cli.ts';
import { add, clientOf, vendorOf } from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';
import { runChild } from '../support/run-child.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let cli: CommandLine;
let home: string;

beforeAll(async () => {
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess()]);
  ({ cli, home } = await newProfile(keyring.env));
});
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

test('a locked console has no token, secret, key or row left in its heap, and opens again', async () => {
  const vendor = vendorOf(sandbox.description, 'konexus');
  const client = clientOf(vendor, 'client_credentials');
  await add(cli, vendor, client, 'acme');
  expect((await cli.run(['login', 'acme'])).code).toBe(0);
  const token = (await cli.run(['token', 'acme'])).out.trim();
  const [someone] = (await cli.json(['users', 'acme'])).value as { displayName: string }[];
  const before = path.join(home, 'before.heapsnapshot');
  const after = path.join(home, 'after.heapsnapshot');
  const child = await runChild(
    'locked-console-child.ts',
    { home, before, after },
    { ...keyring.env, LATCHKEY_HOME: home },
  );
  expect(child.lines).toMatchObject([
    { users: true, token: true },
    { locked: { value: { vault: { reason: 'console_locked' }, unsaved: [] } }, refused: 'vault_locked' },
    { unlocked: { value: { state: 'open' } }, again: true },
  ]);
  expect(child).toMatchObject({ code: 0, stderr: '' });

  const inHeap: Readonly<Record<string, (heap: string) => boolean>> = {
    'access token': (heap) => heap.includes(token.slice(-40)),
    'client secret': (heap) => heap.includes(client.clientSecret ?? ''),
    // A snapshot holds the beginning of a long text only: an item as it lies in the vault is known by that.
    'an item of the vault': (heap) => heap.includes(String.raw`{\"version\":1,\"credentials\":`),
    'key of the kept lists': (heap) => /AGE-SECRET-KEY-1[0-9A-Z]{50}/.test(heap),
    'a name in a list': (heap) => heap.includes(someone?.displayName ?? ''),
  };
  const found = async (file: string): Promise<string[]> => {
    const heap = await readFile(file, 'utf8');
    return Object.entries(inHeap).flatMap(([what, isIn]) => (isIn(heap) ? [what] : []));
  };
  // What was there is found where it is: else this would prove nothing.
  expect(await found(before)).toEqual(expect.arrayContaining(['access token', 'a name in a list']));
  expect(await found(after)).toEqual([]);
});
