import { afterAll, beforeAll, expect, test } from 'vitest';

import { saltoKs } from '../../../main/providers/salto-ks/api.ts';
import { saltoKsFailure } from '../../../main/providers/salto-ks/errors.ts';
import * as fixtures from '../../fixtures/vendor-bodies/salto-ks.ts';
import * as shapes from '../../support/vendor-shapes/salto-ks.ts';
import { discovery } from '../../support/vendor-shapes/discovery.ts';
import { basic, bearer, openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { ask, jsonOf, judge, partsOfJwt } from './judge.ts';
import type { Asked } from './judge.ts';
import { codeForm, pkce, signedIn } from './sign-in.ts';

const system = { username: 'system.user@harbour-partners.example', password: 'demo-harbour-12' };
const siteAdmin = { username: 'ines.marlow@harbour-house.example', password: 'demo-quayside-4' };
const scope = 'user_api.full_access';
const codeScope = 'openid profile offline_access user_api.full_access';
const nobody = '00000000-0000-4000-8000-000000000000';
const service = basic('harbour-service', 'demo-lantern-23');

let bench: Bench;
let base: string;
let token: string;
let site: string;

beforeAll(async () => {
  bench = await openBench();
  const vendor = bench.vendor('salto-ks');
  base = vendor.apiBase;
  site = vendor.installations[0]!.id;
  token = String(jsonOf(await login())['access_token']);
});
afterAll(() => bench.close());

const post = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Asked> =>
  ask('POST', `${base}/connect/token`, { form, headers });
const login = (more: Record<string, string> = {}, client = service): Promise<Asked> =>
  post({ grant_type: 'password', ...system, scope, ...more }, client);
const api = (path: string, method = 'GET', json?: unknown, as = token): Promise<Asked> =>
  ask(method, `${base}${path}`, { headers: bearer(as), json });
const ofSite = (rest: string, version = 'v1.1'): string => `/${version}/sites/${site}${rest}`;

async function codeTokens(): Promise<Asked> {
  const { verifier, parameters } = pkce();
  const request = { response_type: 'code', client_id: 'harbour-desktop', scope: codeScope, ...parameters };
  const back = await signedIn(`${base}/connect/authorize`, request, system);
  return post({ ...codeForm(back, verifier), client_id: 'harbour-desktop' });
}

async function someUser(): Promise<Record<string, unknown> & { user: { email: string } }> {
  const page = jsonOf(await api(ofSite('/users?$top=1')));
  return (page['items'] as (Record<string, unknown> & { user: { email: string } })[])[0]!;
}

async function create(): Promise<Asked> {
  const roles = jsonOf(await api(ofSite('/roles')))['items'] as { id: string; code: string }[];
  const role = roles.find(({ code }) => code === 'site_user')!;
  const person = { first_name: 'Nova', last_name: 'Reed', email: 'nova.reed@site.example' };
  return api(ofSite('/users'), 'POST', { ...person, role_ids: [role.id] });
}

async function remove(created: Asked): Promise<Asked> {
  return api(ofSite(`/users/${String(jsonOf(created)['id'])}`), 'DELETE');
}

async function created(): Promise<Asked> {
  const answer = await create();
  await remove(answer);
  return answer;
}

async function asSiteAdmin(path: string): Promise<Asked> {
  const tokens = jsonOf(await login(siteAdmin));
  return api(path, 'GET', undefined, String(tokens['access_token']));
}

const refusal = saltoKsFailure;
const siteOf = { id: fixtures.siteId, name: '' };
judge(saltoKs, fixtures, {
  sitesEnvelope: { shape: shapes.sitePage, ask: () => api('/v1.1/sites?$inlinecount=allpages'), reads: (context) => saltoKs.listInstallations(context) },
  sitesEnvelopeBare: { shape: shapes.sitePage, ask: () => api('/v1.1/sites'), reads: (context) => saltoKs.listInstallations(context) },
  sitesArray: { shape: listOfSites, ask: () => api('/v1.2/sites'), reads: (context) => saltoKs.listInstallations(context) },
  siteDetail: { shape: shapes.site, ask: () => api(ofSite('', 'v1.2')) },
  siteUsers: {
    shape: shapes.pageOf(shapes.siteUser),
    ask: () => api(`/v1.1/sites/${bench.vendor('salto-ks').installations[5]!.id}/users`),
    reads: (context) => saltoKs.listUsers(context, siteOf),
  },
  siteUsersFirstPage: { shape: shapes.pageOf(shapes.siteUser), ask: () => api(ofSite('/users?$top=1&$inlinecount=allpages')) },
  siteMe: { shape: shapes.siteMe, ask: () => api(ofSite('/me', 'v1.2')) },
  roles: { shape: shapes.pageOf(shapes.role), ask: () => api(ofSite('/roles')) },
  me: { shape: shapes.me, ask: () => api('/v1.2/me') },
  userSearch: {
    shape: shapes.foundUser,
    ask: async () => {
      const { user } = await someUser();
      return api(`/v1.1/users/search?search_for=${encodeURIComponent(user.email)}&for_site_id=${site}`);
    },
  },
  userCreated: { shape: shapes.siteUser, ask: created },
  userDeleted: { shape: null, ask: async () => remove(await create()) },
  invalidUser: { shape: shapes.apiError, ask: () => api(ofSite('/users'), 'POST', { first_name: 'Nova' }), refusal },
  badId: { shape: shapes.apiError, ask: () => api('/v1.1/sites/XX0000000001/users'), refusal },
  badOrder: { shape: shapes.apiError, ask: () => api(ofSite('/users?$orderby=nonsense')), refusal },
  userNotFound: { shape: shapes.apiError, ask: () => api(ofSite(`/users/${nobody}`)), refusal },
  noPermission: {
    shape: shapes.apiError,
    ask: () => asSiteAdmin(`/v1.1/sites/${bench.vendor('salto-ks').installations[1]!.id}/users/${nobody}`),
    refusal,
  },
  problemForbidden: { shape: shapes.problem, type: 'application/problem+json', ask: () => api(ofSite('/roles', 'v2')), refusal },
  unauthorized: { shape: null, ask: () => ask('GET', `${base}/v1.1/sites`), refusal },
  wrongAudience: {
    shape: null,
    ask: async () => api('/v1.1/sites', 'GET', undefined, String(jsonOf(await codeTokens())['id_token'])),
    refusal: (response) => {
      const failure = saltoKsFailure(response);
      return { ...failure, message: failure.message.replace(/'[^']*'/u, '') };
    },
  },
  invalidScope: { shape: shapes.tokenError, ask: () => login({ scope: 'openid profile' }) },
  invalidClient: { shape: shapes.tokenError, ask: () => login({}, basic('harbour-service', 'wrong')) },
  invalidGrant: { shape: shapes.tokenError, ask: () => login({ password: 'wrong' }) },
  tokenResponse: { shape: shapes.tokens, ask: () => login() },
  codeTokenResponse: { shape: shapes.tokens, ask: codeTokens },
  discovery: { shape: discovery, ask: () => ask('GET', `${base}/.well-known/openid-configuration`) },
}); // prettier-ignore

function listOfSites(value: unknown): string[] {
  return shapes.sitePage({ items: value });
}

test('Salto KS: the access token has the measured header and claims, and its subject is not the platform user', async () => {
  const [header, payload] = partsOfJwt(token);
  expect(shapes.accessTokenHeader(header)).toEqual([]);
  expect(shapes.accessTokenHeader(fixtures.accessTokenHeader)).toEqual([]);
  expect(shapes.accessTokenClaims(payload)).toEqual([]);
  expect(shapes.accessTokenClaims(fixtures.accessTokenClaims)).toEqual([]);
  expect(payload['iss']).toBe(base);
  expect(payload['scope']).toEqual([scope]);
  expect(Number(payload['exp']) - Number(payload['iat'])).toBe(3600);
  const me = jsonOf(await api('/v1.2/me'));
  const member = jsonOf(await api(ofSite('/me', 'v1.2')));
  const ids = [payload['sub'], me['id'], member['id']];
  expect(new Set(ids).size).toBe(3);
  expect((member['user'] as { id: string }).id).toBe(me['id']);
});

test('Salto KS: discovery lists the measured grants and scopes', async () => {
  const { grant_types_supported: grants, scopes_supported: scopes } = jsonOf(
    await ask('GET', `${base}/.well-known/openid-configuration`),
  );
  const known = fixtures.discovery.body as Record<string, string[]>;
  expect(grants).toEqual(expect.arrayContaining(known['grant_types_supported']!));
  expect(scopes).toEqual(expect.arrayContaining(known['scopes_supported']!));
});

test('Salto KS: a client without offline_access gets no refresh token; with it, a code sign-in gets one and an ID token', async () => {
  expect(Object.keys(jsonOf(await login())).sort()).toEqual([
    'access_token',
    'expires_in',
    'scope',
    'token_type',
  ]);
  const names = Object.keys(fixtures.codeTokenResponse.body as object).sort();
  expect(Object.keys(jsonOf(await codeTokens())).sort()).toEqual(names);
});

test('Salto KS: every site user of the sandbox is what the page says, odd ones included', async () => {
  for (let next: string | null = `${base}${ofSite('/users?$top=100')}`; next !== null;) {
    const page = jsonOf(await ask('GET', next, { headers: bearer(token) }));
    expect(shapes.pageOf(shapes.siteUser)(page)).toEqual([]);
    next = page['next_page_link'] as string | null;
  }
});
