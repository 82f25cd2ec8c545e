import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type OpenBridge, openBridge } from '../../../main/bridge/open.ts';
import { type Door, openDoor } from '../../../main/browser/door.ts';
import { createDownloads } from '../../../main/browser/downloads.ts';
import { systemClock } from '../../../main/clock.ts';
import { openFileVault } from '../../../main/vault/file.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import type { ConnectionInfo, ListState, Output, ScreenMessage } from '../../../preload/contract.ts';
import { fail } from '../../../preload/errors.ts';
import { signInByForm } from '../../support/visitor.ts';
import { type TestScreen, ask, enter, openScreen } from './door-client.ts';

interface Run {
  readonly bridge: OpenBridge;
  readonly screen: TestScreen;
  readonly port: number;
  readonly cookie: string;
  /** The value of a call that must not fail. */
  get<T>(method: string, input?: unknown): Promise<T>;
  /** The connections by name. */
  connections(): Promise<Map<string, ConnectionInfo>>;
  stop(): Promise<void>;
}

let home = '';
const runs: Run[] = [];
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-bridge-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const run of runs) await run.stop();
  await rm(home, { recursive: true, force: true });
});

const fileVault = (folder = home): Vault =>
  openFileVault({ path: folder, passphrase: 'five plain words in line', workFactor: 4 });

