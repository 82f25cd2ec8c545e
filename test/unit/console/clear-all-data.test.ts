import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearAllData } from '../../../main/console/clear-all-data.ts';
import { connectionChanges } from '../../../main/console/manage-connections.ts';
import type { ServiceParts } from '../../../main/console/parts.ts';
import { snapshotIdentity } from '../../../main/directory/snapshot-key.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { createSessions } from '../../../main/sessions/sessions.ts';
import { openFileVault } from '../../../main/vault/file.ts';
import { storeProxyCredentials } from '../../../main/vault/proxy-credentials.ts';
import { fail } from '../../../preload/errors.ts';
import { type Scripted, json, locked, scriptedHttp, testClock, testVault } from '../../support/sessions.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-clear-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const vault = testVault();

function parts(answers: readonly Scripted[]): ServiceParts {
  const { http } = scriptedHttp(answers);
  const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
  const given = { home, env: {}, vault, clock: testClock(Date.now()), http, profileOf, openBrowser };
  return { ...given, sessions: createSessions(given) };
}

/** A profile in which two connections are signed in, with everything that one can hold. */
async function fill(): Promise<string[]> {
  const granted = (): Response => json({ access_token: 'access-1', token_type: 'bearer', expires_in: 3600 });
  const service = parts([granted(), granted()]);
  const ids: string[] = [];
  for (const name of ['acme', 'other']) {
    const added = await connectionChanges(service).add(
      'oauth2',
      {
        name,
        clientId: 'acme-client',
        grant: 'client_credentials',
        overrides: {
          tokenEndpoint: 'https://id.acme.example/token',
          ...(name === 'acme' && { revocationEndpoint: 'https://id.acme.example/revoke' }),
        },
      },
      { clientSecret: 'secret-1' },
    );
    if (!added.ok) throw new Error(added.error.message);
    const signedIn = await service.sessions.signIn(added.value);
    if (!signedIn.ok) throw new Error(signedIn.error.message);
    ids.push(added.value.id);
  }
  await snapshotIdentity(vault);
  await storeProxyCredentials(vault, { proxy: 'http://proxy.example:1', username: 'u', password: 'p' });
  for (const folder of ['directory', 'keys']) await mkdir(path.join(home, folder), { recursive: true });
  await writeFile(path.join(home, 'directory', 'a.age'), 'rows');
  await writeFile(path.join(home, 'keys', `${ids[0]}.json`), '{}');
  await openFileVault({ path: home, passphrase: 'seven words', workFactor: 4 }).write('x', 'y');
  return ids;
}

const held = async (ids: readonly string[]): Promise<(string | null)[]> =>
  Promise.all(
    ['directory-key', 'proxy-credentials', ...ids.map((id) => `connection:${id}`)].map(async (item) => {
      const read = await vault.read(item);
      return read.ok ? read.value : read.error.code;
    }),
  );

test('everything is taken away, and signed out where the server can', async () => {
  const ids = await fill();
  const cleared = await clearAllData(parts([new Response(null, { status: 200 })]), [vault]);
  expect(cleared.left).toEqual([]);
  expect(cleared.signedOut.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: 'acme', revoked: 'done' },
    { name: 'other', revoked: 'unsupported' },
  ]);
  expect(await held(ids)).toEqual([null, null, null, null]);
  expect(await readdir(home)).toEqual(['locks']);
});

test('what a locked vault keeps is said, everything else goes, and the next try finds it without the settings', async () => {
  const ids = await fill();
  const refused = () => Promise.resolve({ ok: false, error: locked } as const);
  const shut = { ...vault, read: refused, write: refused, remove: refused };
  const cleared = await clearAllData({ ...parts([]), vault: shut }, [shut]);
  expect(cleared.left).toEqual([{ what: 'secrets in the keychain', failure: locked }]);
  expect(await readdir(home)).toEqual(['locks']);
  expect(await held(ids)).not.toContain(null);
  expect(await clearAllData(parts([]), [vault])).toEqual({ signedOut: [], left: [] });
  expect(await held(ids)).toEqual([null, null, null, null]);
});

test('the file is closed before it goes: what is still under way with it does not make it anew', async () => {
  await fill();
  const file = openFileVault({ path: home, passphrase: 'seven words', workFactor: 4 });
  await file.write('x', 'y');
  expect((await clearAllData(parts([]), [vault, file])).left).toEqual([]);
  expect(await file.write('x', 'late')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  expect(await readdir(home)).toEqual(['locks']);
});

test('an absent keychain is said once, and that it may never have held anything', async () => {
  const failure = fail('vault_absent', 'There is no keychain here.', 'Start one.').error;
  const refused = () => Promise.resolve({ ok: false, error: failure } as const);
  const absent = { ...vault, read: refused, write: refused, remove: refused };
  const cleared = await clearAllData({ ...parts([]), vault: absent }, [absent]);
  expect(cleared.left).toEqual([{ what: 'secrets in the keychain, if it was ever used', failure }]);
});

test('settings that cannot be read are said, and are taken away too', async () => {
  const ids = await fill();
  await writeFile(path.join(home, 'settings.json'), '{');
  const cleared = await clearAllData(parts([]), [vault]);
  expect(cleared.left).toMatchObject([{ failure: { code: 'settings_corrupt' } }]);
  expect(await held(ids)).toEqual([null, null, null, null]);
  expect(await readdir(home)).toEqual(['locks']);
});
