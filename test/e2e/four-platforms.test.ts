import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../support/browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../support/cli.ts';
import { add, login, nameOf } from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';

interface InstallationShape {
  connection: string;
  id: string;
  name: string;
  userCount: number | null;
}
interface UserShape {
  connection: string;
  installation: string;
  id: string;
  status: string;
}

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;

beforeAll(async () => {
  [keyring, sandbox, browser] = await Promise.all([
    startKeyring(),
    startSandboxProcess(['--users', '10000']),
    openChromium(),
  ]);
});

afterAll(async () => {
  await browser.close();
  expect(await sandbox.stop()).toBe(0);
  await keyring.stop();
  await removeProfiles();
});

describe.each([
  ['in the order of the sandbox', <T>(list: T[]) => list],
  ['in the opposite order', <T>(list: T[]) => list.toReversed()],
])('every client the sandbox lists, connected %s', (_, order) => {
  let cli: CommandLine;
  beforeAll(async () => {
    ({ cli } = await newProfile(keyring.env));
  });

  test('is added and signed in', async () => {
    for (const vendor of order(sandbox.description.vendors)) {
      for (const client of order(vendor.clients)) {
        await login(cli, browser, vendor, client, await add(cli, vendor, client));
      }
    }
    const { value } = await cli.json(['status']);
    expect((value as { state: string }[]).map(({ state }) => state)).toEqual(
      sandbox.description.vendors.flatMap(({ clients }) => clients.map(() => 'signed_in')),
    );
  });

  test('lists the installations and users that the sandbox says it has', async () => {
    for (const vendor of sandbox.description.vendors) {
      for (const client of vendor.clients) {
        // Smartenit restricts its client credentials to things like creating users (SEED-SMA).
        if (vendor.provider === 'smartenit' && client.grant === 'client_credentials') continue;
        const name = nameOf(vendor, client);
        const installations = await cli.json(['installations', name]);
        expect(installations.code, JSON.stringify(installations.value)).toBe(0);
        const rows = installations.value as InstallationShape[];
        const expected = new Map(vendor.installations.map((installation) => [installation.id, installation]));
        expect(new Set(rows.map(({ id }) => id)), name).toEqual(new Set(expected.keys()));
        for (const row of rows)
          expect(row).toMatchObject({ connection: name, name: expected.get(row.id)?.name });

        const users = await cli.json(['users', name]);
        expect(users.code, JSON.stringify(users.value).slice(0, 500)).toBe(0);
        const counts = new Map<string, Set<string>>();
        for (const { installation, id } of users.value as UserShape[]) {
          counts.set(installation, (counts.get(installation) ?? new Set()).add(id));
        }
        const found = Object.fromEntries([...counts].map(([id, ids]) => [id, ids.size]));
        const wanted = Object.fromEntries(
          vendor.installations.filter(({ users }) => users > 0).map(({ id, users }) => [id, users]),
        );
        expect(found, name).toEqual(wanted);
        expect((users.value as UserShape[]).length).toBe(
          vendor.installations.reduce((sum, { users }) => sum + users, 0),
        );
      }
    }
  });
});

test('10,000 users of one installation come whole, once each, and again without a network', async () => {
  const { cli } = await newProfile(keyring.env);
  const vendor = sandbox.description.vendors[0];
  const client = vendor?.clients.find(({ grant }) => grant === 'password');
  if (vendor === undefined || client === undefined) throw new Error('no password client');
  const largest = vendor.installations.toSorted((a, b) => b.users - a.users)[0];
  expect(largest?.users).toBeGreaterThanOrEqual(10_000);
  const name = await add(cli, vendor, client);
  await login(cli, browser, vendor, client, name);

  const online = await cli.json(['users', name, largest?.id ?? '']);
  const rows = online.value as UserShape[];
  expect(rows.length).toBe(largest?.users);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(largest?.users);
  expect(new Set(rows.map(({ status }) => status))).toEqual(
    new Set(['active', 'pending', 'suspended', 'blocked', 'expired']),
  );

  const before = ((await sandbox.control('GET', '/log')) as unknown[]).length;
  const offline = await cli.json(['users', name, largest?.name ?? '', '--offline']);
  expect(offline.code, offline.err).toBe(0);
  expect(offline.value).toEqual(online.value);
  expect(offline.err).toMatch(/As read \d+ s ago/);
  expect(((await sandbox.control('GET', '/log')) as unknown[]).length).toBe(before);
});
