import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { add, clientOf, vendorOf } from '../../support/connect.ts';
import { expectFailure } from '../../support/failure.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let cli: CommandLine;

/** Signed in without a browser; each test gets the same two connections of the same profile. */
beforeAll(async () => {
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess()]);
  ({ cli } = await newProfile(keyring.env));
  for (const [provider, grant] of [
    ['salto-ks', 'password'],
    ['salto-nebula', 'client_credentials'],
    ['smartenit', 'password'],
    ['konexus', 'client_credentials'],
  ] as const) {
    const vendor = vendorOf(sandbox.description, provider);
    await add(cli, vendor, clientOf(vendor, grant), provider);
    const run = await cli.run(['login', provider]);
    if (run.code !== 0) throw new Error(run.err);
  }
});
afterEach(async () => {
  await sandbox.control('DELETE', '/faults');
  await sandbox.control('DELETE', '/log');
});
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

const fault = (fields: object): Promise<unknown> => sandbox.control('POST', '/faults', fields);
const always = 1000;
const sites = { provider: 'salto-ks', path: '/v1.1/sites' };
const page = '<!doctype html><title>Please sign in to the network</title>';

describe.each([
  ['salto-ks', 'Salto KS', '/v1.1/sites', 'installations'],
  ['salto-nebula', 'Salto Nebula', '/v1/installations', 'installations'],
  ['smartenit', 'Smartenit', '/v2/locations', 'installations'],
  ['konexus', 'Konexus', '/api/v2/contacts/find', 'users'],
])('%s answers its list in a wrong shape', (provider, label, path, command) => {
  test.each([
    // At Nebula alone `{}` is a list: protobuf JSON leaves empty members out.
    [
      'an object without the list',
      provider === 'salto-nebula' ? { message: 'all is well' } : {},
      /expected .*, got /,
    ],
    ['a web page', page, /answer in JSON, but .* came/],
    ['a text', '"all is well"', /expected/],
    ['a number', 42, /expected/],
    ['an empty body', '', /an empty body/],
    ['an object in place of the list', { items: {}, installations: {}, data: {} }, /expected/],
    ['rows that are none', { items: ['one'], installations: ['one'], data: ['one'] }, /expected/],
  ])('%s is an error and never an empty list', async (_, body, message) => {
    await fault({ provider, path, body, status: 200, times: always });
    const failure = await expectFailure(cli, [command, provider], {
      code: 'response_unexpected',
      message,
      hint: /Check the API address/,
    });
    expect(failure.message).toContain(label);
    expect(failure.message).not.toContain('all is well');
    for (const format of ['--csv', '--ndjson']) {
      const run = await cli.run([command, provider, format]);
      expect(run, format).toMatchObject({ code: 4, out: '' });
    }
  });
});

describe.each(['salto-ks', 'salto-nebula', 'smartenit', 'konexus'])('%s is searched', (provider) => {
  interface Person {
    id: string;
    displayName: string;
    email: string | null;
  }
  const sorted = (people: readonly Person[]): string[] => people.map(({ id }) => id).toSorted();

  test('in names and e-mail addresses, wherever in them, as offline', async () => {
    const { value } = await cli.json(['users', provider]);
    const people = value as Person[];
    // From the middle of an address, and in no name that goes with it: what looks at names alone, or at beginnings, misses it.
    const piece = people
      .flatMap(({ displayName, email }) => {
        const middle = email?.slice(2, 6).toLowerCase() ?? '';
        return /^[a-z]{4}$/.test(middle) && !displayName.toLowerCase().includes(middle) ? [middle] : [];
      })
      .at(0);
    const host = people
      .find(({ email }) => email !== null)
      ?.email?.split('@')[1]
      ?.slice(1);
    expect(host).toBeTypeOf('string');
    for (const search of [piece ?? host ?? '', (host ?? '').toUpperCase()]) {
      const wanted = people.filter(({ displayName, email }) =>
        `${displayName}\n${email ?? ''}`.toLowerCase().includes(search.toLowerCase()),
      );
      expect(wanted.length, search).toBeGreaterThan(0);
      const found = await cli.json(['users', provider, '--search', search]);
      expect(sorted(found.value as Person[]), search).toEqual(sorted(wanted));
      const offline = await cli.json(['users', provider, '--search', search, '--offline']);
      expect(sorted(offline.value as Person[]), search).toEqual(sorted(wanted));
    }
    const nobody = await cli.run(['users', provider, '--search', 'nobody is called so']);
    expect(nobody).toMatchObject({ code: 0, out: '' });
  });
});

