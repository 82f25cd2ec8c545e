import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fail, ok } from '../../../preload/errors.ts';
import { type Passphrase, type VaultChoice, createVaultChoice } from '../../../main/bridge/vault-choice.ts';
import { removeFileVault } from '../../../main/vault/file.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Vault, VaultState } from '../../../main/vault/vault.ts';

let home = '';
beforeAll(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-choice-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

/** A keychain that is as the test says; the real one is in the integration tests. */
function keychain(): Vault & { now: VaultState } {
  const items = openMemoryVault();
  return {
    ...items,
    kind: 'keychain',
    now: { state: 'open' },
    state() {
      return Promise.resolve(this.now);
    },
  };
}

function choiceOf(under: Vault, first?: Vault): VaultChoice {
  return createVaultChoice({
    home,
    openKeychain: () => under,
    unlockKeychain: () => Promise.resolve(fail('vault_denied', 'Dismissed.', 'Again.')),
    workFactor: 4,
    ...(first && { first }),
  });
}

/** A passphrase for a file that is there. */
const typedOnce = (text: string): Passphrase => ({ text, makes: false });
/** One that may make a new file. */
const typedTwice = (text: string): Passphrase => ({ text, makes: true });

const locked = { state: 'locked', reason: 'locked', message: 'The keychain is locked.' } as const;

test('it is the keychain until a person chooses, also when the keychain is locked', async () => {
  const under = keychain();
  const choice = choiceOf(under);
  under.now = locked;
  expect(choice.kind).toBe('keychain');
  expect(await choice.info()).toEqual({ kind: 'keychain', ...locked, file: false });
  expect(choice.kind).toBe('keychain');
});

test('a chosen vault holds what is stored from then on, and nothing of before', async () => {
  const under = keychain();
  const choice = choiceOf(under);
  await choice.write('connection:a', 'in the keychain');
  expect(await choice.use('memory')).toMatchObject({ ok: true, value: { kind: 'memory', state: 'open' } });
  expect(await choice.read('connection:a')).toEqual(ok(null));
  await choice.write('connection:a', 'in memory');
  expect(await under.read('connection:a')).toEqual(ok('in the keychain'));
  await choice.use('keychain');
  expect(await choice.read('connection:a')).toEqual(ok('in the keychain'));
  await choice.use('memory');
  expect(await choice.read('connection:a')).toEqual(ok('in memory'));
});

test('memory that the door began with is the memory that is chosen again', async () => {
  const choice = choiceOf(keychain(), openMemoryVault());
  await choice.write('connection:a', 'text');
  await choice.use('keychain');
  await choice.use('memory');
  expect(await choice.read('connection:a')).toEqual(ok('text'));
});

test('a wrong passphrase is refused at once and the vault stays as it was', async () => {
  const choice = choiceOf(keychain());
  expect(await choice.use('file', typedTwice('five plain words in line'))).toMatchObject({ ok: true });
  expect(await choice.write('connection:a', 'in the file')).toEqual(ok(undefined));
  await choice.use('memory');
  expect(await choice.use('file', typedOnce('something else'))).toMatchObject({
    ok: false,
    error: { code: 'passphrase_wrong' },
  });
  expect(choice.kind).toBe('memory');
  expect(await choice.use('file', typedOnce('five plain words in line'))).toMatchObject({ ok: true });
  expect(await choice.read('connection:a')).toEqual(ok('in the file'));
  expect(await readdir(home)).toContain('vault.age');
});

test('a file that was cleared stays chosen, is told of as locked, and the next passphrase makes a new one', async () => {
  const choice = choiceOf(keychain());
  await choice.use('file', typedTwice('five plain words in line'));
  await choice.write('connection:a', 'in the file');
  await removeFileVault(home);
  const told: unknown[] = [];
  choice.onChanged((info) => told.push(info));
  await choice.forgetFile();
  expect(told).toEqual([await choice.info()]);
  expect(told).toMatchObject([{ kind: 'file', state: 'locked', reason: 'passphrase_needed' }]);
  expect(await choice.write('connection:a', 'lost')).toMatchObject({ error: { code: 'vault_locked' } });
  expect(await readdir(home)).not.toContain('vault.age');
  expect(await choice.use('file', typedTwice('another passphrase'))).toMatchObject({ ok: true });
  await choice.write('connection:b', 'anew');
  expect(await readdir(home)).toEqual(expect.arrayContaining(['vault-key.age', 'vault.age']));
  expect(await choice.read('connection:a')).toEqual(ok(null));
  await removeFileVault(home);
});

test('where a file was cleared that is not the one chosen, the choice stays', async () => {
  const choice = choiceOf(keychain());
  await choice.use('file', typedTwice('five plain words in line'));
  await choice.use('memory');
  await choice.write('connection:a', 'text');
  await choice.forgetFile();
  expect(await choice.info()).toMatchObject({ kind: 'memory', state: 'open' });
  expect(await choice.read('connection:a')).toEqual(ok('text'));
  expect(choice.all().map(({ kind }) => kind)).toEqual(['keychain', 'memory']);
});

test.each([[undefined], ['']])('the file without a passphrase (%j) is invalid input', async (passphrase) => {
  const choice = choiceOf(keychain());
  const typed = passphrase === undefined ? undefined : typedOnce(passphrase);
  expect(await choice.use('file', typed)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(choice.kind).toBe('keychain');
});

test('work that began with one vault ends with it, whatever is chosen meanwhile', async () => {
  const under = keychain();
  const choice = choiceOf(under);
  const { promise: chosen, resolve: choose } = Promise.withResolvers<undefined>();
  const renewal = choice.steady(async () => {
    await choice.read('connection:a');
    await chosen;
    return choice.write('connection:a', 'rotated');
  });
  await choice.use('memory');
  choose(undefined);
  await renewal;
  expect(await under.read('connection:a')).toEqual(ok('rotated'));
  expect(await choice.read('connection:a')).toEqual(ok(null));
});

test('work that a change itself sets off uses the new vault', async () => {
  const choice = choiceOf(keychain());
  let kind: string | undefined;
  choice.onChanged(() => void choice.steady(() => Promise.resolve((kind = choice.kind))));
  await choice.steady(() => choice.use('memory'));
  expect(kind).toBe('memory');
});

test('a removed item is gone from every vault that was chosen in this run', async () => {
  const under = keychain();
  const choice = choiceOf(under);
  await choice.write('connection:a', 'text');
  await choice.use('memory');
  await choice.write('connection:a', 'text');
  await choice.remove('connection:a');
  expect(await under.read('connection:a')).toEqual(ok(null));
  expect(await choice.read('connection:a')).toEqual(ok(null));
});

test('listeners hear of a new choice and of a keychain that was found locked, not of every look', async () => {
  const under = keychain();
  const choice = choiceOf(under);
  const heard: string[] = [];
  choice.onChanged(({ kind, state }) => heard.push(`${kind} ${state}`));
  await choice.info();
  await choice.info();
  expect(heard).toEqual([]);
  under.now = locked;
  await choice.info();
  await choice.use('memory');
  await choice.info();
  expect(heard).toEqual(['keychain locked', 'memory open']);
});

test('unlocking passes on why it did not work', async () => {
  const choice = choiceOf(keychain());
  const { signal } = new AbortController();
  expect(await choice.unlock(signal)).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
  await choice.use('memory');
  expect(await choice.unlock(signal)).toMatchObject({ ok: true, value: { kind: 'memory', state: 'open' } });
});

test('a lock forgets what was opened; the keychain is opened anew, memory is empty, the file asks for its passphrase', async () => {
  const opened: Vault[] = [];
  const choice = createVaultChoice({
    home: path.join(home, 'locked'),
    openKeychain: () => {
      const next = keychain();
      opened.push(next);
      return next;
    },
    unlockKeychain: () => Promise.resolve(ok(undefined)),
    workFactor: 4,
  });
  const told: unknown[] = [];
  choice.onChanged((info) => told.push(info));
  await choice.write('connection:a', 'one');
  expect(await choice.lock()).toEqual({
    kind: 'keychain',
    state: 'locked',
    reason: 'console_locked',
    message: 'This console is locked.',
    file: false,
  });
  for (const call of [choice.read('a'), choice.write('a', 'b'), choice.remove('a')])
    expect(await call).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  expect(await opened[0]?.read('connection:a')).toMatchObject({ ok: false });
  expect(opened).toHaveLength(1);
  const { signal } = new AbortController();
  expect(await choice.unlock(signal)).toMatchObject({ ok: true, value: { kind: 'keychain', state: 'open' } });
  expect(opened).toHaveLength(2);
  expect(told).toMatchObject([{ state: 'locked' }, { state: 'open' }]);

  await choice.use('memory');
  await choice.write('connection:a', 'in memory');
  await choice.lock();
  expect(await choice.unlock(signal)).toMatchObject({ ok: true, value: { kind: 'memory' } });
  expect(await choice.read('connection:a')).toEqual(ok(null));

  await choice.use('file', typedTwice('seven words'));
  await choice.write('connection:a', 'in the file');
  await choice.lock();
  expect(await choice.unlock(signal)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(await choice.unlock(signal, typedOnce('another'))).toMatchObject({
    ok: false,
    error: { code: 'passphrase_wrong' },
  });
  expect(await choice.info()).toMatchObject({ kind: 'file', reason: 'console_locked' });
  expect(await choice.unlock(signal, typedOnce('seven words'))).toMatchObject({
    ok: true,
    value: { kind: 'file' },
  });
  expect(await choice.read('connection:a')).toEqual(ok('in the file'));
});

test('a file is made at once by a passphrase typed twice, and never by one that was to open it', async () => {
  const folder = path.join(home, 'made');
  const choice = createVaultChoice({
    home: folder,
    openKeychain: keychain,
    unlockKeychain: () => Promise.resolve(ok(undefined)),
    workFactor: 4,
  });
  const missing = {
    ok: false,
    error: { code: 'not_found', hint: expect.stringContaining('twice') as string },
  };
  expect(await choice.use('file', typedOnce('any words'))).toMatchObject(missing);
  expect(existsSync(folder)).toBe(false);
  expect(await choice.info()).toMatchObject({ kind: 'keychain', file: false });
  expect(await choice.use('file', typedTwice('seven words'))).toMatchObject({ value: { file: true } });
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['vault-key.age', 'vault.age']));

  // Another console clears everything while this one is locked.
  const { signal } = new AbortController();
  await choice.write('connection:a', 'in the file');
  await choice.lock();
  await removeFileVault(folder);
  expect(await choice.unlock(signal, typedOnce('seven wrods'))).toMatchObject(missing);
  expect(await choice.info()).toMatchObject({ kind: 'file', reason: 'console_locked', file: false });
  expect(await readdir(folder)).toEqual(['locks']);
  expect(await choice.unlock(signal, typedTwice('other words'))).toMatchObject({ value: { file: true } });
  expect(await choice.read('connection:a')).toEqual(ok(null));
  // Made by now: whoever typed twice as well has to know its passphrase.
  expect(await choice.use('file', typedTwice('seven words'))).toMatchObject({
    error: { code: 'passphrase_wrong' },
  });
  await choice.close();
});
