import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivity } from '../../../main/activity/activity.ts';
import { systemClock } from '../../../main/clock.ts';
import { type Console, createConsole } from '../../../main/console.ts';
import type { ListOptions, Listing } from '../../../main/console/lists.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import type { UserRow } from '../../../main/directory/rows.ts';
import { createHttp } from '../../../main/http/http.ts';
import { type Sandbox, startSandbox } from '../../../main/sandbox/sandbox.ts';
import { openFileVault } from '../../../main/vault/file.ts';
import { value } from '../../unit/directory/fixtures.ts';

const people = 2_000;
const site = 'Harbour House';
let sandbox: Sandbox;
let home: string;
/** How far the consoles' clock is ahead. */
let ahead = 0;
const consoles: Console[] = [];

beforeAll(async () => void (sandbox = await startSandbox({ users: people })));
afterAll(() => sandbox.close());
beforeEach(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-cut-'))));
afterEach(async () => {
  ahead = 0;
  await control('DELETE', '/faults');
  for (const console of consoles.splice(0)) await console.close();
  await rm(home, { recursive: true, force: true });
});

/** A process of its own, as far as the profile can tell. */
function startConsole(): Console {
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const console = createConsole({
    activity: createActivity(),
    home,
    vault: openFileVault({ path: home, passphrase: 'five plain words in line', workFactor: 4 }),
    clock,
    env: {},
    http: createHttp({ clock, env: {} }),
    openBrowser: () => Promise.reject(new Error('no browser')),
  });
  consoles.push(console);
  return console;
}

async function signedIn(console: Console): Promise<Connection> {
  const vendor = sandbox.description.vendors.find(({ provider }) => provider === 'salto-ks')!;
  const added = value(
    await console.connections.add(
      'salto-ks',
      {
        name: 'ks',
        environment: 'sandbox',
        grant: 'password',
        clientId: 'harbour-service',
        username: 'system.user@harbour-partners.example',
        overrides: { issuer: vendor.issuer ?? '', apiBase: vendor.apiBase },
      },
      { clientSecret: 'demo-lantern-23', password: 'demo-harbour-12' },
    ),
  );
  value(await console.sessions.signIn(added));
  return added;
}

async function control(method: string, where: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${sandbox.description.control}${where}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

async function usersOf(
  console: Console,
  connection: Connection,
  options: ListOptions & { readonly filter?: string } = {},
): Promise<Listing<UserRow>> {
  const { filter, ...rest } = options;
  const query = filter === undefined ? {} : { filter };
  return value(await (await console.lists()).users(connection, site, query, rest));
}

async function idsOf(listing: Listing<UserRow>): Promise<string[]> {
  const ids: string[] = [];
  for await (const rows of listing.rows) ids.push(...value(rows).map(({ id }) => id));
  return ids.toSorted();
}

/** Reads until some of the people came, and stops there as Ctrl-C does. */
async function cut(console: Console, connection: Connection): Promise<Listing<UserRow>> {
  const stop = new AbortController();
  return usersOf(console, connection, {
    signal: stop.signal,
    progress: ({ installation, rows }) => {
      if (installation === site && rows >= 500) stop.abort();
    },
  });
}

/** How often the site's people were asked for. */
async function asked(): Promise<number> {
  const log = (await control('GET', '/log')) as { path: string }[];
  return log.filter(({ path: where }) => where.endsWith('/users')).length;
}

const kept = async (): Promise<string[]> =>
  (await readdir(path.join(home, 'directory'))).filter((name) => name.endsWith('.cut'));

interface Cut {
  readonly ks: Connection;
  /** Everybody, and how many requests they took. */
  readonly all: readonly string[];
  readonly whole: number;
}

/** A list that was read whole, and then stopped on the way. */
async function stoppedList(): Promise<Cut> {
  const ks = await signedIn(startConsole());
  const before = await asked();
  const all = await idsOf(await usersOf(startConsole(), ks));
  expect(all).toHaveLength(people);
  const whole = (await asked()) - before;
  const stopped = await cut(startConsole(), ks);
  expect(stopped.failures).toMatchObject([{ failure: { code: 'cancelled' }, goesOn: true }]);
  expect(await kept()).toHaveLength(1);
  return { ks, all, whole };
}

/** What the next process reads, where it goes on, and how many requests that takes. */
async function nextReading(
  { ks, all }: Cut,
  options: Parameters<typeof usersOf>[2] = {},
): Promise<{ resumedAfter: number[]; requests: number }> {
  const before = await asked();
  const resumedAfter: number[] = [];
  const listing = await usersOf(startConsole(), ks, {
    ...options,
    resumed: ({ rows }) => resumedAfter.push(rows),
  });
  expect(listing.failures).toEqual([]);
  expect(await idsOf(listing)).toEqual(all);
  expect(await kept()).toEqual([]);
  return { resumedAfter, requests: (await asked()) - before };
}

test('a list that was stopped goes on in the next process, and is whole then', async () => {
  const list = await stoppedList();
  ahead = 50 * 60_000;
  const { resumedAfter, requests } = await nextReading(list);
  expect(resumedAfter).toHaveLength(1);
  expect(resumedAfter[0]).toBeGreaterThanOrEqual(500);
  expect(requests).toBeLessThan(list.whole);
  const offline = await usersOf(startConsole(), list.ks, { offline: true });
  expect(await idsOf(offline)).toEqual(list.all);
  // As old as its first rows.
  expect(Date.now() + ahead - (offline.fetchedAt ?? 0)).toBeGreaterThanOrEqual(ahead);
});

test('what was kept whole before stays until the cut list is whole as well; with its connection both go', async () => {
  const { ks, all } = await stoppedList();
  const console = startConsole();
  expect(await idsOf(await usersOf(console, ks, { offline: true }))).toEqual(all);
  value(await (await console.lists()).forget(ks.id));
  expect(await readdir(path.join(home, 'directory'))).toEqual([]);
});

test('it begins anew after an hour, for another question, and where that is wanted', async () => {
  const list = await stoppedList();
  const whole = { resumedAfter: [], requests: list.whole };
  expect(await nextReading(list, { restart: true })).toEqual(whole);
  await cut(startConsole(), list.ks);
  await usersOf(startConsole(), list.ks, { filter: "startswith(first_name,'no such')" });
  expect(await kept()).toHaveLength(1);
  ahead = 61 * 60_000;
  expect(await nextReading(list)).toEqual(whole);
});

test('a place that the provider no longer knows is given up in the same run', async () => {
  const list = await stoppedList();
  const { id } = sandbox.description.vendors
    .find(({ provider }) => provider === 'salto-ks')!
    .installations.find(({ name }) => name === site)!;
  await control('POST', '/faults', {
    provider: 'salto-ks',
    path: `/v1.1/sites/${id}/users`,
    status: 400,
    times: 1,
  });
  const { resumedAfter, requests } = await nextReading(list);
  expect(resumedAfter).toHaveLength(1);
  expect(requests).toBe(list.whole + 1);
});

test('nothing is kept where lists are not to be kept', async () => {
  const console = startConsole();
  const ks = await signedIn(console);
  value(await console.preferences.change({ keepLists: false }));
  expect((await cut(console, ks)).failures).toMatchObject([{ goesOn: false }]);
  expect(await readdir(path.join(home, 'directory')).catch(() => [])).toEqual([]);
});
