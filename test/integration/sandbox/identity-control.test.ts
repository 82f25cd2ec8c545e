import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import type { LogEntry } from '../../../main/sandbox/request-log.ts';
import { startSandbox } from '../../../main/sandbox/sandbox.ts';
import { basic, bearer, openBench, postForm } from './identity-visit.ts';
import type { Bench } from './identity-visit.ts';

let bench: Bench;
let ks: string;

beforeAll(async () => {
  bench = await openBench();
  ks = bench.vendor('salto-ks').issuer!;
});
afterAll(() => bench.close());
afterEach(() => bench.control('POST', '/reset'));

const LOGIN = {
  grant_type: 'password',
  username: 'system.user@harbour-partners.example',
  password: 'demo-harbour-12',
};

function login(): ReturnType<typeof postForm> {
  return postForm(`${ks}/connect/token`, LOGIN, basic('harbour-service', 'demo-lantern-23'));
}

async function log(): Promise<LogEntry[]> {
  return (await (await bench.control('GET', '/log')).json()) as LogEntry[];
}

test('the description has the promised shape for each vendor', () => {
  const { control, vendors } = bench.description;
  expect(control).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  expect(vendors.map(({ provider }) => provider)).toEqual([
    'salto-ks',
    'salto-nebula',
    'konexus',
    'smartenit',
  ]);
  expect(vendors.map(({ clients }) => clients.map(({ grant }) => grant))).toEqual([
    ['authorization_code', 'authorization_code', 'password'],
    ['client_credentials'],
    ['client_credentials'],
    ['authorization_code', 'implicit', 'password', 'client_credentials'],
  ]);
  for (const vendor of vendors) {
    expect(Object.keys(vendor)).toEqual([
      'provider',
      'issuer',
      'authorizationEndpoint',
      'tokenEndpoint',
      'apiBase',
      'clients',
      'accounts',
      'installations',
      'exercises',
    ]);
    expect(vendor.issuer === null).toBe(vendor.provider === 'smartenit');
    expect(vendor.installations.length).toBeGreaterThan(0);
  }
  for (const { accounts } of [bench.vendor('salto-ks'), bench.vendor('smartenit')]) {
    expect(accounts.map(({ role }) => role)).toContain('system user');
    expect(Object.keys(accounts[0]!)).toEqual(['username', 'password', 'role']);
  }
});

test('every listed account of Salto KS sees every site; the exercises see less', async () => {
  const { accounts, exercises, installations } = bench.vendor('salto-ks');
  const seen = async ({ username, password }: { username: string; password: string }): Promise<number> => {
    const { body } = await postForm(
      `${ks}/connect/token`,
      { grant_type: 'password', username, password },
      basic('harbour-service', 'demo-lantern-23'),
    );
    const answer = await fetch(`${ks}/v1.2/sites`, { headers: bearer(body['access_token']) });
    return ((await answer.json()) as unknown[]).length;
  };
  expect(await Promise.all(accounts.map(seen))).toEqual(accounts.map(() => installations.length));
  expect(await Promise.all(exercises.accounts.slice(0, 2).map(seen))).toEqual([1, 0]);
});

test('the log names requests and fields and holds no secret', async () => {
  const { body } = await login();
  await fetch(`${ks}/v1.2/sites?$top=3`, { headers: bearer(body['access_token']) });
  await postForm(
    `${ks}/connect/revocation`,
    { token: String(body['access_token']) },
    basic('harbour-service', 'demo-lantern-23'),
  );
  const entries = await log();
  expect(entries.map(({ method, path, status }) => `${method} ${path} ${String(status)}`)).toEqual([
    'POST /connect/token 200',
    'GET /v1.2/sites 200',
    'POST /connect/revocation 200',
  ]);
  expect(entries[0]).toMatchObject({
    provider: 'salto-ks',
    authorization: 'basic',
    body: { grant_type: 'password', username: LOGIN.username, password: '…' },
  });
  expect(entries[1]).toMatchObject({ authorization: 'bearer', query: { $top: '3' } });
  expect(entries[2]).toMatchObject({ body: { token: '…' } });
  const text = JSON.stringify(entries);
  for (const secret of [LOGIN.password, 'demo-lantern-23', String(body['access_token'])]) {
    expect(text).not.toContain(secret);
  }
  expect((await bench.control('DELETE', '/log')).status).toBe(204);
  expect(await log()).toEqual([]);
});

test('a fault answers instead of the vendor, as often as it says', async () => {
  const fault = {
    provider: 'salto-ks',
    path: '/connect/*',
    method: 'post',
    status: 429,
    headers: { 'Retry-After': '7' },
    body: { error: 'slow_down' },
    times: 2,
  };
  expect((await bench.control('POST', '/faults', fault)).status).toBe(201);
  expect((await fetch(`${ks}/.well-known/openid-configuration`)).status).toBe(200);
  for (const answer of [await login(), await login()]) {
    expect(answer).toMatchObject({ status: 429, body: { error: 'slow_down' } });
    expect(answer.headers.get('retry-after')).toBe('7');
  }
  expect((await login()).status).toBe(200);
  expect(await (await bench.control('GET', '/faults')).json()).toEqual([]);
});

test('a dropped answer was either never made or made and lost', async () => {
  const client = basic('harbour-service-offline', 'demo-buoy-31');
  const scope = 'user_api.full_access offline_access';
  const { body } = await postForm(`${ks}/connect/token`, { ...LOGIN, scope }, client);
  const refresh = (): ReturnType<typeof postForm> =>
    postForm(
      `${ks}/connect/token`,
      { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) },
      client,
    );
  const fault = { provider: 'salto-ks', path: '/connect/token', drop: true, times: 1 };

  await bench.control('POST', '/faults', fault);
  await expect(refresh()).rejects.toThrow('fetch failed');
  expect((await log()).at(-1)).toMatchObject({ status: null });
  await bench.control('POST', '/faults', { ...fault, after: true });
  await expect(refresh()).rejects.toThrow('fetch failed');
  // The second one had rotated the token before its answer was lost.
  expect((await refresh()).body).toMatchObject({ error: 'invalid_grant' });
});

