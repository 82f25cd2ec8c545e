import { afterAll, beforeAll, expect, test } from 'vitest';

import type { LogEntry } from '../../../main/sandbox/request-log.ts';
import { openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { dataUrlencode, raw } from './raw-http.ts';
import type { RawAnswer } from './raw-http.ts';
import { codeForm, pkce, signedIn } from './sign-in.ts';

/* The requests that the vendors' pages print, character by character but for hosts, ids and secrets. */

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const system = { username: 'system.user@harbour-partners.example', password: 'demo-harbour-12' };

let bench: Bench;
let ks: string;
let nebula: string;
let konexus: string;
let smartenit: string;

beforeAll(async () => {
  bench = await openBench();
  ks = bench.vendor('salto-ks').issuer!;
  nebula = bench.vendor('salto-nebula').apiBase;
  konexus = bench.vendor('konexus').issuer!;
  smartenit = bench.vendor('smartenit').apiBase;
});
afterAll(() => bench.close());

function read(answer: RawAnswer, status = 200): Record<string, unknown> {
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
  return JSON.parse(answer.text) as Record<string, unknown>;
}

/** `Authorization: Basic` as the page's `Y2xpZW50X2lk...`: id, colon, secret, base64, nothing encoded before. */
const basicOf = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const ksPassword = (client: string, scope: string): Promise<RawAnswer> =>
  raw(
    'POST',
    `${ks}/connect/token`,
    { 'Content-Type': form, Authorization: client },
    dataUrlencode(
      ['grant_type', 'password'],
      ['username', system.username],
      ['password', system.password],
      ['scope', scope],
    ),
  );

test('Salto KS: the password request of the page, with the client in Basic', async () => {
  const tokens = read(
    await ksPassword(basicOf('harbour-service', 'demo-lantern-23'), 'user_api.full_access'),
  );
  const sites = await raw('GET', `${ks}/v1.1/sites`, {
    Authorization: `Bearer ${String(tokens['access_token'])}`,
  });
  expect((read(sites)['items'] as object[]).length).toBe(6);
});

test('Salto KS: the refresh request of the page, with the client in the body and the old token in Bearer', async () => {
  const client = basicOf('harbour-service-offline', 'demo-buoy-31');
  const tokens = read(await ksPassword(client, 'user_api.full_access offline_access'));
  const refreshed = read(
    await raw(
      'POST',
      `${ks}/connect/token`,
      { 'Content-Type': form, Authorization: `Bearer ${String(tokens['access_token'])}` },
      dataUrlencode(
        ['client_id', 'harbour-service-offline'],
        ['client_secret', 'demo-buoy-31'],
        ['grant_type', 'refresh_token'],
        ['refresh_token', String(tokens['refresh_token'])],
      ),
    ),
  );
  expect(refreshed).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  expect(refreshed['access_token']).not.toBe(tokens['access_token']);
});

test('Salto KS: the authorization request of the page, with PKCE as its text demands', async () => {
  const { verifier, parameters } = pkce();
  const request = {
    response_type: 'code',
    scope: 'user_api.full_access offline_access',
    client_id: 'harbour-desktop',
    ...parameters,
  };
  const back = await signedIn(`${ks}/connect/authorize`, request, system);
  // A public client sends its id in the body beside an empty secret (vendor-apis 1.3).
  const fields = { ...codeForm(back, verifier), client_id: 'harbour-desktop', client_secret: '' };
  const tokens = read(
    await raw(
      'POST',
      `${ks}/connect/token`,
      { 'Content-Type': form },
      dataUrlencode(...Object.entries(fields)),
    ),
  );
  expect(tokens['refresh_token']).toEqual(expect.any(String));
});

test('Salto KS: the authorization request without PKCE is refused, for the page calls PKCE a requirement', async () => {
  const query =
    'response_type=code&scope=user_api.full_access+offline_access&client_id=harbour-desktop' +
    '&redirect_uri=http://127.0.0.1:4711/callback';
  const answer = await raw('GET', `${ks}/connect/authorize?${query}`, {});
  const back = new URL(String(answer.headers['location']));
  expect([back.origin, back.searchParams.get('error')]).toEqual(['http://127.0.0.1:4711', 'invalid_request']);
});

const nebulaTokens = async (): Promise<Record<string, unknown>> =>
  read(
    await raw(
      'POST',
      `${nebula}/oauth2/token`,
      { 'Content-Type': form },
      dataUrlencode(
        ['grant_type', 'client_credentials'],
        ['client_id', 'harbour-nebula-service'],
        ['client_secret', 'demo-comet-5'],
        ['scope', 'https://saltoapis.com/auth/nebula'],
      ),
    ),
  );

test('Salto Nebula: the token request of the page gives its answer, and its lists take the token', async () => {
  expect(await nebulaTokens()).toMatchObject({
    expires_in: 86399,
    scope: 'https://saltoapis.com/auth/nebula',
    token_type: 'bearer',
  });
});

test.each([
  [
    'in a form body, as curl --data sends it with GET',
    '',
    "page_size=10&filter=display_name.startsWith('A')",
  ],
  ['in the query, unencoded', "?page_size=10&filter=display_name.startsWith('A')", ''],
  ['in the query, encoded', '?page_size=10&filter=display_name.startsWith%28%27A%27%29', ''],
])('Salto Nebula: users by page_size and filter %s', async (_, query, body) => {
  const { access_token: token } = await nebulaTokens();
  const address = `${nebula}/v1/installations/quayside-lofts/users${query}`;
  const headers = { Authorization: `Bearer ${String(token)}` };
  const answer = await raw(
    'GET',
    address,
    body === '' ? headers : { ...headers, 'Content-Type': form },
    body,
  );
  const page = read(answer) as { users: { display_name: string }[]; next_page_token: string };
  expect(page.users).toHaveLength(10);
  expect(page.users.every((user) => user.display_name.startsWith('A'))).toBe(true);
  expect(page.next_page_token).not.toBe('');
});

test('Konexus: the discovery request of the page names the endpoint where a form gets a token', async () => {
  const document = read(await raw('GET', `${konexus}/.well-known/openid-configuration`, {}));
  expect(document['token_endpoint']).toBe(`${konexus}/connect/token`);
  const body = dataUrlencode(
    ['grant_type', 'client_credentials'],
    ['client_id', 'ext-4711-harbour'],
    ['client_secret', 'demo-siren-7'],
    ['scope', 'tamarack content'],
  );
  const tokens = read(await raw('POST', String(document['token_endpoint']), { 'Content-Type': form }, body));
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'tamarack content' });
  const bearer = { Authorization: `Bearer ${String(tokens['access_token'])}`, 'Content-Type': json };
  const found = read(
    await raw('POST', `${konexus}/api/v2/contacts/find`, bearer, '{"page":1,"pageSize":25}'),
  );
  expect(found['items']).toHaveLength(25);
});

