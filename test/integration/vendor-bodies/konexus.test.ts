import { afterAll, beforeAll, expect, test } from 'vitest';

import { ok } from '../../../preload/errors.ts';
import { konexus } from '../../../main/providers/konexus/api.ts';
import { konexusEnvelopeFailure, konexusFailure } from '../../../main/providers/konexus/errors.ts';
import * as fixtures from '../../fixtures/vendor-bodies/konexus.ts';
import * as shapes from '../../support/vendor-shapes/konexus.ts';
import { discovery } from '../../support/vendor-shapes/discovery.ts';
import { collect, talk } from '../../unit/providers/scripted-api.ts';
import { bearer, openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { ask, jsonOf, judge, partsOfJwt } from './judge.ts';
import type { Asked } from './judge.ts';

const client = { client_id: 'ext-4711-harbour', client_secret: 'demo-siren-7' };
const find = '/v2/contacts/find';
const directory = '/4711/directory/public/users';

let bench: Bench;
let base: string;
let identity: string;
let token: string;

beforeAll(async () => {
  bench = await openBench();
  const vendor = bench.vendor('konexus');
  base = vendor.apiBase;
  identity = vendor.issuer!;
  token = String(jsonOf(await login())['access_token']);
});
afterAll(() => bench.close());

const login = (as = client): Promise<Asked> =>
  ask('POST', `${identity}/connect/token`, { form: { grant_type: 'client_credentials', ...as } });
const post = (path: string, json: unknown = {}): Promise<Asked> =>
  ask('POST', `${base}${path}`, { headers: bearer(token), json });
const get = (path: string): Promise<Asked> => ask('GET', `${base}${path}`, { headers: bearer(token) });

const pages = (size: number, form: string) => async (): Promise<Asked> => {
  await bench.control('POST', '/switches', { 'konexus.emailForm': form });
  return post(find, { page: 1, pageSize: size });
};

async function someEmail(): Promise<string> {
  const { items } = jsonOf(await pages(1, 'string')()) as { items: { emails: string[] }[] };
  return items[0]!.emails[0]!;
}

const contacts = shapes.pageOf(shapes.contact);
const reads = (context: Parameters<typeof konexus.listUsers>[0]) =>
  konexus.listUsers(context, { id: '4711', name: '' });
const refusal = konexusFailure;
const problemType = 'application/problem+json';

/** The specification has a PascalCase variant; which calls answer so is not said, and none of the sandbox's does. */
const { contactsPascal, ...answered } = fixtures;

judge(
  konexus,
  answered,
  {
    contactsOfSchema: { shape: contacts, ask: pages(480, 'object'), reads },
    contactsOfExample: { shape: contacts, ask: pages(480, 'string'), reads },
    contactsWithEverything: { shape: contacts, ask: pages(1, 'object') },
    groupTree: { shape: shapes.pageOf(shapes.groupNode), ask: () => get('/v2.1/groups/tree') },
    directoryPage: { shape: shapes.directoryPageOf(shapes.profileSummary), ask: () => post(`${directory}/query`) },
    directoryUsers: {
      shape: shapes.directoryPageOf(shapes.profileSummary),
      ask: async () => post(`${directory}/query`, { email: await someEmail() }),
    },
    directoryUser: { shape: shapes.userProfile, ask: () => get(`${directory}/4200001`) },
    unauthorized: { shape: shapes.v2Error, ask: () => ask('POST', `${base}${find}`, { json: {} }), refusal },
    badRequest: { shape: shapes.v2Error, ask: () => post(find, []), refusal },
    directoryUnauthorized: { shape: null, ask: () => ask('POST', `${base}${directory}/query`, { json: {} }), refusal },
    directoryForbidden: {
      shape: shapes.problem,
      type: problemType,
      ask: () => post('/9999/directory/public/users/query'),
      refusal,
    },
    directoryNotFound: { shape: shapes.problem, type: problemType, ask: () => get(`${directory}/1`), refusal },
    directoryInvalid: {
      shape: shapes.validationProblem,
      type: problemType,
      ask: () => post(`${directory}/query`, { email: 5 }),
      refusal,
    },
    tokenResponse: { shape: shapes.tokens, ask: () => login() },
    tokenError: { shape: shapes.tokenError, ask: () => login({ ...client, client_secret: 'wrong' }) },
    discovery: { shape: discovery, ask: () => ask('GET', `${identity}/.well-known/openid-configuration`) },
    // Its condition belongs to another call: contacts of an unknown group are none, a tree without its root is a failure.
    notFoundEnvelope: {
      shape: shapes.failedEnvelope,
      ask: async () => ({ ...(await get('/v2.1/groups/tree?groupId=1')), ...asIfFound() }),
      refusal: (response) => konexusEnvelopeFailure(response, JSON.parse(response.text))!,
    },
  },
  '/api',
); // prettier-ignore

function asIfFound(): Pick<Asked, 'method' | 'url'> {
  return { method: 'POST', url: new URL(`${base}${find}`) };
}

test('Konexus: the PascalCase variant is read, though the sandbox does not speak it', async () => {
  const read = await collect(reads(talk(konexus, () => contactsPascal, { claims: ok(null) }).context));
  expect([read.rows.length, read.error]).toEqual([1, null]);
});

test('Konexus: the access token has the header and the claims of the published sample', () => {
  const [header, payload] = partsOfJwt(token);
  expect(shapes.accessTokenHeader(header)).toEqual([]);
  expect(shapes.accessTokenHeader(fixtures.accessTokenHeader)).toEqual([]);
  expect(shapes.accessTokenClaims(payload)).toEqual([]);
  expect(shapes.accessTokenClaims(fixtures.accessTokenClaims)).toEqual([]);
  expect(payload['iss']).toBe(identity);
  expect(Number(payload['exp']) - Number(payload['iat'])).toBe(3600);
  expect(payload['tenantId']).toBe(bench.vendor('konexus').installations[0]!.id);
});

test('Konexus: discovery names the endpoints and scopes of the page', async () => {
  const document = jsonOf(await ask('GET', `${identity}/.well-known/openid-configuration`));
  expect(document).toMatchObject({
    issuer: identity,
    authorization_endpoint: `${identity}/connect/authorize`,
    token_endpoint: `${identity}/connect/token`,
  });
  const known = fixtures.discovery.body as { scopes_supported: string[] };
  expect(document['scopes_supported']).toEqual(expect.arrayContaining(known.scopes_supported));
});

test('Konexus: the refused token is literally the page’s sentence', async () => {
  expect(jsonOf(await ask('POST', `${base}${find}`, { json: {} }))).toEqual(fixtures.unauthorized.body);
});

test.each(['object', 'string', 'mixed'])(
  'Konexus: every contact is what the page says, e-mails as %s',
  async (form) => {
    expect(contacts(jsonOf(await pages(480, form)()))).toEqual([]);
  },
);
