import { afterAll, beforeAll, expect, test } from 'vitest';

import { saltoNebula } from '../../../main/providers/salto-nebula/api.ts';
import { saltoNebulaFailure } from '../../../main/providers/salto-nebula/errors.ts';
import * as fixtures from '../../fixtures/vendor-bodies/salto-nebula.ts';
import * as shapes from '../../support/vendor-shapes/salto-nebula.ts';
import { discovery } from '../../support/vendor-shapes/discovery.ts';
import { bearer, openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { ask, jsonOf, judge } from './judge.ts';
import type { Asked } from './judge.ts';

const scope = 'https://saltoapis.com/auth/nebula';
const client = { client_id: 'harbour-nebula-service', client_secret: 'demo-comet-5' };
const one = { client_id: 'harbour-nebula-one', client_secret: 'demo-comet-29' };
const programmatic = { client_id: 'harbour-nebula-programmatic', client_secret: 'demo-comet-17' };
const place = '/v1/installations/quayside-lofts';

let bench: Bench;
let base: string;
let token: string;

beforeAll(async () => {
  bench = await openBench();
  base = bench.vendor('salto-nebula').apiBase;
  token = String(jsonOf(await login())['access_token']);
});
afterAll(() => bench.close());

const login = (as: Record<string, string> = client): Promise<Asked> =>
  ask('POST', `${base}/oauth2/token`, { form: { grant_type: 'client_credentials', scope, ...as } });
const api = (path: string, as = token): Promise<Asked> =>
  ask('GET', `${base}${path}`, { headers: bearer(as) });

const emptyPlace = (): string => `/v1/installations/${bench.vendor('salto-nebula').installations[4]!.id}`;

async function firstUser(): Promise<Asked> {
  const { users } = jsonOf(await api(`${place}/users?page_size=1`)) as { users: { name: string }[] };
  return api(`/v1/${users[0]!.name}`);
}

const refusal = saltoNebulaFailure;
judge(saltoNebula, fixtures, {
  installations: {
    shape: shapes.pageOf('installations', shapes.installation),
    ask: () => api('/v1/installations'),
    reads: (context) => saltoNebula.listInstallations(context),
  },
  installationDetail: { shape: shapes.installation, ask: () => api(place) },
  users: {
    shape: shapes.pageOf('users', shapes.user),
    ask: () => api('/v1/installations/tiny-office/users'),
    reads: (context) => saltoNebula.listUsers(context, { id: 'tiny-office', name: '' }),
  },
  usersOmitted: {
    shape: shapes.pageOf('users', shapes.user),
    ask: () => api(`${emptyPlace()}/users`),
    reads: (context) => saltoNebula.listUsers(context, { id: 'tiny-office', name: '' }),
  },
  usersFirstPage: {
    shape: shapes.pageOf('users', shapes.user),
    ask: () => api(`${place}/users?page_size=1`),
  },
  userDetail: { shape: shapes.user, ask: firstUser },
  roles: { shape: shapes.pageOf('roles', shapes.role), ask: () => api('/v1/iam-roles') },
  policies: { shape: shapes.pageOf('policies', shapes.policy), ask: () => api(`${place}/iam-policies`) },
  serviceAccounts: {
    shape: shapes.pageOf('service_accounts', shapes.serviceAccount),
    ask: () => api(`${place}/service-accounts`),
  },
  invalidFilter: { shape: shapes.rpcStatus, ask: () => api(`${place}/users?filter=%28`), refusal },
  notOrderable: { shape: shapes.rpcStatus, ask: () => api(`${place}/users?order_by=photo_uri`), refusal },
  unauthenticated: { shape: shapes.rpcStatus, ask: () => ask('GET', `${base}/v1/installations`), refusal },
  permissionDenied: {
    shape: shapes.rpcStatus,
    ask: async () =>
      api('/v1/installations/tiny-office/users', String(jsonOf(await login(one))['access_token'])),
    refusal,
  },
  notFound: { shape: shapes.rpcStatus, ask: () => api('/v1/installations/nowhere/users'), refusal },
  // The sandbox is never unavailable by itself: this is what `POST /faults` is for.
  unavailable: {
    shape: shapes.rpcStatus,
    ask: async () => {
      const { status, body } = fixtures.unavailable;
      await bench.control('POST', '/faults', {
        provider: 'salto-nebula',
        path: '/v1/installations',
        status,
        body,
      });
      return api('/v1/installations');
    },
    refusal,
  },
  tokenResponse: { shape: shapes.tokens, ask: () => login() },
  refreshingTokenResponse: { shape: shapes.refreshingTokens, ask: () => login(programmatic) },
  tokenError: { shape: shapes.tokenError, ask: () => login({ ...client, client_secret: 'wrong' }) },
  discovery: { shape: discovery, ask: () => ask('GET', `${base}/.well-known/openid-configuration`) },
});

test('Salto Nebula: the codes and texts that the page gives are given', async () => {
  expect(jsonOf(await api(`${place}/users?order_by=photo_uri`))).toEqual(fixtures.notOrderable.body);
  expect({ ...jsonOf(await login()), access_token: null }).toEqual({
    ...(fixtures.tokenResponse.body as object),
    access_token: null,
  });
  const { refresh_token_expires_in: seconds, expires_in: hour } = jsonOf(await login(programmatic));
  expect([hour, seconds]).toEqual([3600, 90 * 86_400]);
  for (const [path, body] of [
    [`${place}/users?filter=%28`, fixtures.invalidFilter.body],
    ['/v1/installations/nowhere/users', fixtures.notFound.body],
  ] as const) {
    expect(jsonOf(await api(path))['code']).toBe((body as { code: number }).code);
  }
});

test.each([true, false])(
  'Salto Nebula: every user is what the page says, with empty members left out: %s',
  async (omitEmpty) => {
    await bench.control('POST', '/switches', { 'nebula.omitEmpty': omitEmpty });
    for (const { id } of bench.vendor('salto-nebula').installations) {
      const page = jsonOf(await api(`/v1/installations/${id}/users?page_size=1000`));
      expect(shapes.pageOf('users', shapes.user)(page)).toEqual([]);
      expect(shapes.installation(jsonOf(await api(`/v1/installations/${id}`)))).toEqual([]);
    }
    await bench.control('POST', '/switches', { 'nebula.omitEmpty': true });
  },
);