test('a delay holds the answer back, and closing does not wait for it', async () => {
  const other = await openBench();
  const issuer = other.vendor('konexus').issuer!;
  await other.control('POST', '/faults', { provider: 'konexus', path: '/*', delayMs: 300_000, times: 1 });
  const waiting = fetch(`${issuer}/.well-known/openid-configuration`);
  const ended = expect(waiting).rejects.toThrow();
  // A later request that is answered shows that the delayed one was taken before.
  await expect
    .poll(async () => ((await (await other.control('GET', '/faults')).json()) as unknown[]).length)
    .toBe(0);
  expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
  await other.close();
  await ended;
});

test.for([
  ['POST', '/faults', { provider: 'nobody', path: '/' }, /"provider" cannot be "nobody"/u],
  ['POST', '/faults', { provider: 'konexus', path: '/', sleep: 3 }, /A fault has no "sleep"/u],
  ['POST', '/faults', { provider: 'konexus' }, /needs a "path"/u],
  ['POST', '/clock', { offset: 3 }, /offsetSeconds/u],
  ['POST', '/switches', { 'ks.moon': true }, /There is no switch "ks.moon"/u],
  ['POST', '/switches', { 'ks.pageSize': '3' }, /takes a number/u],
  ['PUT', '/log', undefined, /There is no PUT \/log/u],
] as const)('%s %s with %o is refused with a sentence', async ([method, path, body, message]) => {
  const answer = await bench.control(method, path, body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(((await answer.json()) as { error: string }).error).toMatch(message);
});

test('control bodies must be JSON', async () => {
  const url = `${bench.description.control}/clock`;
  const body = '{"offsetSeconds":5}';
  expect((await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })).status).toBe(
    400,
  );
  expect(
    (await fetch(url, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })).status,
  ).toBe(400);
});

test('a body over 1 MB is refused', async () => {
  const body = new URLSearchParams({ grant_type: 'password', username: 'x'.repeat(1024 * 1024) });
  expect((await fetch(`${ks}/connect/token`, { method: 'POST', body })).status).toBe(413);
});

test.for([
  ['a rebound name', { host: 'sandbox.example' }],
  ['a foreign page', { origin: 'https://elsewhere.example' }],
] as const)('control refuses %s', async ([, headers]) => {
  const { port } = new URL(bench.description.control);
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/reset', method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

test('reset brings everything back to the start', async () => {
  const { body } = await login();
  const sites = `${ks}/v1.2/sites`;
  await bench.control('POST', '/switches', { 'ks.siteEnvelope': 'items' });
  await bench.control('POST', '/clock', { offsetSeconds: 100 });
  await bench.control('POST', '/faults', { provider: 'salto-ks', path: '/*', status: 500, times: 9 });
  expect((await bench.control('POST', '/reset')).status).toBe(204);

  expect(await log()).toEqual([]);
  const { ['ks.siteEnvelope']: envelope } = (await (
    await bench.control('GET', '/switches')
  ).json()) as Record<string, unknown>;
  expect(envelope).toBe('auto');
  const answer = await fetch(sites, { headers: bearer(body['access_token']) });
  expect(answer.status).toBe(401);
  expect(Math.abs(Date.parse(answer.headers.get('date')!) - Date.now())).toBeLessThan(5000);
});

test('switches can be given at the start, and a reset keeps them', async () => {
  const other = await openBench({ switches: { 'nebula.tokenFormat': 'jwt' } });
  await other.control('POST', '/switches', { 'nebula.tokenFormat': 'opaque' });
  await other.control('POST', '/reset');
  expect(await (await other.control('GET', '/switches')).json()).toMatchObject({
    'nebula.tokenFormat': 'jwt',
  });
  await other.close();
  await expect(startSandbox({ switches: { 'ks.moon': 1 } })).rejects.toThrow('There is no switch "ks.moon"');
});

test('an injected clock is the sandbox’s clock', async () => {
  const other = await openBench({ now: () => Date.parse('2031-05-01T00:00:00Z') });
  const answer = await postForm(
    `${other.vendor('salto-ks').issuer!}/connect/token`,
    LOGIN,
    basic('harbour-service', 'demo-lantern-23'),
  );
  const [, payload = ''] = String(answer.body['access_token']).split('.');
  const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number };
  expect(Math.abs(iat - Date.parse('2031-05-01T00:00:00Z') / 1000)).toBeLessThan(3);
  expect(answer.headers.get('date')).toBe('Thu, 01 May 2031 00:00:00 GMT');
  await other.close();
});

test('a taken port is named by Node’s error and leaves nothing open', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  await expect(startSandbox({ port: port - 2 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((resolve) => blocker.close(resolve));
});

test('a process that starts a sandbox prints nothing but its own, and ends after close', async () => {
  const script = `
    import { startSandbox } from '${new URL('../../../main/sandbox/sandbox.ts', import.meta.url).href}';
    const sandbox = await startSandbox();
    const { tokenEndpoint } = sandbox.description.vendors[0];
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' });
    await fetch(tokenEndpoint, { method: 'POST', body });
    console.log(JSON.stringify(sandbox.description));
    await sandbox.close();`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    {
      timeout: 60_000,
    },
  );
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect((JSON.parse(stdout) as SandboxDescription).vendors).toHaveLength(4);
});
