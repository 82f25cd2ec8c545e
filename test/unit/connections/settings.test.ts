import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import {
  addConnection,
  changeConnection,
  findConnection,
  listConnections,
  removeConnection,
} from '../../../main/connections/connections.ts';
import { defaultPreferences } from '../../../main/connections/preferences.ts';
import { repairSettings } from '../../../main/connections/repair-settings.ts';
import { readSettings } from '../../../main/connections/settings.ts';
import { ok } from '../../../preload/errors.ts';
import { testConnection } from '../../support/sessions.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-settings-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const file = (): string => path.join(home, 'settings.json');
const lastGood = (): string => path.join(home, 'settings.last-good.json');

const connection = (name: string): Connection => testConnection({ name });

const names = (): unknown => {
  const list = listConnections(home);
  return list.ok ? list.value.map(({ name }) => name) : list.error.code;
};

test('a profile without settings is an empty one', () => {
  expect(names()).toEqual([]);
});

test('what was added is found by its name in any case, and only the user can read the file', async () => {
  expect(await addConnection(home, connection('Harbour'))).toMatchObject({ ok: true });
  expect(findConnection(home, ' harbour ')).toMatchObject({ ok: true, value: { name: 'Harbour' } });
  expect(findConnection(home, 'other')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  if (process.platform !== 'win32') expect((await stat(file())).mode & 0o077).toBe(0);
});

test('a name is given once, also in another case', async () => {
  await addConnection(home, connection('Harbour'));
  const again = await addConnection(home, connection('HARBOUR'));
  expect(again).toMatchObject({ ok: false, error: { code: 'connection_exists', field: 'name' } });
  expect(names()).toEqual(['Harbour']);
});

const settingsFiles = (): string[] =>
  readdirSync(home)
    .filter((name) => name.startsWith('settings'))
    .toSorted();

test.each([
  ['no JSON', '{"version":1,', 'is not valid JSON'],
  ['empty', '', 'is not valid JSON'],
  ['a list', '[]', 'does not hold what it should (version)'],
  ['null', 'null', 'does not hold what it should (version)'],
  [
    'another shape',
    '{"version":1,"connections":[{"name":"acme"}]}',
    'does not hold what it should (connections.0.id)',
  ],
])('a settings file that is %s is left as it is, copied once, and reported', async (_what, text, words) => {
  await writeFile(file(), text);
  for (let times = 0; times < 2; times += 1) {
    const list = listConnections(home);
    expect(list).toMatchObject({ ok: false, error: { code: 'settings_corrupt' } });
    if (!list.ok) {
      expect(list.error.message).toContain(words);
      expect(list.error.message).not.toMatch(/Invalid|Expected/);
      expect(list.error.hint).toContain('latchkey settings repair --empty');
    }
    expect(await addConnection(home, connection('acme'))).toEqual(list);
  }
  expect(await readFile(file(), 'utf8')).toBe(text);
  const [copy, ...others] = settingsFiles();
  expect(others).toEqual(['settings.json']);
  expect(copy).toMatch(/^settings\.damaged-\d{8}T\d{6}Z\.json$/);
  expect(await readFile(path.join(home, copy ?? ''), 'utf8')).toBe(text);
});

test('a file that a newer Latchkey wrote is not called damaged, and stays', async () => {
  const text = '{"version":3,"connections":[],"something":"new"}';
  await writeFile(file(), text);
  const added = await addConnection(home, connection('acme'));
  expect(added).toMatchObject({ ok: false, error: { code: 'profile_unusable' } });
  if (!added.ok) expect(added.error.message).toContain('newer Latchkey');
  expect(await repairSettings(home, true)).toEqual(added);
  expect(settingsFiles()).toEqual(['settings.json']);
  expect(await readFile(file(), 'utf8')).toBe(text);
});

test('a file that an editor has given a byte order mark is read', async () => {
  await addConnection(home, connection('acme'));
  await writeFile(file(), `\uFEFF${await readFile(file(), 'utf8')}`);
  expect(names()).toEqual(['acme']);
});

test('a file of the first version is read, brought up to date with the next change, and kept', async () => {
  const old = JSON.stringify({ version: 1, connections: [connection('first')] });
  await writeFile(file(), old);
  expect(names()).toEqual(['first']);
  expect(readSettings(home)).toMatchObject({
    ok: true,
    value: { version: 2, preferences: defaultPreferences },
  });
  expect(await readFile(file(), 'utf8')).toBe(old);
  await writeFile(path.join(home, 'settings.v1.json.0a1b.tmp'), 'of one that was killed');
  await addConnection(home, connection('second'));
  expect(names()).toEqual(['first', 'second']);
  expect((await readdir(home)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ version: 2 });
  expect(await readFile(path.join(home, 'settings.v1.json'), 'utf8')).toBe(old);
});

test('the last good settings are put back in the place of a damaged file, of which a copy stays', async () => {
  await addConnection(home, connection('first'));
  await addConnection(home, connection('second'));
  await writeFile(file(), 'damaged');
  const list = listConnections(home);
  if (!list.ok)
    expect(list.error.hint).toMatch(/last good settings \(2 connections, .* latchkey settings repair$/);
  const repaired = await repairSettings(home, false);
  expect(repaired).toMatchObject({ ok: true, value: { from: 'last_good', connections: 2 } });
  expect(names()).toEqual(['first', 'second']);
  if (repaired.ok) expect(await readFile(path.join(home, repaired.value.copy ?? ''), 'utf8')).toBe('damaged');
  expect(await repairSettings(home, true)).toMatchObject({ ok: true, value: { from: 'nothing_to_repair' } });
});

test('settings that were written count as written where the copy of them could not be', async () => {
  await addConnection(home, connection('first'));
  await rm(lastGood());
  await mkdir(path.join(lastGood(), 'x'), { recursive: true });
  expect(await addConnection(home, connection('second'))).toMatchObject({ ok: true });
  expect(names()).toEqual(['first', 'second']);
});

test('where the copy is damaged too, only asking for it begins with empty settings', async () => {
  await addConnection(home, connection('first'));
  await writeFile(file(), 'damaged');
  await writeFile(lastGood(), '{"version":2}');
  const list = listConnections(home);
  if (!list.ok) expect(list.error.hint).toContain('There is no good copy');
  expect(await repairSettings(home, false)).toMatchObject({ ok: false, error: { code: 'settings_corrupt' } });
  expect(await readFile(file(), 'utf8')).toBe('damaged');
  expect(await repairSettings(home, true)).toMatchObject({
    ok: true,
    value: { from: 'empty', connections: 0 },
  });
  expect(names()).toEqual([]);
});

test('temporary files of writers that were killed are swept with the next change, others stay', async () => {
  const orphans = ['settings.json.0a1b.tmp', 'settings.last-good.json.0a1b.tmp'];
  for (const name of [...orphans, 'settings.json.bak', 'other.tmp'])
    await writeFile(path.join(home, name), '');
  expect(names()).toEqual([]);
  await addConnection(home, connection('first'));
  expect((await readdir(home)).filter((name) => name !== 'locks').toSorted()).toEqual([
    'other.tmp',
    'settings.json',
    'settings.json.bak',
    'settings.last-good.json',
  ]);
});

test('changes at the same time all last', async () => {
  const wanted = Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  const added = await Promise.all(wanted.map((name) => addConnection(home, connection(name))));
  expect(added.every(({ ok: good }) => good)).toBe(true);
  expect(names()).toEqual(wanted);
  expect((await readdir(home)).filter((name) => name.includes('.tmp'))).toEqual([]);
});

test('two that change different things of one connection do not undo each other', async () => {
  const before = connection('acme');
  await addConnection(home, before);
  await Promise.all([
    changeConnection(home, before, (current) => ok({ ...current, scope: 'profile' })),
    changeConnection(home, before, (current) => ok({ ...current, clientId: 'other-client' })),
  ]);
  expect(findConnection(home, 'acme')).toMatchObject({
    ok: true,
    value: { scope: 'profile', clientId: 'other-client' },
  });
});

test('a change to a name that is taken, or of a connection that was removed, changes nothing', async () => {
  const acme = connection('acme');
  await addConnection(home, acme);
  await addConnection(home, connection('harbour'));
  const renamed = await changeConnection(home, acme, (current) => ok({ ...current, name: 'Harbour' }));
  expect(renamed).toMatchObject({ ok: false, error: { code: 'connection_exists' } });
  await removeConnection(home, acme.id);
  expect(await removeConnection(home, acme.id)).toMatchObject({ ok: true });
  expect(await changeConnection(home, acme, ok)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  expect(names()).toEqual(['harbour']);
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a folder that cannot be written is a failure with its reason, not an exception',
  async () => {
    await addConnection(home, connection('acme'));
    await chmod(home, 0o500);
    const added = await addConnection(home, connection('second'));
    await chmod(home, 0o700);
    expect(added).toMatchObject({ ok: false, error: { code: 'profile_unusable' } });
    expect(names()).toEqual(['acme']);
  },
);

test('a profile that cannot be used says why, and that the settings are damaged is not why', async () => {
  await writeFile(path.join(home, 'file'), '');
  const inFile = path.join(home, 'file', 'profile');
  for (const place of [inFile, path.join(home, 'file')]) {
    expect(listConnections(place)).toMatchObject({
      ok: false,
      error: { code: 'profile_unusable', message: expect.stringContaining('is no folder') as string },
    });
    expect(await addConnection(place, connection('acme'))).toMatchObject({
      ok: false,
      error: {
        code: 'profile_unusable',
        message: expect.stringMatching(/cannot be written: ENOTDIR/) as string,
      },
    });
  }
  await mkdir(file());
  const folder = {
    ok: false,
    error: { code: 'profile_unusable', message: expect.stringContaining('is a folder, where') as string },
  };
  expect(listConnections(home)).toMatchObject(folder);
  expect(await addConnection(home, connection('acme'))).toMatchObject(folder);
});

test.skipIf(process.platform !== 'linux')(
  'a folder that the system will not make is said at once',
  async () => {
    const added = await addConnection('/proc/latchkey/profile', connection('acme'));
    expect(added).toMatchObject({ ok: false, error: { code: 'profile_unusable' } });
  },
);
