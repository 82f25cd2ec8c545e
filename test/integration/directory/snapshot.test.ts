import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  loadSnapshot,
  removeSnapshots,
  saveSnapshot,
  type SnapshotPlace,
} from '../../../main/directory/snapshot.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import { fail, ok } from '../../../preload/errors.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import {
  load,
  names,
  open,
  randomUsers,
  state,
  user,
  usersOf,
  value,
  fetchedAt,
} from '../../unit/directory/fixtures.ts';

let home: string;
let place: SnapshotPlace;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'latchkey-snapshot-'));
  place = { home, vault: openMemoryVault() };
});

afterEach(() => rm(home, { recursive: true }));

const key = usersOf('s1');

async function save(rows = [user('1', 'Anna Secretname'), user('2', 'Bo')]): Promise<string> {
  const directory = open();
  await load(directory, key, rows);
  value(await saveSnapshot(place, directory, key));
  await directory.close();
  return join(home, 'directory', (await readdir(join(home, 'directory')))[0]!);
}

test('a saved list comes back whole: rows, records, age', async () => {
  const people = randomUsers(5500, 1);
  await save(people);
  const directory = open();
  expect(await loadSnapshot(place, directory, key)).toEqual(ok({ fetchedAt, complete: true }));
  expect(await state(directory, key)).toMatchObject({
    rows: 5500,
    complete: true,
    loading: false,
    fetchedAt,
  });
  for (const each of [people[0]!, people[5499]!]) {
    expect(value(await directory.record(key, each.id))).toEqual(each.raw);
  }
  const again = open();
  await load(again, key, people);
  expect(await names(directory)).toEqual(await names(again));
  await Promise.all([directory.close(), again.close()]);
});

test('a refresh follows on a restored list', async () => {
  await save();
  const directory = open();
  value(await loadSnapshot(place, directory, key));
  await load(directory, key, [user('2', 'Bo'), user('3', 'Cees')]);
  expect(await names(directory)).toEqual(['Bo', 'Cees']);
  value(await saveSnapshot(place, directory, key));
  await directory.close();
  const next = open();
  value(await loadSnapshot(place, next, key));
  expect(await names(next)).toEqual(['Bo', 'Cees']);
  await next.close();
});

test('on disk there is one file, for its owner alone, with nothing readable in it', async () => {
  const file = await save();
  expect(await readdir(join(home, 'directory'))).toHaveLength(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  for (const word of ['Secretname', 'site.example', 'displayName', 'Site s1', 'acme', 'kind']) {
    expect(bytes.subarray(200).includes(word), word).toBe(false);
  }
  expect(file).not.toMatch(/s1|acme/);
});

test('what a save left that was killed is swept by the next one, what is being written is not', async () => {
  const file = await save();
  const [left, written] = [`${file}.1.tmp`, join(home, 'directory', 'other.age.2.tmp')];
  for (const each of [left, written]) await writeFile(each, 'half');
  const twoHoursAgo = Date.now() / 1000 - 2 * 3600;
  await utimes(left, twoHoursAgo, twoHoursAgo);
  await save();
  expect(
    (await readdir(join(home, 'directory'))).map((name) => join(home, 'directory', name)).toSorted(),
  ).toEqual([file, written].toSorted());
});

test('a damaged, cut or empty file is named as such and leaves no rows', async () => {
  const file = await save();
  const whole = await readFile(file);
  const damaged: Buffer[] = [Buffer.alloc(0), Buffer.from('nonsense'), whole.subarray(0, -1)];
  for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 60)) {
    const changed = Buffer.from(whole);
    changed[at] = changed[at]! ^ 0x20;
    damaged.push(changed, whole.subarray(0, at));
  }
  const directory = open();
  await load(directory, usersOf('s2'), [user('9', 'Other list')]);
  for (const content of damaged) {
    await writeFile(file, content);
    expect(await loadSnapshot(place, directory, key)).toMatchObject({
      ok: false,
      error: { code: 'settings_corrupt' },
    });
    expect(await names(directory)).toEqual(['Other list']);
  }
  expect(value(await directory.lists())).toHaveLength(1);
  await directory.close();
});

test("another list's file in its place is noticed", async () => {
  const file = await save();
  const other = usersOf('s2');
  const directory = open();
  await load(directory, other, [user('9', 'Other')]);
  value(await saveSnapshot(place, directory, other));
  const otherFile = (await readdir(join(home, 'directory'))).find((name) => !file.endsWith(name))!;
  await writeFile(join(home, 'directory', otherFile), await readFile(file));
  value(await directory.removeConnection('acme'));
  expect(await loadSnapshot(place, directory, other)).toMatchObject({
    ok: false,
    error: { code: 'settings_corrupt' },
  });
  await directory.close();
});

test('a list that was never saved, and one never fetched, are not found', async () => {
  const directory = open();
  expect(await loadSnapshot(place, directory, key)).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await saveSnapshot(place, directory, key)).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await readdir(home)).toEqual([]);
  await directory.close();
});

test('a locked vault is said to be that, and nothing is written', async () => {
  const locked: Vault = {
    ...place.vault,
    read: () => Promise.resolve(fail('vault_locked', 'The keychain is locked.', 'Unlock it.')),
  };
  const directory = open();
  await load(directory, key, [user('1', 'Anna')]);
  expect(await saveSnapshot({ home, vault: locked }, directory, key)).toMatchObject({
    ok: false,
    error: { code: 'vault_locked' },
  });
  expect(await readdir(home)).toEqual([]);
  await directory.close();
});

test('a key that was lost makes the file unreadable, and saving again mends it', async () => {
  await save();
  value(await place.vault.remove('directory-key'));
  const directory = open();
  expect(await loadSnapshot(place, directory, key)).toMatchObject({
    ok: false,
    error: { code: 'settings_corrupt' },
  });
  await directory.close();
  await save();
  const again = open();
  value(await loadSnapshot(place, again, key));
  await again.close();
});

test("removing a connection's snapshots leaves the others", async () => {
  const directory = open();
  for (const connection of ['acme', 'other']) {
    await load(directory, usersOf('s1', connection), [user('1', 'Anna')]);
    value(await saveSnapshot(place, directory, usersOf('s1', connection)));
  }
  value(await removeSnapshots(home, 'acme'));
  expect(await readdir(join(home, 'directory'))).toHaveLength(1);
  expect((await loadSnapshot(place, directory, usersOf('s1', 'other'))).ok).toBe(true);
  value(await removeSnapshots(join(home, 'nowhere'), 'acme'));
  await directory.close();
});
