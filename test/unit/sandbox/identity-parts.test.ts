import { expect, test } from 'vitest';

import { shiftedClock } from '../../../main/sandbox/clock.ts';
import type { Exchange } from '../../../main/sandbox/contract.ts';
import { createFaults } from '../../../main/sandbox/faults.ts';
import { basicCredentials } from '../../../main/sandbox/form.ts';
import { issuedStore } from '../../../main/sandbox/identity/store.ts';
import { pageHeaders } from '../../../main/sandbox/pages/html.ts';
import { consentPage, messagePage, signInPage } from '../../../main/sandbox/pages/pages.ts';
import { sandboxAccounts, sandboxClients } from '../../../main/sandbox/registry.ts';
import { requestLog } from '../../../main/sandbox/request-log.ts';
import { defaultSwitches, setSwitches, SWITCHES, switchesOfTexts } from '../../../main/sandbox/switches.ts';

function exchange(changes: Partial<Omit<Exchange, 'url'>> & { path?: string } = {}): Exchange {
  const { path = '/', ...rest } = changes;
  return { method: 'GET', headers: {}, body: '', ...rest, url: new URL(path, 'http://127.0.0.1:1') };
}

function form(fields: Record<string, string>, path = '/token'): Exchange {
  return exchange({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
}

test('every secret field of a request is hidden in the log, and what describes it is shown', () => {
  const log = requestLog(() => 0);
  const secrets = {
    client_secret: 'hide-1',
    password: 'hide-2',
    refresh_token: 'hide-3',
    code: 'hide-4',
    code_verifier: 'hide-5',
    access_token: 'hide-6',
    assertion: 'hide-7',
    client_assertion: 'hide-8',
    token: 'hide-9',
    new_password: 'hide-10',
    id_token_hint: 'shown-in-full',
  };
  const plain = {
    grant_type: 'password',
    client_id: 'c',
    scope: 's',
    username: 'u',
    page_token: 'p',
    q: '{}',
  };
  log.add('salto-ks', form({ ...secrets, ...plain }, '/token?code=hide-11&state=x'), 200);
  const json = { data: [{ password: 'hide-12', name: 'n' }], page: 2 };
  const headers = { 'content-type': 'application/json', authorization: 'Bearer hide-13' };
  log.add('konexus', exchange({ method: 'POST', headers, body: JSON.stringify(json) }), 401);

  const [first, second] = log.entries();
  expect(first?.body).toMatchObject({ ...plain, client_secret: '…', code_verifier: '…' });
  expect(first?.query).toEqual({ code: '…', state: 'x' });
  expect(second).toMatchObject({
    authorization: 'bearer',
    body: { data: [{ password: '…', name: 'n' }], page: 2 },
  });
  expect(JSON.stringify(log.entries())).not.toMatch(/hide-\d/u);
});

test('the log says null for a body that is no fields, and keeps the last ten thousand', () => {
  const log = requestLog(() => 0);
  log.add('konexus', exchange({ body: '<xml/>', headers: { 'content-type': 'text/xml' } }), 200);
  expect(log.entries()[0]?.body).toBeNull();
  for (let at = 0; at < 20_001; at += 1) log.add('konexus', exchange({ path: `/${String(at)}` }), 200);
  expect(log.entries()).toHaveLength(10_000);
  expect(log.entries().at(-1)?.path).toBe('/20000');
});

test('a fault meets its provider, method and path, in the order in which faults were added', () => {
  const faults = createFaults();
  expect(
    faults.add({ provider: 'konexus', path: '/api/*', method: 'post', status: 503, times: 1 }),
  ).toBeNull();
  expect(faults.add({ provider: 'konexus', path: '/api/v2', drop: true, times: 2 })).toBeNull();
  const post = exchange({ method: 'POST', path: '/api/v2?page=1' });
  expect(faults.take('smartenit', post)).toBeNull();
  expect(faults.take('konexus', exchange({ path: '/api/v3' }))).toBeNull();
  expect(faults.take('konexus', post)).toMatchObject({ status: 503 });
  expect(faults.take('konexus', post)).toMatchObject({ drop: true });
  expect(faults.list()).toMatchObject([{ times: 1 }]);
  expect(faults.take('konexus', post)).toMatchObject({ drop: true });
  expect(faults.take('konexus', post)).toBeNull();
});

test.for([
  { status: 99 },
  { times: 0 },
  { times: 1.5 },
  { delayMs: -1 },
  { drop: 'yes' },
  { headers: { 'x y': 'z' } },
  { headers: { x: 'a\r\nb: c' } },
  { path: 'no-slash' },
])('a fault with %o is refused', (wrong) => {
  const faults = createFaults();
  expect(faults.add({ provider: 'konexus', path: '/', ...wrong })).toMatch(/cannot be/u);
  expect(faults.list()).toEqual([]);
});

test('switches are set all or none', () => {
  const switches = defaultSwitches();
  expect(setSwitches(switches, { 'ks.pageSize': 5, 'ks.siteEnvelope': 'round' })).toMatch(
    /takes auto, array, items/u,
  );
  expect(switches['ks.pageSize']).toBe(25);
  expect(setSwitches(switches, { 'ks.pageSize': 0 })).toMatch(/from 1/u);
  expect(setSwitches(switches, { toString: 1 })).toMatch(/no switch/u);
  expect(setSwitches(switches, { 'ks.pageSize': 5 })).toBeNull();
  expect(switches['ks.pageSize']).toBe(5);
  expect(defaultSwitches()['ks.pageSize']).toBe(25);
});

test('switches from a command line are texts and become what their switch takes', () => {
  const texts = {
    'ks.pageSize': '7',
    'ks.seatLimit': 'true',
    'nebula.tokenFormat': 'jwt',
    'ks.siteEnvelope': 7,
  };
  expect(switchesOfTexts(texts)).toEqual({ ...texts, 'ks.pageSize': 7, 'ks.seatLimit': true });
  const wrong = { 'ks.pageSize': '7x', 'ks.seatLimit': 'yes', moon: 'full' };
  expect(switchesOfTexts(wrong)).toEqual(wrong);
});

test('every default is a value that its own switch allows', () => {
  for (const [name, { default: value }] of Object.entries(SWITCHES)) {
    expect(setSwitches(defaultSwitches(), { [name]: value })).toBeNull();
  }
});

test('what was stored looks as much older as the clock was moved', async () => {
  const clock = shiftedClock(Date.now);
  const store = issuedStore(() => clock.shift());
  const sessions = store.adapter('Session');
  await sessions.upsert('a', { uid: 'u', exp: 1000, iat: 500, loginTs: 500 }, 500);
  expect(await sessions.find('a')).toMatchObject({ exp: 1000, iat: 500 });
  clock.setOffset(300);
  expect(await sessions.find('a')).toMatchObject({ exp: 700, iat: 200, loginTs: 200 });
  expect(await sessions.findByUid('u')).toMatchObject({ exp: 700 });
  await sessions.upsert('b', { uid: 'v', exp: 1000 }, 500);
  clock.setOffset(0);
  expect(await sessions.find('b')).toMatchObject({ exp: 1300 });
});

test('what can be used once is consumed once, and a second use ends its whole grant', async () => {
  const store = issuedStore(() => 0);
  const tokens = store.adapter('RefreshToken');
  await tokens.upsert('a', { grantId: 'g' }, 1);
  await store.adapter('Grant').upsert('g', {}, 1);
  await tokens.consume('a');
  await expect(tokens.consume('a')).rejects.toMatchObject({ error: 'invalid_grant' });
  expect([store.has('RefreshToken', 'a'), store.has('Grant', 'g')]).toEqual([false, false]);
});

test('revoking a grant forgets only that grant’s tokens of the kind', async () => {
  const store = issuedStore(() => 0);
  const tokens = store.adapter('RefreshToken');
  await tokens.upsert('a', { grantId: 'g' }, 1);
  await tokens.upsert('b', { grantId: 'h' }, 1);
  await store.adapter('AccessToken').upsert('c', { grantId: 'g' }, 1);
  await tokens.revokeByGrantId('g');
  expect([
    store.has('RefreshToken', 'a'),
    store.has('RefreshToken', 'b'),
    store.has('AccessToken', 'c'),
  ]).toEqual([false, true, true]);
});

test('Basic credentials are decoded as RFC 6749 2.3.1 says, and refused when they cannot be', () => {
  const encoded = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(basicCredentials(encoded('a%3Ab:c+d%2Be'))).toEqual({ id: 'a:b', secret: 'c d+e' });
  expect(basicCredentials(encoded('a:50%'))).toBeNull();
  expect(basicCredentials(encoded('no colon'))).toBeNull();
  expect(basicCredentials('Bearer abc')).toBeNull();
});

test('pages escape everything that comes from outside', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&';
  const pages = [
    signInPage({
      vendor: evil,
      action: evil,
      hidden: { [evil]: evil },
      accounts: [],
      problem: evil,
      username: evil,
    }),
    consentPage({
      vendor: evil,
      action: evil,
      refuseHref: evil,
      clientId: evil,
      username: evil,
      scopes: [evil],
    }),
    messagePage({ vendor: evil, title: evil, message: evil, detail: evil }),
  ];
  for (const html of pages) {
    expect(html).not.toContain('<img');
    expect(html).not.toContain(`"'`);
    expect(html).not.toContain('<script');
    expect(html).toContain('>Sandbox<');
  }
});

test('the sign-in page has two named inputs, one submit button and the demo accounts', () => {
  const accounts = [{ username: 'u@x.example', password: 'demo-1', role: 'owner' }];
  const html = signInPage({ vendor: 'V', action: '/a', hidden: { id: '7' }, accounts });
  const visible = [...html.matchAll(/<input (?!type="hidden")[^>]*name="(\w+)"/gu)].map(([, name]) => name);
  expect(visible).toEqual(['username', 'password']);
  expect(html.match(/<button|type="submit"/gu)).toEqual(['<button', 'type="submit"']);
  expect(html).toContain('<input type="hidden" name="id" value="7">');
  expect(html).toContain('demo-1');
});

test.for([
  ['http://127.0.0.1:5/callback', "form-action 'self' http://127.0.0.1:5;"],
  ['http://[::1]:5/callback', "form-action 'self' http:;"],
  ['javascript://x', "form-action 'self';"],
  ['not a url; script-src *', "form-action 'self';"],
] as const)('the policy for a form that leads to %s allows just that', ([redirect, expected]) => {
  expect(pageHeaders(redirect)['content-security-policy']).toContain(expected);
});

test('client ids and account names are unique per vendor, and nothing has a real domain', () => {
  const clients = sandboxClients.map(({ provider, clientId }) => `${provider} ${clientId}`);
  const accounts = sandboxAccounts.map(({ provider, username }) => `${provider} ${username}`);
  expect(new Set(clients).size).toBe(clients.length);
  expect(new Set(accounts).size).toBe(accounts.length);
  for (const { username } of sandboxAccounts) expect(username).toMatch(/\.example$/u);
});
