import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivity } from '../../../main/activity/activity.ts';
import { createConsole } from '../../../main/console.ts';
import type { Check } from '../../../main/console/doctor.ts';
import { addConnection } from '../../../main/connections/connections.ts';
import { type Http, HttpError } from '../../../main/http/seam.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import { locked, testClock, testConnection, testVault } from '../../support/sessions.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-doctor-'));
  await addConnection(home, testConnection());
});
afterEach(() => rm(home, { recursive: true }));

/** What the doctor finds, by the name of the check. */
async function checks(
  network: Partial<Http>,
  vault: Vault = testVault(),
  progress?: (done: number, of: number) => void,
): Promise<Map<string, Check>> {
  const http: Http = {
    fetch: () => Promise.resolve(new Response('')),
    skewSeconds: () => 0,
    close: () => Promise.resolve(),
    ...network,
  };
  const console = createConsole({
    ...{ home, vault, http, clock: testClock(), env: {}, activity: createActivity() },
    openBrowser: () => Promise.reject(new Error('Nobody may open a browser.')),
    directoryWorker: new URL('file:///nobody'),
  });
  const { checks: found } = await console.diagnose(undefined, progress);
  return new Map(found.map((check) => [check.name, check]));
}

const host = 'host id.acme.example';

test.each([
  [1, true, 'agrees with the servers.'],
  [45, true, 'agrees with the servers, but for 45 s.'],
  [-4000, false, 'is 66 min ahead of the servers.'],
  [90 * 86_400, false, 'is 90 days behind the servers.'],
])('a clock that is %i s off', async (skew, ok, words) => {
  const clock = (await checks({ skewSeconds: () => skew })).get('clock');
  expect(clock).toMatchObject({ ok, message: `This computer's clock ${words}` });
});

test('a vault that is not open is said once: hosts behind a proxy whose password is in it were not asked', async () => {
  const asks: Partial<Http> = { fetch: () => Promise.reject(new HttpError(locked)) };
  const shut: Vault = {
    ...testVault(),
    state: () => Promise.resolve({ state: 'locked', reason: 'locked', message: 'The keychain is locked.' }),
  };
  const found = await checks(asks, shut);
  expect(found.get('vault')).toMatchObject({ ok: false, message: 'The keychain is locked.' });
  expect(found.get(host)).toMatchObject({ ok: null, hint: '' });
  expect(found.get(host)?.message).toMatch(
    /was not asked: the proxy's user name and password are in the vault/,
  );
  // An open one that refuses all the same is a find of its own.
  expect((await checks(asks)).get(host)).toMatchObject({ ok: false, message: locked.message });
});

test('how many hosts were looked at is told while others are', async () => {
  await addConnection(home, testConnection({ name: 'other' }, 'https://id.other.example'));
  const told: string[] = [];
  await checks({}, testVault(), (done, of) => told.push(`${done} of ${of}`));
  expect(told).toEqual(['1 of 2', '2 of 2']);
});

test('an Electron that is merely installed is not said to run', async () => {
  const message = (await checks({})).get('latchkey')?.message ?? '';
  expect(message).toMatch(/^Latchkey \S+ on Node [\d.]+, \w+ \w+\./);
});
