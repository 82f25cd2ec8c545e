import * as v from 'valibot';
import { expect, test } from 'vitest';
import { connectionFields } from '../../../preload/errors.ts';
import { type ConnectionInfo, type ProviderInfo, methods } from '../../../preload/contract.ts';
import {
  changesOf,
  differs,
  draftOf,
  fieldOf,
  inputOf,
  missing,
  neededAddresses,
  newDraft,
  portsOf,
  redirectUris,
} from '../../../renderer/connections/draft.ts';

const provider: ProviderInfo = {
  id: 'salto-ks',
  label: 'Salto KS',
  mark: 'KS',
  needs: 'Needs a client id.',
  installationWord: 'site',
  lists: true,
  reach: false,
  contact: 'your contact.',
  discovery: true,
  environments: [
    { id: 'production', endpoints: { issuer: 'https://identity.example', apiBase: 'https://api.example' } },
    { id: 'sandbox', endpoints: {} },
  ],
  grants: [
    { grant: 'authorization_code', documented: true, clientAuth: 'basic', scope: 'openid', caution: null },
    { grant: 'password', documented: true, clientAuth: 'basic', scope: null, caution: 'careful' },
    { grant: 'client_credentials', documented: false, clientAuth: 'basic', scope: null, caution: null },
  ],
};
const connection: ConnectionInfo = {
  id: 'c1',
  name: 'acme',
  provider: 'salto-ks',
  environment: 'sandbox',
  grant: 'authorization_code',
  clientId: 'desk',
  clientAuth: 'none',
  username: null,
  scope: 'openid',
  redirectPorts: [8400, 8401],
  redirectPath: '/callback',
  overrides: { issuer: 'http://127.0.0.1:4100', 'paths.users': '/v2/users' },
  sandbox: true,
  session: {
    state: 'signed_out',
    subject: null,
    displayName: null,
    expiresAt: null,
    refreshExpiresAt: null,
    failure: null,
    nextTryAt: null,
    signInBy: null,
    warnFrom: null,
    tokens: [],
  },
};

test('a new draft has a name that is free, compared without case', () => {
  expect(newDraft(provider, 'password', ['Salto-KS', 'salto-ks-2']).name).toBe('salto-ks-3');
});

test('what a draft becomes is what the bridge takes, and has no field that was left empty', () => {
  const draft = { ...newDraft(provider, 'authorization_code', []), clientId: ' desk ', ports: '8400 8401' };
  const input = inputOf(draft);
  expect(v.safeParse(methods['connections.add'].input, input).success).toBe(true);
  expect(input).toEqual({
    provider: 'salto-ks',
    name: 'salto-ks',
    environment: 'production',
    grant: 'authorization_code',
    clientId: 'desk',
    scope: 'openid',
    redirectPorts: [8400, 8401],
    redirectPath: '/callback',
  });
});

test('secrets are sent as typed, spaces included', () => {
  const draft = {
    ...newDraft(provider, 'password', []),
    clientSecret: ' s ',
    password: ' p ',
    username: 'robot',
  };
  expect(inputOf(draft)).toMatchObject({ clientSecret: ' s ', password: ' p ', username: 'robot' });
});

test('a connection that is changed keeps its secrets unless new ones are typed, and loses overrides that were emptied', () => {
  const draft = { ...draftOf(connection), more: '' };
  const changes = changesOf(draft, connection);
  expect(changes).not.toHaveProperty('clientSecret');
  expect(changes.overrides).toEqual({ issuer: 'http://127.0.0.1:4100', 'paths.users': '' });
  expect(v.safeParse(methods['connections.change'].input, { id: 'c1', ...changes }).success).toBe(true);
});

test('ports are numbers from 1 to 65535', () => {
  expect(portsOf('')).toEqual([]);
  expect(portsOf('8400, 8401')).toEqual([8400, 8401]);
  expect(portsOf('0')).toBeNull();
  expect(portsOf('70000')).toBeNull();
  expect(portsOf('80a')).toBeNull();
});

test('the redirect URIs to register are exact', () => {
  expect(redirectUris({ ports: '', redirectPath: '/callback' })).toEqual(['http://127.0.0.1/callback']);
  expect(redirectUris({ ports: '8400,8401', redirectPath: '/cb' })).toEqual([
    'http://127.0.0.1:8400/cb',
    'http://127.0.0.1:8401/cb',
  ]);
});

test('addresses are asked for where the environment has none', () => {
  const draft = newDraft(provider, 'authorization_code', []);
  expect(neededAddresses(draft, provider)).toEqual([]);
  expect(neededAddresses({ ...draft, environment: 'sandbox' }, provider)).toEqual(['issuer', 'apiBase']);
  expect(neededAddresses({ ...draft, environment: 'sandbox' }, { ...provider, discovery: false })).toEqual([
    'authorizationEndpoint',
    'tokenEndpoint',
    'apiBase',
  ]);
});

test('what is missing is said at its field', () => {
  const service = { ...newDraft(provider, 'client_credentials', []), name: ' ', ports: 'x' };
  expect(Object.keys(missing(service, false, provider)).toSorted()).toEqual([
    'clientId',
    'clientSecret',
    'name',
    'ports',
  ]);
  expect(Object.keys(missing(draftOf(connection), true, provider))).toEqual(['apiBase']);
});

test.each([
  ['client_rejected', undefined, 'clientSecret'],
  ['credentials_rejected', undefined, 'password'],
  ['scope_rejected', undefined, 'scope'],
  ['network_unreachable', undefined, null],
  // Which one it was is said, and not found out from the words.
  ['input_invalid', undefined, null],
  ['connection_exists', 'name', 'name'],
  ['input_invalid', 'clientId', 'clientId'],
  ['input_invalid', 'issuer', 'issuer'],
  ['input_invalid', 'redirectPorts', 'ports'],
  ['input_invalid', 'overrides', 'more'],
] as const)('a failure %s of the field %s stands at the field %s', (code, said, field) => {
  const draft = { ...newDraft(provider, 'password', []), clientSecret: 'wrong' };
  const failure = { code, message: 'Client id: Issuer.', hint: '', ...(said && { field: said }) };
  expect(fieldOf(failure, draft)).toBe(field);
});

test('every field that a failure can be about has its place in the form', () => {
  const draft = newDraft(provider, 'password', []);
  for (const field of connectionFields) {
    const place = fieldOf({ code: 'input_invalid', message: '', hint: '', field }, draft);
    expect(Object.keys(draft), field).toContain(place);
  }
});

test('a draft in which anything was typed differs from the one it began as, and no longer when it is typed back', () => {
  const draft = { ...draftOf(connection) };
  expect(differs(draft, draftOf(connection))).toBe(false);
  expect(differs({ ...draft, clientSecret: 'invented' }, draft)).toBe(true);
  expect(differs({ ...draft, more: 'paths.users=/v3' }, draft)).toBe(true);
  expect(differs({ ...draft, more: draft.more }, draft)).toBe(false);
});
