import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preferenceService } from '../../../main/console/preference-service.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';

let home = '';
beforeEach(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-preferences-'))));
afterEach(() => rm(home, { recursive: true, force: true }));

test('keeping no lists takes away those that are kept, and other changes leave them', async () => {
  const folder = path.join(home, 'directory');
  await mkdir(folder);
  for (const name of ['a.age', 'a.age.1.tmp']) await writeFile(path.join(folder, name), 'sealed');
  const preferences = preferenceService({ home, vault: openMemoryVault(), env: {} });
  expect(await preferences.change({ lockAfterMinutes: 15 })).toMatchObject({ ok: true });
  expect(await readdir(folder)).toHaveLength(2);
  expect(await preferences.change({ keepLists: false })).toMatchObject({
    ok: true,
    value: { keepLists: false },
  });
  expect(await readdir(folder)).toEqual([]);
});

test('a proxy address with a user name or password in it is refused and not repeated', async () => {
  const preferences = preferenceService({ home, vault: openMemoryVault(), env: {} });
  for (const proxy of ['http://ann:brass-lantern@proxy.example:3128', 'ann:brass-lantern@proxy.example']) {
    const refused = await preferences.change({ proxy });
    expect(refused).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
    expect(JSON.stringify(refused)).not.toContain('lantern');
  }
  expect(await readdir(home)).toEqual([]);
});

test.each([
  ['proxy', { proxy: 'socks://proxy.example' }],
  ['proxy', { proxyCredentials: { username: 'ann', password: 'invented' } }],
  ['proxyUsername', { proxy: 'proxy.example', proxyCredentials: { username: 'a:b', password: 'invented' } }],
  ['noProxy', { noProxy: 'http://not a host/' }],
  ['caFile', { caFile: 'ca.pem' }],
  ['caFile', { caFile: path.resolve('/nowhere/ca.pem') }],
] as const)('what is wrong names its field: %s', async (field, change) => {
  const preferences = preferenceService({ home, vault: openMemoryVault(), env: {} });
  expect(await preferences.change(change)).toMatchObject({ error: { code: 'input_invalid', field } });
});

test('how the screen is wanted: a change of one list’s columns leaves the others', async () => {
  const preferences = preferenceService({ home, vault: openMemoryVault(), env: {} });
  expect(await preferences.read()).toMatchObject({ ok: true, value: { theme: 'system', columns: {} } });
  await preferences.change({ theme: 'dark', columns: { users: ['id'] } });
  await preferences.change({ columns: { activity: ['bytes'] } });
  await preferences.change({ columns: { users: [] } });
  expect(await preferences.read()).toMatchObject({
    ok: true,
    value: { theme: 'dark', columns: { users: [], activity: ['bytes'] } },
  });
});
