import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../main/clock.ts';
import { findConnection } from '../../main/connections/connections.ts';
import { createHttp } from '../../main/http/http.ts';
import { profileOf } from '../../main/providers/catalogue.ts';
import { createSessions } from '../../main/sessions/sessions.ts';
import { openKeychain } from '../../main/vault/keychain.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../support/cli.ts';
import { clockAhead } from '../support/clock-ahead.ts';
import { add, login, vendorOf } from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let cli: CommandLine;
let home: string;

const anHour = 3_700;
const anHourOn = clockAhead(anHour);

beforeAll(async () => {
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess()]);
});
/** A person at Salto KS, where refresh tokens rotate and a spent one ends the session; the access token has ended. */
beforeEach(async () => {
  ({ cli, home } = await newProfile(keyring.env));
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const client = vendor.clients.find(
    (one) => one.grant === 'authorization_code' && one.clientAuth === 'basic',
  );
  if (client === undefined) throw new Error('no client');
  await login(cli, null, vendor, client, await add(cli, vendor, client, 'acme'));
  await sandbox.control('DELETE', '/log');
  await sandbox.control('POST', '/clock', { offsetSeconds: anHour });
});
afterEach(() => sandbox.control('POST', '/reset'));
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

interface LogEntry {
  path: string;
  status: number | null;
  body: { grant_type?: string } | null;
}
/** What the token endpoint was asked, and answered. */
async function tokenRequests(): Promise<string[]> {
  const log = (await sandbox.control('GET', '/log')) as LogEntry[];
  return log
    .filter(({ path }) => path === '/connect/token')
    .map(({ body, status }) => `${body?.grant_type ?? '?'} ${String(status)}`);
}

/** The session is whole: its refresh token is good, and so is what it brings. */
async function expectSignedIn(): Promise<void> {
  const renewed = await cli.run(['refresh', 'acme'], anHourOn);
  expect(renewed.code, renewed.err).toBe(0);
  const listed = await cli.run(['installations', 'acme'], anHourOn);
  expect(listed.code, listed.err).toBe(0);
}

test('1,000 callers in one process: one refresh, and all get the same token', async () => {
  const clock = { ...systemClock, now: () => Date.now() + anHour * 1000 };
  const vault = openKeychain({ isolation: 'helper', env: keyring.env });
  const http = createHttp({ clock, env: {} });
  try {
    const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
    const sessions = createSessions({ home, vault, http, clock, profileOf, openBrowser });
    const found = findConnection(home, 'acme');
    if (!found.ok) throw new Error(found.error.message);
    const all = await Promise.all(Array.from({ length: 1_000 }, () => sessions.access(found.value)));
    const tokens = new Set(all.map((one) => (one.ok ? one.value.session.accessToken : one.error.code)));
    expect(tokens.size).toBe(1);
    expect([...tokens][0]).toMatch(/^eyJ/);
    expect(await tokenRequests()).toEqual(['refresh_token 200']);
  } finally {
    await Promise.all([vault.close(), http.close()]);
  }
  await expectSignedIn();
});

test('50 `latchkey token` at once: one refresh, and all print the same token', async () => {
  const runs = await Promise.all(Array.from({ length: 50 }, () => cli.run(['token', 'acme'], anHourOn)));
  expect(runs.filter(({ code }) => code !== 0).map(({ err }) => err)).toEqual([]);
  expect(new Set(runs.map(({ out }) => out)).size).toBe(1);
  expect(await tokenRequests()).toEqual(['refresh_token 200']);
  await expectSignedIn();
});

test('the one that renews is killed with -9 in the middle: the others get on at once, and nobody is signed out', async () => {
  // Its request is never looked at; a server that had renewed already would have spent the refresh token.
  const fault = { provider: 'salto-ks', path: '/connect/token', times: 1, delayMs: 90_000, drop: true };
  await sandbox.control('POST', '/faults', fault);
  const holder = cli.start(['token', 'acme'], anHourOn);
  const ended = new Promise((resolve) => holder.once('close', resolve));
  while (((await sandbox.control('GET', '/faults')) as unknown[]).length > 0)
    expect(holder.exitCode).toBe(null);
  const others = Array.from({ length: 8 }, () => cli.run(['token', 'acme'], anHourOn));
  holder.kill('SIGKILL');
  await ended;
  const killedAt = Date.now();
  const runs = await Promise.all(others);
  expect(runs.filter(({ code }) => code !== 0).map(({ err }) => err)).toEqual([]);
  expect(new Set(runs.map(({ out }) => out)).size).toBe(1);
  // Far below the minute and a half that the killed one would have waited.
  expect(Date.now() - killedAt).toBeLessThan(45_000);
  expect((await tokenRequests()).filter((line) => line !== 'refresh_token null')).toEqual([
    'refresh_token 200',
  ]);
  await expectSignedIn();
});