const smartenitToken = (fields: object, more: Record<string, string> = {}): Promise<RawAnswer> =>
  raw('POST', `${smartenit}/oauth2/token`, { 'Content-Type': json, ...more }, JSON.stringify(fields));

test('Smartenit: password, refresh by the old token alone and client credentials, as JSON', async () => {
  const client = { client_id: 'harbour-home-service', client_secret: 'demo-ember-13' };
  const tokens = read(await smartenitToken({ grant_type: 'password', ...client, ...system }));
  const bearer = { Authorization: `Bearer ${String(tokens['access_token'])}` };
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] };
  const refreshed = read(await smartenitToken(refresh, bearer));
  expect(refreshed['refresh_token']).toBeUndefined();
  const me = read(
    await raw('GET', `${smartenit}/users/me`, {
      Authorization: `Bearer ${String(refreshed['access_token'])}`,
    }),
  );
  expect(me['data']).toMatchObject({ username: system.username });
  const setup = { client_id: 'harbour-home-setup', client_secret: 'demo-ember-27' };
  expect(read(await smartenitToken({ grant_type: 'client_credentials', ...setup }))['expires_in']).toBe(
    10800,
  );
});

test('Smartenit: the user’s name and password alone, without the client, are refused', async () => {
  const answer = read(await smartenitToken({ grant_type: 'password', ...system }), 401);
  expect(answer).toMatchObject({ error: { status: 401, errors: [{ code: 100 }] } });
});

test('no secret of these requests stands in the sandbox’s log', async () => {
  const log = (await (await bench.control('GET', '/log')).json()) as LogEntry[];
  expect(log.length).toBeGreaterThan(10);
  const text = JSON.stringify(log);
  for (const secret of ['demo-harbour-12', 'demo-lantern-23', 'demo-buoy-31', 'demo-comet-5', 'demo-siren-7'])
    expect(text).not.toContain(secret);
});
