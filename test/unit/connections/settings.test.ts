import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
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
  expect(again).toMatchObject({ ok: false, error: { code: 'connection_exists' } });
  expect(names()).toEqual(['Harbour']);
});

test.each([
  ['no JSON', '{"version":1,'],
  ['another shape', '{"version":1,"connections":[{"name":"acme"}]}'],
  ['another version', '{"version":2,"connections":[]}'],
])('a settings file that is %s is left as it is, by reading and by changing', async (_what, text) => {
  await writeFile(file(), text);
  expect(names()).toBe('settings_corrupt');
  const added = await addConnection(home, connection('acme'));
  expect(added).toMatchObject({ ok: false, error: { code: 'settings_corrupt' } });
  if (!added.ok) expect(added.error.hint).toContain('settings.last-good.json');
  expect(await readFile(file(), 'utf8')).toBe(text);
});

test('the settings before the last change are kept beside it, and put back they work', async () => {
  await addConnection(home, connection('first'));
  await addConnection(home, connection('second'));
  await writeFile(file(), 'damaged');
  await writeFile(file(), await readFile(lastGood()));
  expect(names()).toEqual(['first']);
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
    expect(added).toMatchObject({ ok: false, error: { code: 'unexpected' } });
    expect(names()).toEqual(['acme']);
  },
);

test('a profile that cannot be a folder is a failure with its reason', async () => {
  await writeFile(path.join(home, 'file'), '');
  const added = await addConnection(path.join(home, 'file', 'profile'), connection('acme'));
  expect(added).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  if (!added.ok) expect(added.error.message).toMatch(/cannot be written: ENOTDIR/);
});