test('the terminal is closed in the middle of a renewal: what the server has renewed is kept', async () => {
  // The refresh token is spent, and the new one is on its way.
  const fault = { provider: 'salto-ks', path: '/connect/token', times: 1, delayMs: 3_000, after: true };
  await sandbox.control('POST', '/faults', fault);
  const child = cli.start(['token', 'acme'], anHourOn);
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (((await sandbox.control('GET', '/faults')) as unknown[]).length > 0);
  // Nobody reads any more what it says.
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.kill('SIGHUP');
  child.kill('SIGHUP');
  await ended;
  await expectSignedIn();
  expect(await tokenRequests()).toEqual(['refresh_token 200', 'refresh_token 200']);
});

describe('two signals to end in the middle of a renewal', () => {
  /** A run that has spent the refresh token and was told twice to end; it has said that it waits. */
  async function toldTwice(delayMs: number): Promise<{ child: ChildProcess; code: Promise<number | null> }> {
    const fault = { provider: 'salto-ks', path: '/connect/token', times: 1, delayMs, after: true };
    await sandbox.control('POST', '/faults', fault);
    const child = cli.start(['token', 'acme'], anHourOn);
    const code = once(child, 'close').then(([ended]) => ended as number | null);
    while (((await sandbox.control('GET', '/faults')) as unknown[]).length > 0);
    const said = once(createInterface({ input: child.stderr! }), 'line');
    // Not the same signal twice: the system may deliver two of a kind as one.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const [line] = (await said) as [string];
    expect(line).toContain('being renewed');
    return { child, code };
  }

  test('the answer is waited for and stored, then it ends', async () => {
    const { code } = await toldTwice(3_000);
    expect(await code).toBe(130);
    await expectSignedIn();
    expect(await tokenRequests()).toEqual(['refresh_token 200', 'refresh_token 200']);
  });

  test('a third ends it at once', async () => {
    const { child, code } = await toldTwice(90_000);
    const toldAt = Date.now();
    child.kill('SIGINT');
    expect(await code).toBe(130);
    // Far below the half minute that an answer is waited for.
    expect(Date.now() - toldAt).toBeLessThan(20_000);
  });
});

describe('signing out while other processes renew', () => {
  const signedOut = async (): Promise<void> => {
    expect((await cli.json(['status', 'acme'], anHourOn)).value).toMatchObject([{ state: 'signed_out' }]);
    expect(await cli.json(['token', 'acme'], anHourOn)).toMatchObject({
      code: 3,
      value: { error: { code: 'sign_in_needed' } },
    });
  };
  const revocations = async (): Promise<number> =>
    ((await sandbox.control('GET', '/log')) as LogEntry[]).filter(
      ({ path, status }) => path === '/connect/revocation' && status === 200,
    ).length;

  test('waits for the one under way, and what that brought is signed out: it does not come back', async () => {
    // The server has renewed, and takes its time to say so.
    const fault = { provider: 'salto-ks', path: '/connect/token', times: 1, delayMs: 7_000, after: true };
    await sandbox.control('POST', '/faults', fault);
    const renewal = cli.run(['token', 'acme'], anHourOn);
    while (((await sandbox.control('GET', '/faults')) as unknown[]).length > 0);
    // Who gives up waiting has changed nothing; what is waited for is said at once.
    const gaveUp = cli.start(['logout', 'acme'], anHourOn);
    const code = once(gaveUp, 'close').then(([ended]) => ended as number | null);
    const [said] = (await once(createInterface({ input: gaveUp.stderr! }), 'line')) as [string];
    expect(said).toContain('Waiting for a renewal of acme');
    gaveUp.kill('SIGINT');
    expect(await code).toBe(3);
    const logout = await cli.run(['logout', 'acme'], anHourOn);
    expect(logout).toMatchObject({
      code: 0,
      err: expect.stringContaining('revoked') as string,
    });
    expect(await renewal).toMatchObject({ code: 0 });
    await signedOut();
    expect(await tokenRequests()).toEqual(['refresh_token 200']);
    expect(await revocations()).toBe(2);
  });

  test('whoever waits for its turn to renew then is told to sign in, and asks nobody', async () => {
    const before = Array.from({ length: 8 }, () => cli.run(['refresh', 'acme'], anHourOn));
    const logout = cli.run(['logout', 'acme'], anHourOn);
    const after = Array.from({ length: 8 }, () => cli.run(['token', 'acme'], anHourOn));
    expect(await logout).toMatchObject({ code: 0 });
    const runs = await Promise.all([...before, ...after]);
    expect(runs.filter(({ code }) => code !== 0 && code !== 3).map(({ err }) => err)).toEqual([]);
    await signedOut();
    expect((await tokenRequests()).every((line) => line === 'refresh_token 200')).toBe(true);
    expect(await revocations()).toBe(2);
  });
});