test('a link to the next page on another host is not followed with the token', async () => {
  await fault({
    ...sites,
    times: always,
    body: { items: [], next_page_link: 'https://elsewhere.example/v1.1/sites?$skip=25' },
  });
  await expectFailure(cli, ['installations', 'salto-ks'], {
    code: 'response_unexpected',
    message: /another|elsewhere/,
    hint: /api|API/,
  });
});

describe('a provider that is in trouble', () => {
  const noted = async (): Promise<(number | null)[]> =>
    ((await sandbox.control('GET', '/log')) as { path: string; status: number | null }[])
      .filter(({ path }) => path === '/v1.1/sites')
      .map(({ status }) => status);

  test.each<[string, { status?: number; [field: string]: unknown }]>([
    ['500', { status: 500, body: page }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
    ['a dropped connection', { drop: true }],
  ])('for a moment: %s, and the list comes whole all the same', async (_, trouble) => {
    const good = await cli.json(['installations', 'salto-ks']);
    await sandbox.control('DELETE', '/log');
    await fault({ ...sites, times: 2, ...trouble });
    const listed = await cli.json(['installations', 'salto-ks']);
    expect(listed).toEqual(good);
    expect(await noted()).toEqual([trouble.status ?? null, trouble.status ?? null, 200]);
  });

  test.each([
    ['500', { status: 500, body: page }, 'provider_failed', /HTTP 500/, /Try again in a moment/],
    ['503', { status: 503, headers: { 'retry-after': '0' } }, 'provider_failed', /HTTP 503/, /Try again/],
    ['429', { status: 429, headers: { 'retry-after': '0' } }, 'rate_limited', /asked too often/, /wait/i],
    ['a dropped connection', { drop: true }, 'network_unreachable', /broke the connection off/, /Try again/],
  ] as const)(
    'for ever: %s, and it is given up after four tries',
    async (_, trouble, code, message, hint) => {
      await fault({ ...sites, times: always, ...trouble });
      await expectFailure(cli, ['installations', 'salto-ks'], { code, message, hint });
      expect((await noted()).length).toBe(8);
    },
  );

  test('one that wants to be left alone for an hour is not waited for', async () => {
    await fault({ ...sites, times: always, status: 429, headers: { 'retry-after': '3600' } });
    await expectFailure(cli, ['installations', 'salto-ks'], {
      code: 'rate_limited',
      message: /Salto KS was asked too often/,
      hint: '3600 seconds',
    });
    expect((await noted()).length).toBe(2);
  });

  test.each([
    [403, 'forbidden', /does not allow this account/, /site owner|rights/],
    [404, 'not_found', /does not know what was asked for/, /id/],
  ] as const)('HTTP %i', async (status, code, message, hint) => {
    await fault({ ...sites, times: always, status, body: {} });
    await expectFailure(cli, ['installations', 'salto-ks'], { code, message, hint });
  });

  test('one that refuses a token that was renewed just now says so, and asks for one renewal only', async () => {
    await fault({ ...sites, times: always, status: 401 });
    const run = await cli.json(['installations', 'salto-ks']);
    expect(run).toMatchObject({ code: 3, value: { error: { code: 'session_refused' } } });
    const log = (await sandbox.control('GET', '/log')) as { body: { grant_type?: string } | null }[];
    expect(log.filter(({ body }) => body?.grant_type !== undefined).length).toBe(1);
    await sandbox.control('DELETE', '/faults');
    expect((await cli.run(['installations', 'salto-ks'])).code).toBe(0);
  });
});

describe('a list that breaks off on its third page', () => {
  const largest = () => {
    const { installations } = vendorOf(sandbox.description, 'salto-ks');
    const found = installations.toSorted((a, b) => b.users - a.users)[0];
    if (found === undefined) throw new Error('no site');
    return found;
  };
  const breakOff = async (how: object): Promise<void> => {
    await sandbox.control('DELETE', '/faults');
    const users = { provider: 'salto-ks', path: `/v1.1/sites/${largest().id}/users` };
    await fault({ ...users, delayMs: 0, times: 2 });
    await fault({ ...users, times: always, ...how });
  };

  test.each([
    ['a web page', { status: 200, body: page }, 'response_unexpected', /in JSON/, /API address/],
    ['403', { status: 403, body: {} }, 'forbidden', /does not allow/, /site owner|rights/],
    ['an empty object', { status: 200, body: {} }, 'response_unexpected', /expected/, /API address/],
    [
      'an end too soon',
      { status: 200, body: { items: [], next_page_link: null, count: 1000 } },
      'response_unexpected',
      /announced \d+ users, but its list ended after 50/,
      /not the whole list/,
    ],
  ] as const)('by %s prints nothing of it', async (_, how, code, message, hint) => {
    const { id, name, users } = largest();
    expect(users).toBeGreaterThan(75);
    await breakOff(how);
    const failure = await expectFailure(
      cli,
      // Each from the beginning: a list that was cut goes on where it was.
      ['users', 'salto-ks', id, '--restart'],
      { code, message, hint },
      { between: () => breakOff(how) },
    );
    expect(failure.message).toContain(name);
    for (const format of ['--csv', '--ndjson']) {
      await breakOff(how);
      const run = await cli.run(['users', 'salto-ks', id, format, '--restart']);
      expect(run.out, format).toBe('');
      expect(run.code, format).not.toBe(0);
    }
  });

  test('keeps what was read whole before, for --offline', async () => {
    const { id, users } = largest();
    const good = await cli.json(['users', 'salto-ks', id]);
    expect((good.value as unknown[]).length).toBe(users);
    await breakOff({ status: 403, body: {} });
    expect((await cli.run(['users', 'salto-ks', id])).code).toBe(4);
    const offline = await cli.json(['users', 'salto-ks', id, '--offline']);
    expect(offline.value).toEqual(good.value);
  });
});

describe('several connections, one of which fails', () => {
  test('the others are printed, the one is named on stderr, and the exit code is its own', async () => {
    await fault({ ...sites, times: always, status: 403, body: {} });
    const names = ['salto-nebula', 'salto-ks', 'konexus'];
    const run = await cli.json(['installations', ...names]);
    expect(run.code).toBe(4);
    const rows = run.value as { connection: string }[];
    expect(new Set(rows.map(({ connection }) => connection))).toEqual(new Set(['salto-nebula', 'konexus']));
    expect(run.err).toMatch(/^Not listed: salto-ks: .*\(forbidden\)$/m);

    const table = await cli.run(['installations', ...names]);
    expect(table.code).toBe(4);
    expect(table.out).toContain('konexus');
    expect(table.err).toMatch(/^Not listed: salto-ks: .*\(forbidden\)$/m);
  });

  test('the exit code is that of its kind', async () => {
    await fault({ ...sites, times: always, drop: true });
    const run = await cli.json(['installations', 'salto-ks', 'konexus']);
    expect(run.code).toBe(5);
    expect(run.err).toMatch(/^Not listed: salto-ks: .*\(network_unreachable\)$/m);
  });

  test('all failing is an error', async () => {
    await fault({ ...sites, times: always, status: 403, body: {} });
    await fault({
      provider: 'salto-nebula',
      path: '/v1/installations',
      times: always,
      status: 403,
      body: {},
    });
    const run = await cli.json(['installations', 'salto-ks', 'salto-nebula']);
    expect(run).toMatchObject({ code: 4, value: { error: { code: 'forbidden' } } });
  });
});
