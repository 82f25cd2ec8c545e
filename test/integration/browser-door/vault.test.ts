import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenBridge, openBridge } from '../../../main/bridge/open.ts';
import type { ConnectionInfo, ScreenMessage } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';

let keyring: TestKeyring;
let home = '';
let bridge: OpenBridge;
let call: (method: string, input?: unknown) => Promise<unknown>;
const messages: ScreenMessage[] = [];

beforeAll(async () => {
  keyring = await startKeyring();
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-vault-'));
  bridge = openBridge({
    door: 'browser',
    version: '0.0.0',
    home,
    env: {},
    keychain: { env: keyring.env },
    openBrowser: () => Promise.resolve(ok(undefined)),
    deliver: () => expect.unreachable('nothing is exported here'),
    note: (line) => expect.unreachable(line),
  });
  const waiting = new Map<number, (result: unknown) => void>();
  const screen = bridge.dispatcher.connect((message) => {
    messages.push(message);
    if (message.type === 'answer') waiting.get(message.request)?.(message.result);
  });
  let last = 0;
  call = (method, input = {}) =>
    new Promise((resolve) => {
      const request = (last += 1);
      waiting.set(request, resolve);
      screen.receive({ request, method, input });
    });
});
afterAll(async () => {
  await bridge.close();
  await keyring.stop();
  await rm(home, { recursive: true, force: true });
});

const typed = { provider: 'konexus', clientId: 'harbour', clientSecret: 'demo-1' };
const states = async (): Promise<string[]> => {
  const list = (await call('connections.list')) as { value: ConnectionInfo[] };
  return list.value.map(({ name, session }) => `${name} ${session.state}`);
};

test('an open keychain keeps what is added', async () => {
  expect(await call('vault.info')).toMatchObject({ ok: true, value: { kind: 'keychain', state: 'open' } });
  expect(await call('connections.add', { ...typed, name: 'acme' })).toMatchObject({
    ok: true,
    value: { name: 'acme', session: { state: 'signed_out' } },
  });
});

test('a keychain that was locked meanwhile is said to be, the list of connections still comes, and nothing is stored elsewhere', async () => {
  await keyring.lock();
  expect(await call('vault.info')).toMatchObject({
    ok: true,
    value: { kind: 'keychain', state: 'locked', reason: 'locked', message: 'The keychain is locked.' },
  });
  expect(
    messages.filter((message) => message.type === 'event' && message.event === 'vault.changed'),
  ).toHaveLength(1);
  expect(await states()).toEqual(['acme unknown']);
  expect(await call('connections.add', { ...typed, name: 'other' })).toMatchObject({
    ok: false,
    error: { code: 'vault_locked' },
  });
  expect(await states()).toEqual(['acme unknown']);
});

test('a person may go on in memory, and back when the keychain is open', async () => {
  expect(await call('vault.use', { kind: 'memory' })).toMatchObject({ ok: true, value: { kind: 'memory' } });
  expect(await call('connections.add', { ...typed, name: 'other' })).toMatchObject({ ok: true });
  expect(await states()).toEqual(['acme signed_out', 'other signed_out']);
  await keyring.unlock();
  expect(await call('vault.use', { kind: 'keychain' })).toMatchObject({
    ok: true,
    value: { kind: 'keychain', state: 'open' },
  });
  const told = messages.flatMap((message) =>
    message.type === 'event' && message.event === 'vault.changed' ? [message.payload] : [],
  );
  expect(told).toMatchObject([
    { kind: 'keychain', state: 'locked' },
    { kind: 'memory', state: 'open' },
    { kind: 'keychain', state: 'open' },
  ]);
});

test('unlocking what is open raises no dialog and says that it is open', async () => {
  expect(await call('vault.unlock')).toMatchObject({ ok: true, value: { kind: 'keychain', state: 'open' } });
});

const connected = async (): Promise<string[]> => (await states()).map((state) => state.split(' ')[0] ?? '');

test('with a vault that is not open the sandbox adds nothing, and says why with the vault’s own words', async () => {
  await keyring.lock();
  const before = await connected();
  expect(await call('sandbox.start')).toMatchObject({
    ok: false,
    error: {
      code: 'vault_locked',
      message: 'The keychain is locked.',
      hint: expect.stringMatching(/^Unlock it/) as string,
    },
  });
  expect(await connected()).toEqual(before);
  expect(await call('app.info')).toMatchObject({ ok: true, value: { sandbox: false } });
});

test('where one connection of the sandbox cannot be added, those before it are taken back', async () => {
  await call('vault.use', { kind: 'file', passphrase: 'five plain words in line', makeFile: true });
  const before = await connected();
  // A person's own, whatever it is called and wherever it leads.
  const own = {
    ...typed,
    name: 'sandbox-konexus',
    environment: 'sandbox',
    overrides: { issuer: 'http://127.0.0.1:1' },
  };
  expect(await call('connections.add', own)).toMatchObject({ ok: true, value: { ownSandbox: false } });
  expect(await call('sandbox.start')).toMatchObject({ ok: false, error: { code: 'connection_exists' } });
  expect(await connected()).toEqual([...before, 'sandbox-konexus']);
});

test('after everything was cleared the file asks for its passphrase, and is made anew as a whole', async () => {
  const files = async (): Promise<string[]> =>
    (await readdir(home)).filter((name) => name.endsWith('.age')).toSorted();
  expect(await files()).toEqual(['vault-key.age', 'vault.age']);
  // The keychain is locked still, and what it holds is all that stays.
  expect(await call('app.clearAllData')).toMatchObject({
    ok: true,
    value: { left: [{ what: 'secrets in the keychain', failure: { code: 'vault_locked' } }] },
  });
  const closed = { kind: 'file', state: 'locked', reason: 'passphrase_needed' };
  expect(await call('vault.info')).toMatchObject({ ok: true, value: closed });
  expect(
    messages.findLast((message) => message.type === 'event' && message.event === 'vault.changed'),
  ).toMatchObject({ payload: closed });
  expect(await call('sandbox.start')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  expect(await connected()).toEqual([]);
  expect(await files()).toEqual([]);
  await call('vault.use', { kind: 'file', passphrase: 'other plain words in line', makeFile: true });
  expect(await call('sandbox.start')).toMatchObject({ ok: true });
  expect(await connected()).toHaveLength(4);
  expect(await files()).toEqual(['vault-key.age', 'vault.age']);
});