/** A browser door on the real bridge, with one screen in it. */
async function start(folder: string, vault: Vault): Promise<Run> {
  const downloads = createDownloads(systemClock);
  const bridge = openBridge({
    door: 'browser',
    deliver: downloads.deliver,
    version: '0.0.0',
    home: folder,
    env: {},
    vault,
    openBrowser: () => Promise.resolve(fail('browser_unavailable', 'No display.', 'Open it yourself.')),
    note: (line) => expect.unreachable(line),
  });
  const opened = await openDoor({
    dispatcher: bridge.dispatcher,
    files: new Map(),
    downloads,
    clock: systemClock,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const door: Door = opened.value;
  const port = Number(new URL(door.origin).port);
  const cookie = await enter(port, door.address());
  const screen = await openScreen(port, { origin: door.origin, cookie });
  const get = async <T>(method: string, input: unknown = {}): Promise<T> => {
    const result = (await screen.call(method, input)) as { ok: boolean; value: T };
    expect(result, method).toMatchObject({ ok: true });
    return result.value;
  };
  let stopped = false;
  const run: Run = {
    bridge,
    screen,
    port,
    cookie,
    get,
    connections: async () =>
      new Map((await get<ConnectionInfo[]>('connections.list')).map((each) => [each.name, each])),
    stop: async () => {
      if (stopped) return;
      stopped = true;
      await door.close();
      await bridge.close();
    },
  };
  runs.push(run);
  return run;
}

const idOf = (all: Map<string, ConnectionInfo>, name: string): string => all.get(name)?.id ?? '';
const authorization = (message: ScreenMessage): boolean =>
  message.type === 'progress' && message.progress.kind === 'authorization';

/** Signs in at the sandbox as a person does who opened the address from the progress. */
async function signInAt(url: string, redirectUri: string): Promise<void> {
  const account = { username: 'vera.quay@harbour-partners.example', password: 'demo-harbour-7' };
  await fetch(await signInByForm(url, new URL(redirectUri).origin, account));
}

describe('the whole path over one WebSocket', () => {
  let run: Run;
  let names: string[];
  beforeAll(async () => {
    run = await start(home, fileVault());
    names = (await run.get<Output<'sandbox.start'>>('sandbox.start')).connections;
  });

  test('the sandbox brings a connection to each platform, marked as invented', async () => {
    expect(names).toEqual([
      'sandbox-salto-ks',
      'sandbox-salto-nebula',
      'sandbox-konexus',
      'sandbox-smartenit',
    ]);
    const all = await run.connections();
    for (const name of names) {
      expect(all.get(name)).toMatchObject({
        sandbox: true,
        ownSandbox: true,
        session: { state: 'signed_out', failure: null },
      });
    }
    expect(await run.get('app.info')).toMatchObject({ door: 'browser', sandbox: true });
  });

  test('starting the sandbox again changes nothing, whatever its connections are called by then', async () => {
    const before = await run.connections();
    expect((await run.get<Output<'sandbox.start'>>('sandbox.start')).connections).toEqual(names);
    expect(await run.connections()).toEqual(before);
    const id = idOf(before, 'sandbox-konexus');
    await run.get('connections.change', { id, name: 'to-try' });
    const { connections } = await run.get<Output<'sandbox.start'>>('sandbox.start');
    expect(connections).toEqual(names.map((name) => (name === 'sandbox-konexus' ? 'to-try' : name)));
    await run.get('connections.change', { id, name: 'sandbox-konexus' });
    expect(await run.connections()).toEqual(before);
  });

  test('connections sign in, by a browser where one is needed', async () => {
    const all = await run.connections();
    for (const name of ['sandbox-salto-nebula', 'sandbox-konexus']) {
      expect(await run.get('sessions.signIn', { id: idOf(all, name) })).toMatchObject({
        expiresAt: expect.any(Number) as number,
      });
    }
    const request = run.screen.next();
    const signedIn = run.get<Output<'sessions.signIn'>>('sessions.signIn', {
      id: idOf(all, 'sandbox-salto-ks'),
    });
    const said = await run.screen.message(
      (message) => authorization(message) && message.type === 'progress' && message.request === request,
    );
    if (said.type !== 'progress' || said.progress.kind !== 'authorization') throw new Error('no address');
    expect(said.progress.failure).toBeNull();
    // The same once more with the reason, since this test's computer opens no browser.
    await run.screen.message(
      (message) =>
        message.type === 'progress' &&
        message.progress.kind === 'authorization' &&
        message.progress.failure?.code === 'browser_unavailable',
    );
    await signInAt(said.progress.url, said.progress.redirectUri);
    expect((await signedIn).subject).toBe('5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101');
    const state = (await run.connections()).get('sandbox-salto-ks')?.session;
    expect(state).toMatchObject({ state: 'signed_in', subject: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101' });
  });

  test('all lists are read, with progress, and come in windows', async () => {
    expect(await run.get('lists.sync', { users: true })).toEqual({ failures: [] });
    const states = await run.get<ListState[]>('lists.states');
    // By them a screen knows which of the lists are done.
    const known = states.map(({ connection, installation }) => `${connection} ${installation?.id ?? ''}`);
    const said = run.screen.messages.flatMap((each) =>
      each.type === 'progress' && each.progress.kind === 'list' ? [each.progress] : [],
    );
    expect(new Set(said.map((one) => `${one.connection} ${one.installation ?? ''}`))).toEqual(new Set(known));
    expect(states.filter(({ complete }) => !complete)).toEqual([]);
    expect(new Set(states.map(({ connectionName }) => connectionName))).toEqual(
      new Set(['sandbox-salto-ks', 'sandbox-salto-nebula', 'sandbox-konexus']),
    );
    const people = states.filter(({ kind }) => kind === 'users').reduce((sum, { rows }) => sum + rows, 0);
    const window = await run.get<Output<'lists.users'>>('lists.users', { offset: 0, limit: 200 });
    expect(window.total).toBe(people);
    expect(window.rows).toHaveLength(200);
    expect(window.rows[0]).toMatchObject({
      sandbox: true,
      connectionName: expect.stringMatching(/^sandbox-/) as string,
    });
    const last = await run.get<Output<'lists.users'>>('lists.users', { offset: people - 1, limit: 5 });
    expect(last.rows).toHaveLength(1);

    const all = await run.connections();
    const filtered = await run.get<Output<'lists.users'>>('lists.users', {
      offset: 0,
      limit: 10,
      connection: idOf(all, 'sandbox-salto-ks'),
      status: 'pending',
      search: 'a',
      sort: 'email',
      descending: true,
    });
    expect(filtered.total).toBeGreaterThan(0);
    for (const row of filtered.rows) expect(row).toMatchObject({ provider: 'salto-ks', status: 'pending' });
    const emails = filtered.rows.map(({ email }) => (email ?? '').toLowerCase());
    expect(emails).toEqual(emails.toSorted().toReversed());

    const [row] = (
      await run.get<Output<'lists.installations'>>('lists.installations', { offset: 0, limit: 1 })
    ).rows;
    const { json } = await run.get<Output<'lists.record'>>('lists.record', {
      kind: 'installations',
      connection: row?.connection,
      id: row?.id,
    });
    expect(JSON.parse(json)).toBeTypeOf('object');
    const place = { connection: row?.connection, id: row?.id };
    expect(await run.get('lists.installation', place)).toEqual({ row });
    const [person] = window.rows;
    const key = { connection: person?.connection, installation: person?.installation, id: person?.id };
    expect(await run.get('lists.user', key)).toEqual({ row: person });
    expect(await run.get('lists.user', { ...key, id: 'nobody' })).toEqual({ row: null });
    expect(await run.get('lists.user', { ...key, connection: 'gone' })).toEqual({ row: null });
    expect(run.screen.messages).toContainEqual(
      expect.objectContaining({
        type: 'progress',
        progress: expect.objectContaining({ kind: 'list' }) as object,
      }),
    );
    expect(run.screen.messages).toContainEqual({ type: 'event', event: 'lists.changed', payload: {} });
  });

  test('what a list shows is exported, by an address that gives the file once and to this browser alone', async () => {
    const of = { what: 'users', provider: 'salto-ks', sort: 'email' };
    const shown = await run.get<Output<'lists.users'>>('lists.users', {
      offset: 0,
      limit: 200,
      provider: 'salto-ks',
      sort: 'email',
    });
    const start = (): Promise<{ url: string; fileName: string }> =>
      run.get('exports.start', { of, format: 'ndjson' });
    const { url: relative, fileName } = await start();
    // Beside the screen, wherever that is.
    expect(relative).toMatch(/^\.\/download\//);
    const url = relative.slice(1);
    expect(fileName).toMatch(/^latchkey-users-\d{4}-\d{2}-\d{2}\.ndjson$/);
    expect((await ask(run.port, url)).status).toBe(401);
    expect((await ask(run.port, url, { cookie: run.cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(
      403,
    );
    expect((await ask(run.port, url, { cookie: run.cookie, host: 'evil.example' })).status).toBe(421);
    const got = await ask(run.port, url, { cookie: run.cookie });
    expect(got.headers['content-disposition']).toBe(`attachment; filename="${fileName}"`);
    const lines = got.body.trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as { id?: string; provenance?: { rows: number } });
    expect(rows.slice(0, Math.min(200, shown.total)).map(({ id }) => id)).toEqual(
      shown.rows.map(({ id }) => id),
    );
    expect(rows.at(-1)?.provenance?.rows).toBe(shown.total);
    expect(rows).toHaveLength(shown.total + 1);
    expect((await ask(run.port, url, { cookie: run.cookie })).status).toBe(404);
  });

  test('what happened is downloaded the same way', async () => {
    const { total } = await run.get<Output<'activity.list'>>('activity.list', { offset: 0, limit: 1 });
    const done = await run.get<Output<'activity.export'>>('activity.export', {});
    if (done.kind !== 'download') throw new Error('A browser was to download it.');
    expect(done.fileName).toMatch(/^latchkey-activity-\d{8}-\d{4}\.ndjson$/);
    const got = await ask(run.port, done.url.slice(1), { cookie: run.cookie });
    expect(got.headers['content-disposition']).toBe(`attachment; filename="${done.fileName}"`);
    const [head, ...entries] = got.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { entries?: number; leftOut?: number; purpose?: string });
    expect(entries).toHaveLength(head?.entries ?? -1);
    expect(entries.length + (head?.leftOut ?? 0)).toBeGreaterThanOrEqual(total);
    expect(entries.some(({ purpose }) => purpose === 'api')).toBe(true);
  });

  test('facets and summaries say what the lists hold', async () => {
    const { total } = await run.get<Output<'lists.users'>>('lists.users', { offset: 0, limit: 1 });
    const { facets, total: counted } = await run.get<Output<'lists.facets'>>('lists.facets', {});
    expect(counted).toBe(total);
    for (const name of ['provider', 'connection', 'installation', 'status']) {
      const values = facets.find((facet) => facet.name === name)?.values ?? [];
      expect(
        values.reduce((sum, { count }) => sum + count, 0),
        name,
      ).toBe(total);
    }
    const [busiest] = facets.find((facet) => facet.name === 'role')?.values ?? [];
    const ofRole = await run.get<Output<'lists.users'>>('lists.users', {
      offset: 0,
      limit: 1,
      role: busiest?.value ?? '',
    });
    expect(ofRole.total).toBe(busiest?.count);
    const overview = await run.get<Output<'lists.overview'>>('lists.overview');
    expect(overview.users).toBe(total);
    const blocked = await run.get<Output<'lists.installations'>>('lists.installations', {
      offset: 0,
      limit: 10,
      state: 'blocked',
    });
    expect(blocked.rows).toMatchObject([{ provider: 'salto-nebula', state: 'blocked', unusual: true }]);
    expect(blocked.total).toBe(1);
    // The usual states come last and are not marked; an installation that says nothing of its state is in none.
    expect(overview.states).toEqual([
      { state: 'blocked', unusual: true, installations: 1, name: blocked.rows[0]?.name },
      { state: 'released', unusual: false, installations: expect.any(Number) as number, name: null },
    ]);
    // The largest two: the order of all is the order in which lists came.
    const [a, b] = overview.perInstallation.toSorted((one, other) => other.users - one.users);
    const places = [a, b].map((each) => ({
      connection: each?.connection ?? '',
      installation: each?.installation.id ?? '',
    }));
    const compared = await run.get<Output<'lists.compare'>>('lists.compare', {
      places,
      find: 'only_first',
      offset: 0,
      limit: 200,
    });
    expect(compared.total).toBeGreaterThan(0);
    expect(compared.incomplete).toEqual([]);
    for (const { users } of compared.rows)
      for (const { installation } of users) expect(installation).toBe(places[0]?.installation);

    const { url } = await run.get<{ url: string }>('exports.start', {
      of: { what: 'comparison', places, find: 'only_first', search: 'an' },
      format: 'ndjson',
    });
    const { body } = await ask(run.port, url.slice(1), { cookie: run.cookie });
    const all = await run.connections();
    const [first, second] = [a, b].map((each) => {
      const connection = [...all.values()].find(({ id }) => id === each?.connection);
      return `${each?.installation.name} (${connection?.name})`;
    });
    expect(JSON.parse(body.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      provenance: { filter: `people who are in ${first} and not in ${second}, search "an"` },
    });
  });

  test('a connection that is asked for though it is signed out is a failure of its own list', async () => {
    const id = idOf(await run.connections(), 'sandbox-smartenit');
    const { failures } = await run.get<Output<'lists.sync'>>('lists.sync', {
      connections: [id],
      users: true,
    });
    expect(failures).toMatchObject([
      { connection: id, installation: null, failure: { code: 'sign_in_needed' } },
    ]);
  });

  test('no message but the answer to reveal ever held a token or a secret', async () => {
    const all = await run.connections();
    const secrets = new Set(['demo-comet-5', 'demo-siren-7', 'demo-ember-3', 'five plain words']);
    const before = run.screen.messages.length;
    for (const name of names.slice(0, 3)) {
      const id = idOf(all, name);
      for (const token of ['access', 'refresh', 'id']) {
        const result = (await run.screen.call('sessions.reveal', { id, token })) as {
          value?: { token: string };
        };
        if (result.value !== undefined) secrets.add(result.value.token);
      }
      await run.get('sessions.renew', { id });
    }
    expect(secrets.size).toBeGreaterThan(8);
    const others = JSON.stringify(run.screen.messages.slice(0, before));
    for (const secret of secrets) expect(others).not.toContain(secret);
  });

  test('signing out is told to every screen, and leaves none of its people in memory or on disk', async () => {
    const id = idOf(await run.connections(), 'sandbox-salto-nebula');
    const kept = async (): Promise<number> => (await readdir(path.join(home, 'directory'))).length;
    const keptBefore = await kept();
    const before = run.screen.messages.length;
    expect(await run.get('sessions.signOut', { id })).toEqual({ revoked: 'done' });
    expect(run.screen.messages.slice(before)).toContainEqual({
      type: 'event',
      event: 'connections.changed',
      payload: {},
    });
    expect((await run.connections()).get('sandbox-salto-nebula')?.session.state).toBe('signed_out');
    const people = { offset: 0, limit: 1, connection: id };
    expect((await run.get<Output<'lists.users'>>('lists.users', people)).total).toBe(0);
    expect(await kept()).toBeLessThan(keptBefore - 2);
    expect(await run.screen.call('sessions.reveal', { id, token: 'access' })).toMatchObject({
      ok: false,
      error: { code: 'sign_in_needed' },
    });
  });

  test('after a restart the lists are there at once, without any provider', async () => {
    const [before] = await run.get<ListState[]>('lists.states');
    const people = await run.get<Output<'lists.users'>>('lists.users', { offset: 0, limit: 50 });
    await run.stop();
    run = await start(home, fileVault());
    // Each list that came back is told of; the last one makes the people complete.
    for (;;) {
      const seen = run.screen.messages.length;
      const again = await run.get<Output<'lists.users'>>('lists.users', { offset: 0, limit: 50 });
      if (again.total >= people.total) {
        expect(again).toEqual(people);
        break;
      }
      await run.screen.message(
        (message) => message.type === 'event' && message.event === 'lists.changed',
        seen,
      );
    }
    const states = await run.get<ListState[]>('lists.states');
    expect(
      states.find((state) => state.kind === before?.kind && state.connection === before.connection),
    ).toEqual(before);
  });

  test('a connection that is pointed elsewhere, or removed, leaves none of its people behind', async () => {
    const all = await run.connections();
    const konexus = idOf(all, 'sandbox-konexus');
    const ks = idOf(all, 'sandbox-salto-ks');
    const kept = async (): Promise<number> => (await readdir(path.join(home, 'directory'))).length;
    const peopleOf = async (connection: string): Promise<number> =>
      (await run.get<Output<'lists.users'>>('lists.users', { offset: 0, limit: 1, connection })).total;
    expect(await peopleOf(konexus)).toBeGreaterThan(0);
    const atFirst = await kept();
    await run.get('connections.change', { id: konexus, name: 'renamed' });
    expect(await kept()).toBe(atFirst);
    expect(await peopleOf(konexus)).toBeGreaterThan(0);
    await run.get('connections.change', {
      id: konexus,
      overrides: { apiBase: 'https://api.vendor.example' },
    });
    expect(await peopleOf(konexus)).toBe(0);
    const afterChange = await kept();
    expect(afterChange).toBe(atFirst - 2);

    expect(await peopleOf(ks)).toBeGreaterThan(0);
    await run.get('connections.remove', { id: ks });
    expect(await peopleOf(ks)).toBe(0);
    expect(await kept()).toBeLessThan(afterChange);
    expect(await run.screen.call('sessions.renew', { id: ks })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });
});

describe('a connection', () => {
  let run: Run;
  beforeAll(async () => {
    run = await start(await mkdtemp(path.join(home, 'own-')), fileVault(path.join(home, 'own')));
    await run.get('sandbox.start');
  });

  test('being signed in that is cancelled frees its port', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    await once(probe, 'close');
    const id = idOf(await run.connections(), 'sandbox-salto-ks');
    await run.get('connections.change', { id, redirectPorts: [port] });
    const request = run.screen.next();
    const answer = run.screen.call('sessions.signIn', { id });
    await run.screen.message(authorization);
    await run.get('requests.cancel', { request });
    expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    const again = createServer().listen(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  test('keeps the secret that works until the server lets a new one in', async () => {
    const id = idOf(await run.connections(), 'sandbox-konexus');
    await run.get('sessions.signIn', { id });
    const before = (await run.connections()).get('sandbox-konexus');
    expect(
      await run.screen.call('sessions.signIn', { id, changes: { name: 'other', clientSecret: 'mistyped' } }),
    ).toMatchObject({
      ok: false,
      error: {
        code: 'client_rejected',
        hint: expect.stringMatching(/^sandbox-konexus is as it was/) as string,
      },
    });
    expect((await run.connections()).get('sandbox-konexus')).toEqual(before);
    await run.get('sessions.signIn', { id });
    // Let in, the change is saved with it.
    const changes = { name: 'konexus-renamed', clientSecret: 'demo-siren-7' };
    await run.get('sessions.signIn', { id, changes });
    expect((await run.connections()).get('konexus-renamed')).toMatchObject({
      id,
      session: { state: 'signed_in' },
    });
    await run.get('connections.change', { id, name: 'sandbox-konexus' });
  });

  test('is tried without leaving anything behind', async () => {
    // Other tests try connections at the same time, in the folder that all of them have.
    vi.stubEnv('TMPDIR', await mkdtemp(path.join(home, 'own-temporary-')));
    const folders = (): Promise<string[]> => readdir(run.bridge.console.home, { recursive: true });
    const trials = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('latchkey-trial-'));
    const before = [await folders(), await run.connections(), await trials()];
    const konexus = (await run.connections()).get('sandbox-konexus');
    const typed = {
      provider: 'konexus',
      name: 'sandbox-konexus',
      environment: 'sandbox',
      clientId: konexus?.clientId,
      overrides: konexus?.overrides,
      scope: 'tamarack',
    };
    const good = await run.get<Output<'connections.test'>>('connections.test', {
      ...typed,
      clientSecret: 'demo-siren-7',
    });
    const told = run.screen.messages.flatMap((message) =>
      message.type === 'progress' && message.progress.kind === 'steps' ? [message.progress] : [],
    );
    expect(told.map(({ done, of }) => `${done} of ${of}`)).toEqual(['1 of 4', '2 of 4', '3 of 4', '4 of 4']);
    expect(good.map(({ name, ok }) => [name, ok])).toEqual([
      ['Settings', true],
      ['Server', true],
      ['Sign-in', true],
      ['Lists', true],
    ]);
    const wrong = await run.get<Output<'connections.test'>>('connections.test', {
      ...typed,
      clientSecret: 'demo-wrong-1',
    });
    expect(wrong.at(-1)).toMatchObject({ name: 'Sign-in', ok: false, failure: { code: 'client_rejected' } });
    expect(JSON.stringify([good, wrong])).not.toMatch(/demo-/);
    const nowhere = await run.get<Output<'connections.test'>>('connections.test', {
      ...typed,
      clientSecret: 'demo-siren-7',
      overrides: { issuer: 'http://127.0.0.1:1' },
    });
    expect(nowhere.at(-1)).toMatchObject({
      name: 'Server',
      ok: false,
      failure: { code: 'network_unreachable' },
    });
    const plain = await run.get<Output<'connections.test'>>('connections.test', {
      ...typed,
      clientSecret: 'demo-siren-7',
      overrides: { issuer: 'http://id.vendor.example' },
    });
    expect(plain).toMatchObject([{ name: 'Settings', ok: false, failure: { code: 'input_invalid' } }]);
    expect([await folders(), await run.connections(), await trials()]).toEqual(before);
  });
});

test('a vault that closes while the sandbox is added is the failure, and no connection stays', async () => {
  const memory = openMemoryVault();
  let stored = 0;
  const closing: Vault = {
    ...memory,
    read: (item) => (stored > 0 ? Promise.resolve(closed) : memory.read(item)),
    write: (item, text) => memory.write(item, text).finally(() => (stored += 1)),
    remove: () => Promise.resolve(closed),
  };
  const closed = fail('vault_denied', 'The vault was closed.', 'Open it.');
  const run = await start(await mkdtemp(path.join(home, 'closing-')), closing);
  expect(await run.screen.call('sandbox.start', {})).toMatchObject(closed);
  expect(stored).toBe(1);
  expect(await run.connections()).toEqual(new Map());
  stored = 0;
});
