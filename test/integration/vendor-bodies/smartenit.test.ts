import { afterAll, beforeAll, expect, test } from 'vitest';

import { smartenit } from '../../../main/providers/smartenit/api.ts';
import { smartenitFailure } from '../../../main/providers/smartenit/errors.ts';
import * as fixtures from '../../fixtures/vendor-bodies/smartenit.ts';
import * as shapes from '../../support/vendor-shapes/smartenit.ts';
import { bearer, openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { ask, jsonOf, judge } from './judge.ts';
import type { Asked } from './judge.ts';
import { codeForm, signedIn } from './sign-in.ts';

const person = { username: 'system.user@harbour-partners.example', password: 'demo-harbour-12' };
const service = { client_id: 'harbour-home-service', client_secret: 'demo-ember-13' };
const setup = { client_id: 'harbour-home-setup', client_secret: 'demo-ember-27' };
const code = { client_id: 'harbour-home-console', client_secret: 'demo-ember-3' };

let bench: Bench;
let base: string;
let token: string;

beforeAll(async () => {
  bench = await openBench();
  base = bench.vendor('smartenit').apiBase;
  token = String(jsonOf(await login())['access_token']);
});
afterAll(() => bench.close());

const post = (json: unknown, headers: Record<string, string> = {}): Promise<Asked> =>
  ask('POST', `${base}/oauth2/token`, { json, headers });
const login = (more: object = {}): Promise<Asked> =>
  post({ grant_type: 'password', ...service, ...person, ...more });
const clientLogin = (): Promise<Asked> => post({ grant_type: 'client_credentials', ...setup });
const get = (path: string, as = token): Promise<Asked> =>
  ask('GET', `${base}${path}`, { headers: bearer(as) });

async function codeTokens(): Promise<Asked> {
  const back = await signedIn(
    `${base}/oauth2/authorize`,
    { response_type: 'code', client_id: code.client_id, state: 'state-1' },
    person,
  );
  expect(back.searchParams.get('state')).toBe('state-1');
  return post({ ...codeForm(back), ...code });
}

async function refreshed(): Promise<Asked> {
  const { access_token: old, refresh_token: refreshToken } = jsonOf(await login());
  return post({ grant_type: 'refresh_token', refresh_token: refreshToken }, bearer(old));
}

async function expired(): Promise<Asked> {
  const old = String(jsonOf(await login())['access_token']);
  await bench.control('POST', '/clock', { offsetSeconds: 10_801 });
  const answer = await get('/users', old);
  await bench.control('POST', '/clock', { offsetSeconds: 0 });
  return answer;
}

async function createdUser(): Promise<Asked> {
  const { access_token: access } = jsonOf(await clientLogin());
  const user = { username: 'nora.stone@site.example', password: 'invented', profile: { name: 'Nora' } };
  return ask('POST', `${base}/users`, { headers: bearer(access), json: user });
}

/** A refusal of the token endpoint, held against a fixture that calls it a refusal of a list. */
const asList = async (asked: Promise<Asked>): Promise<Asked> => ({
  ...(await asked),
  method: 'GET',
  url: new URL(`${base}/users`),
});

const refusal = smartenitFailure;
const location = { id: fixtures.locationId, name: '' };
judge(
  smartenit,
  fixtures,
  {
    locations: { shape: shapes.pageOf(shapes.location), ask: () => get('/locations'), reads: (context) => smartenit.listInstallations(context) },
    users: {
      shape: shapes.pageOf(shapes.user),
      ask: () => get(`/users?q=${encodeURIComponent('{"username":"system.user@harbour-partners.example"}')}`),
      reads: (context) => smartenit.listUsers(context, location),
    },
    usersFirstPage: { shape: shapes.pageOf(shapes.user), ask: () => get('/users?limit=1&page=1') },
    accounts: { shape: shapes.pageOf(shapes.account), ask: () => get('/accounts') },
    me: { shape: shapes.single(shapes.user), ask: () => get('/users/me') },
    userCreated: { shape: shapes.written(shapes.user), ask: createdUser },
    invalidToken: { shape: shapes.error, ask: () => get('/users', 'wrong'), refusal },
    expiredToken: { shape: shapes.error, ask: expired, refusal },
    invalidClient: { shape: shapes.error, ask: () => asList(login({ client_secret: 'wrong' })), refusal },
    ambiguous: { shape: shapes.error, ask: () => asList(login({ password: 'wrong' })), refusal },
    forbidden: {
      shape: shapes.error,
      ask: async () => get('/users', String(jsonOf(await clientLogin())['access_token'])),
      refusal,
    },
    notFound: { shape: shapes.error, ask: () => asList(get('/users/000000000000000000000000')), refusal },
    // Devices are out of the sandbox's scope: their 409 comes by `POST /faults`.
    conflict: {
      shape: shapes.error,
      ask: async () => {
        const { status, body } = fixtures.conflict;
        await bench.control('POST', '/faults', { provider: 'smartenit', path: '/v2/users', status, body });
        return get('/users');
      },
      refusal,
    },
    tokenResponse: { shape: shapes.tokens, ask: clientLogin },
    passwordTokenResponse: { shape: shapes.passwordTokens, ask: () => login() },
    refreshResponse: { shape: shapes.tokens, ask: refreshed },
    codeTokenResponse: { shape: shapes.refreshableTokens, ask: codeTokens },
  },
  '/v2',
); // prettier-ignore

test('Smartenit: the codes of the page are the sandbox’s', async () => {
  const codeOf = (asked: Asked): unknown =>
    (jsonOf(asked)['error'] as { errors: { code: number }[] }).errors[0]?.code;
  expect(codeOf(await get('/users', 'wrong'))).toBe(114);
  expect(codeOf(await expired())).toBe(115);
  expect(codeOf(await login({ client_secret: 'wrong' }))).toBe(100);
  // The page's own example, to the letter.
  expect(jsonOf(await login({ password: 'wrong' }))).toEqual(fixtures.ambiguous.body);
});

test('Smartenit: the implicit grant answers in the fragment, as texts', async () => {
  const back = await signedIn(
    `${base}/oauth2/authorize/dialog`,
    { response_type: 'token', client_id: 'harbour-home-page', state: 'state-2' },
    person,
  );
  const { expires_in: seconds, ...rest } = Object.fromEntries(new URLSearchParams(back.hash.slice(1)));
  expect(shapes.tokens({ ...rest, state: undefined, expires_in: Number(seconds) })).toEqual([
    '.state is in no page of the vendor',
  ]);
  expect(rest['state']).toBe('state-2');
  expect((await get('/users/me', rest['access_token'])).status).toBe(200);
});

test('Smartenit: there is no discovery document', async () => {
  const { origin } = new URL(base);
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
    expect((await ask('GET', `${origin}${path}`)).status).toBe(404);
});
