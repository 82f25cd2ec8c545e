import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FileVaultOptions, openFileVault, removeFileVault } from '../../../main/vault/file.ts';
import { fail } from '../../../preload/errors.ts';
import { runChild } from '../../support/run-child.ts';

const passphrase = 'seven red lanterns over the harbour';
let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'latchkey-file-'));
  folder = path.join(parent, 'profile');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

// A low cost, so that the tests do not spend their time on stretching passphrases.
function open(options: Partial<FileVaultOptions> = {}) {
  return openFileVault({ path: folder, passphrase, workFactor: 4, ...options });
}

test('items outlive the process, and neither they nor the passphrase can be seen in the files', async () => {
  const first = open();
  expect(await first.read('connection:a')).toEqual({ ok: true, value: null });
  await first.write('connection:a', 'secret é 🔑');
  await first.write('connection:b', '');
  await first.close();
  const second = open();
  expect(await second.read('connection:a')).toEqual({ ok: true, value: 'secret é 🔑' });
  expect(await second.read('connection:b')).toEqual({ ok: true, value: '' });
  await second.remove('connection:a');
  await second.remove('connection:a');
  expect(await second.read('connection:a')).toEqual({ ok: true, value: null });
  for (const name of ['vault.age', 'vault-key.age']) {
    const content = await readFile(path.join(folder, name), 'latin1');
    expect(content).toMatch(/^age-encryption\.org\/v1\n/);
    expect(content).not.toMatch(/secret|connection|lanterns/);
    expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a wrong passphrase opens nothing, overwrites nothing, and can be corrected', async () => {
  await open().write('x', 'kept');
  const given = ['wrong', 'wrong', passphrase];
  const vault = open({ passphrase: () => Promise.resolve({ ok: true, value: given.shift() ?? '' }) });
  expect(await vault.state()).toMatchObject({ state: 'locked', reason: 'passphrase_wrong' });
  expect(await vault.write('x', 'lost?')).toMatchObject({ ok: false, error: { code: 'passphrase_wrong' } });
  expect(await vault.read('x')).toEqual({ ok: true, value: 'kept' });
  expect(await vault.state()).toEqual({ state: 'open' });
});

test('a file that was removed under an open vault is made anew as a whole, key and items', async () => {
  const vault = open();
  await vault.write('x', 'before');
  expect(await removeFileVault(folder)).toEqual({ ok: true, value: undefined });
  expect(await vault.read('x')).toEqual({ ok: true, value: null });
  expect(await vault.write('y', 'after')).toEqual({ ok: true, value: undefined });
  expect((await readdir(folder)).toSorted()).toEqual(['locks', 'vault-key.age', 'vault.age']);
  expect(await open().read('y')).toEqual({ ok: true, value: 'after' });
  await removeFileVault(folder);
  await vault.close();
  expect(await vault.write('y', 'later')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  expect(await readdir(folder)).toEqual(['locks']);
});

test('no passphrase is a locked vault, and an empty one is refused', async () => {
  const none = open({
    passphrase: () => Promise.resolve(fail('vault_locked', 'The vault needs its passphrase.', 'Give it.')),
  });
  expect(await none.state()).toMatchObject({ state: 'locked', reason: 'passphrase_needed' });
  expect(await none.write('x', 'y')).toMatchObject({ error: { code: 'vault_locked' } });
  expect(await open({ passphrase: '' }).write('x', 'y')).toMatchObject({ error: { code: 'input_invalid' } });
  expect(await readdir(folder)).toEqual(['locks']);
});

test('the same passphrase composed by another keyboard opens the vault', async () => {
  await open({ passphrase: 'café' }).write('x', 'kept');
  expect(await open({ passphrase: 'cafe\u0301' }).read('x')).toEqual({ ok: true, value: 'kept' });
});

test('a file that was changed, cut off or lost is reported as damaged and left as it is', async () => {
  await open().write('x', 'kept');
  const file = path.join(folder, 'vault.age');
  const whole = await readFile(file);
  const changed = Buffer.from(whole);
  changed[changed.length - 1]! ^= 1;
  for (const content of [changed, whole.subarray(0, -5), Buffer.from('junk'), Buffer.alloc(0)]) {
    await writeFile(file, content);
    expect(await open().read('x')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
    expect(await open().write('x', 'lost?')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
    expect(await open().state()).toMatchObject({ state: 'locked', reason: 'file_corrupt' });
    expect(await readFile(file)).toEqual(content);
  }
  await writeFile(file, whole);
  await rm(path.join(folder, 'vault-key.age'));
  expect(await open().read('x')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
});

test('vaults that are open at once, in several processes, keep each other’s items', async () => {
  const writer = (name: string) =>
    runChild('file-vault-child.ts', { path: folder, passphrase, workFactor: 4, name, times: 10 });
  const children = await Promise.all(['a', 'b', 'c'].map(writer));
  for (const child of children) expect(child).toEqual({ lines: [], stderr: '', code: 0, signal: null });
  const vault = open();
  for (const name of ['a', 'b', 'c'])
    for (let turn = 0; turn < 10; turn += 1)
      expect(await vault.read(`${name}-${turn}`)).toEqual({ ok: true, value: `${turn}` });
});

test('what a crash left half written is swept and never read', async () => {
  await open().write('x', 'kept');
  await writeFile(path.join(folder, 'vault.age.123.tmp'), 'half');
  await writeFile(path.join(folder, 'vault-key.age.123.tmp'), 'half');
  expect(await open().read('x')).toEqual({ ok: true, value: 'kept' });
  await open().write('y', 'more');
  expect((await readdir(folder)).sort()).toEqual(['locks', 'vault-key.age', 'vault.age']);
});

test('a folder that cannot be written to fails the write and names the cause', async () => {
  await writeFile(path.join(parent, 'file'), '');
  const vault = open({ path: path.join(parent, 'file') });
  expect(await vault.write('x', 'y')).toMatchObject({ ok: false, error: { code: 'vault_write_failed' } });
  await chmod(path.join(parent, 'file'), 0o600);
});
