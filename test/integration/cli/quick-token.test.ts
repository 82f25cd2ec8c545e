import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addConnection } from '../../../main/connections/connections.ts';
import type { Session } from '../../../main/sessions/session.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import type { BothWays, QuickStep } from '../../support/quick-token-child.ts';
import { runChild } from '../../support/run-child.ts';
import { testConnection, testSession, testTrouble } from '../../support/sessions.ts';

const connection = testConnection();
const hour = 3_600_000;
/** The beginning of the test: some tokens here live for a minute, which those before it may take. */
let now = 0;
let lasting: Partial<Session> = {};
let keyring: TestKeyring;
let home: string;
let settings: string;
beforeAll(async () => {
  keyring = await startKeyring();
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-quick-'));
  expect(await addConnection(home, connection)).toMatchObject({ ok: true });
  settings = await readFile(path.join(home, 'settings.json'), 'utf8');
});
beforeEach(() => {
  now = Date.now();
  lasting = { refreshExpiresAt: now + 30 * 24 * hour };
});
afterAll(async () => {
  await keyring.stop();
  await rm(home, { recursive: true, force: true });
});

function stored(session: Session | null): Pick<QuickStep, 'item'> {
  return { item: [`connection:${connection.id}`, JSON.stringify({ version: 1, credentials: {}, session })] };
}

async function bothWays(steps: readonly QuickStep[], env: NodeJS.ProcessEnv = {}): Promise<BothWays[]> {
  const child = await runChild('quick-token-child.ts', steps, {
    ...keyring.env,
    LATCHKEY_HOME: home,
    ...env,
  });
  expect(child.code, child.stderr).toBe(0);
  expect(child.lines).toHaveLength(steps.length);
  return child.lines as BothWays[];
}

test('the token of a session that lasts comes at once, and is what the whole command line prints', async () => {
  const sessions: readonly Partial<Session>[] = [
    lasting,
    { ...lasting, expiresAt: null },
    { refreshToken: null }, // long before its end
    { ...lasting, trouble: testTrouble('kept', now) },
    { ...lasting, trouble: testTrouble('refused', now) },
    { ...lasting, accessToken: 'odd \u202e\u0085"token' },
  ];
  const steps = sessions.flatMap((changes): QuickStep[] => [
    { ...stored(testSession(connection, now, changes)), words: ['token', 'acme'] },
    { words: ['token', ' ACME ', '--json'] },
  ]);
  for (const [index, { quick, whole }] of (await bothWays(steps)).entries()) {
    expect(quick).toContain(index < 10 ? 'access-1' : 'odd ');
    expect(whole).toEqual({ code: 0, stdout: quick, notes: [] });
  }
});

test('a session that has to be renewed, made anew or spoken of is for the whole command line', async () => {
  const sessions: readonly [Session | null, number][] = [
    [null, 3],
    [testSession(connection, now - hour, { refreshToken: null }), 3], // ended
    [testSession(connection, now - hour + 50_000, { refreshToken: null }), 0], // about to
    [testSession(connection, now, { trouble: testTrouble('ended', now) }), 0], // over, its token still good
    [testSession(connection, now - hour, { expiresAt: now + hour, refreshExpiresAt: now + 60_000 }), 0], // sign in soon
    [testSession(connection, now, { binding: 'of before' }), 3],
  ];
  const steps = sessions.map(([session]) => ({ ...stored(session), words: ['token', 'acme', '--json'] }));
  const ways = await bothWays(steps);
  expect(ways.map(({ quick, whole }) => [quick, whole.code])).toEqual(
    sessions.map(([, code]) => [null, code]),
  );
});

test('settings that were changed, are damaged or of another version are for the whole command line', async () => {
  const id = JSON.stringify(connection.id);
  const texts: readonly [string, number][] = [
    [settings.replace('acme-client', 'other-client'), 3],
    [settings.replace('"version": 2', '"version": 1'), 0],
    [settings.replace('"version": 2', '"version": 3'), 1],
    [settings.replace(id, '"../../elsewhere"'), 1],
    [settings.replace(id, '7'), 1],
    [settings.replace('"authorization_code"', '7'), 1],
    [settings.replace(/"overrides": \{.*?\n {6}\}/s, '"overrides": null'), 1],
    [`\uFEFF${settings}`, 0],
    ['{', 1],
    ['null', 1],
    ['{"version": 2, "connections": [null]}', 1],
  ];
  for (const [text] of texts) expect(text).not.toBe(settings);
  const words = ['token', 'acme'];
  const ways = await bothWays([
    ...texts.map(([text]) => ({ ...stored(testSession(connection, now, lasting)), settings: text, words })),
    { settings, words: ['token', 'nobody'] },
    { words },
  ]);
  expect(ways.map(({ quick, whole }) => [quick, whole.code])).toEqual([
    ...texts.map(([, code]) => [null, code]),
    [null, 2],
    ['access-1\n', 0],
  ]);
});

test('what lies in the vault in parts, or cannot be understood, is for the whole command line', async () => {
  const session = testSession(connection, now, { ...lasting, accessToken: 'x'.repeat(2_000) });
  const name = `connection:${connection.id}`;
  const words = ['token', 'acme'];
  const [parts, ...others] = await bothWays([
    { ...stored(session), itemLimit: 256, words },
    ...['{', 'null', '{"version":2,"credentials":{},"session":null}'].map((text): QuickStep => ({
      item: [name, text],
      words,
    })),
  ]);
  expect(parts).toEqual({ quick: null, whole: { code: 0, stdout: `${session.accessToken}\n`, notes: [] } });
  expect(others.map(({ quick, whole }) => [quick, whole.code])).toEqual([
    [null, 6],
    [null, 6],
    [null, 6],
  ]);
});

test('a keychain that is locked or absent is for the whole command line, and the process ends', async () => {
  const words = ['token', 'acme', '--json'];
  await bothWays([{ ...stored(testSession(connection, now, lasting)), words }]);
  await keyring.lock();
  const [locked] = await bothWays([{ words }]);
  await keyring.unlock();
  const [absent] = await bothWays([{ words }], { DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/bus` });
  expect([locked?.quick, absent?.quick]).toEqual([null, null]);
  expect(locked?.whole.stdout).toContain('"vault_locked"');
  expect(absent?.whole.stdout).toContain('"vault_absent"');
});
