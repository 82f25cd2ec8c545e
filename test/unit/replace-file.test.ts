import { link, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../main/make-folder.ts';
import { renamePatiently, replaceFile } from '../../main/replace-file.ts';
import { storeKeys } from '../../main/sessions/keys.ts';
import { parseJwks } from '../../main/tokens/jwks-cache.ts';
import { testClock } from '../support/sessions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-replace-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (): string => path.join(folder, 'settings.json');

/** A rename that Windows refuses so often, with these codes in turn, before it does it. */
function heldFor(times: number, codes: readonly string[]): { tries: number; rename: typeof rename } {
  const held = {
    tries: 0,
    rename: (async (from, to) => {
      held.tries += 1;
      const code = codes[(held.tries - 1) % codes.length] ?? '';
      if (held.tries <= times) throw Object.assign(new Error(`${code}: held`), { code });
      await rename(from, to);
    }) as typeof rename,
  };
  return held;
}

test('a file that a virus scanner holds for a moment is renamed all the same, on Windows', async () => {
  await writeFile(file(), 'old');
  await writeFile(`${file()}.tmp`, 'new');
  const clock = testClock();
  const held = heldFor(6, ['EPERM', 'EACCES', 'EBUSY']);
  await renamePatiently(`${file()}.tmp`, file(), { platform: 'win32', rename: held.rename, clock });
  expect(await readFile(file(), 'utf8')).toBe('new');
  expect(clock.sleeps).toEqual([10, 20, 40, 80, 160, 320]);
});

test('what stays refused is given up, what is refused for another reason or elsewhere at once', async () => {
  await writeFile(`${file()}.tmp`, 'new');
  for (const [platform, code, tries] of [
    ['win32', 'EPERM', 8],
    ['win32', 'EXDEV', 1],
    ['linux', 'EPERM', 1],
  ] as const) {
    const held = heldFor(100, [code]);
    const parts = { platform, rename: held.rename, clock: testClock() };
    await expect(renamePatiently(`${file()}.tmp`, file(), parts)).rejects.toMatchObject({ code });
    expect(held.tries, `${platform} ${code}`).toBe(tries);
  }
});

test('content that breaks off leaves the old file and nothing beside it', async () => {
  await writeFile(file(), 'old');
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    await Promise.resolve();
    throw new Error('broken off');
  };
  await expect(replaceFile(file(), content())).rejects.toThrow('broken off');
  expect(await readdir(folder)).toEqual(['settings.json']);
  expect(await readFile(file(), 'utf8')).toBe('old');
});

test('a file is replaced and never written into: a crash leaves the old content or the new one', async () => {
  await replaceFile(file(), 'of yesterday');
  // Another name of the old file shows whether anything was written into it.
  await link(file(), path.join(folder, 'old'));
  await replaceFile(file(), 'of today');
  expect(await readFile(file(), 'utf8')).toBe('of today');
  expect(await readFile(path.join(folder, 'old'), 'utf8')).toBe('of yesterday');
});

test.skipIf(process.platform === 'win32')(
  'files and folders of the profile are for their owner alone, whatever was there before',
  async () => {
    const mode = async (place: string): Promise<number> => (await stat(place)).mode & 0o777;
    const profile = path.join(folder, 'profile');
    const kept = path.join(profile, 'keys', 'a.json');
    makeFolder(path.dirname(kept));
    await writeFile(kept, 'for all to read', { mode: 0o644 });
    await replaceFile(kept, 'for me');
    expect(await mode(kept)).toBe(0o600);
    for (const made of [profile, path.dirname(kept)]) expect(await mode(made)).toBe(0o700);
  },
);

test('what writers of keys left when they were killed is swept, what is being written is not', async () => {
  const keys = path.join(folder, 'keys');
  const source = 'https://id.acme.example/keys';
  const parsed = parseJwks('{"keys":[]}', { from: 'server', source, fetchedAt: 0 });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const store = (): Promise<void> => storeKeys(folder, 'acme', null, parsed.value.keySet);
  await store();
  const [kept = ''] = await readdir(keys);
  const twoHoursAgo = Date.now() / 1000 - 2 * 3600;
  for (const [name, old] of [
    [`${kept}.1.tmp`, true],
    ['0123.json.2.tmp', true],
    ['0123.json.3.tmp', false],
    ['notes.txt', true],
  ] as const) {
    await writeFile(path.join(keys, name), '');
    if (old) await utimes(path.join(keys, name), twoHoursAgo, twoHoursAgo);
  }
  await store();
  expect(await readdir(keys)).toEqual(['0123.json.3.tmp', kept, 'notes.txt'].toSorted());
});
