import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { type ConnectionInput, describeConnection } from '../../../main/connections/describe.ts';
import { checkEndpointUrl } from '../../../main/http/endpoint-url.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import type { ProviderId } from '../../../main/providers/provider.ts';
import type { Failure } from '../../../preload/errors.ts';

const id = '0b3f6c1e-8f0e-4a52-9d0b-0c6a6a1d2e3f';
const createdAt = '2026-03-01T08:00:00.000Z';

function describeIt(
  provider: ProviderId,
  input: ConnectionInput,
  options: { secret?: boolean; previous?: Connection } = {},
): ReturnType<typeof describeConnection> {
  return describeConnection(
    profileOf(provider),
    { name: 'acme', clientId: 'acme-client', ...input },
    { clientSecret: options.secret ?? false },
    {
      id,
      createdAt,
      checkUrl: checkEndpointUrl,
      ...(options.previous && { previous: options.previous }),
    },
  );
}

function described(...given: Parameters<typeof describeIt>): Connection {
  const result = describeIt(...given);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function refusal(...given: Parameters<typeof describeIt>): Failure {
  const result = describeIt(...given);
  if (result.ok) throw new Error('This was not refused.');
  expect(result.error.code).toBe('input_invalid');
  expect(result.error.hint).not.toBe('');
  return result.error;
}

describe('what is left out gets the default of the provider', () => {
  test('Salto KS is a sign-in of a person at the production hosts, without a secret as a public client', () => {
    expect(described('salto-ks', {})).toEqual({
      id,
      createdAt,
      name: 'acme',
      provider: 'salto-ks',
      environment: 'production',
      grant: 'authorization_code',
      clientId: 'acme-client',
      clientAuth: 'none',
      username: null,
      scope: 'openid profile offline_access user_api.full_access',
      redirect: { ports: [], path: '/callback' },
      overrides: { paths: {}, authorizationParams: {}, apiHeaders: {}, switches: {} },
    });
  });

  test.each([
    ['salto-ks', {}, 'basic'],
    ['salto-nebula', {}, 'post'],
    ['smartenit', {}, 'post'],
    ['smartenit', { grant: 'implicit' }, 'none'],
  ] as const)('%s %j with a secret authenticates by its documented method', (provider, input, method) => {
    expect(described(provider, input, { secret: true }).clientAuth).toBe(method);
  });

  test('endpoints by hand make a custom environment, which the generic providers always are', () => {
    const issuer = 'https://id.acme.example';
    expect(described('salto-ks', { overrides: { issuer } }).environment).toBe('custom');
    expect(described('oidc', { overrides: { issuer } }).environment).toBe('custom');
  });

  test('Smartenit asks for no scope', () => {
    expect(described('smartenit', {}).scope).toBeNull();
  });
});

describe('a change keeps what is not named', () => {
  const previous = described(
    'salto-ks',
    { scope: 'openid', overrides: { apiBase: 'https://api.acme.example', paths: { users: '/people' } } },
    { secret: true },
  );

  test('all of it, when nothing is named', () => {
    expect(described('salto-ks', { name: 'acme' }, { previous, secret: true })).toEqual(previous);
  });

  test('an empty text takes an override, a scope or a name of a user away', () => {
    const changed = described(
      'salto-ks',
      { scope: '', username: '', overrides: { apiBase: '', paths: { users: '' } } },
      { previous, secret: true },
    );
    expect(changed.scope).toBeNull();
    expect(changed.username).toBeNull();
    expect(changed.overrides).toEqual({ paths: {}, authorizationParams: {}, apiHeaders: {}, switches: {} });
  });

  test('another grant brings its own defaults', () => {
    const changed = described(
      'salto-ks',
      { grant: 'password', username: 'system@acme.example' },
      { previous, secret: true },
    );
    expect(changed).toMatchObject({ grant: 'password', clientAuth: 'basic', scope: 'user_api.full_access' });
  });
});

describe('refused', () => {
  const hands = { environment: 'custom' } as const;
  test.each<[string, ProviderId, ConnectionInput, boolean, RegExp, Failure['field']]>([
    [
      'a connection without a name',
      'salto-ks',
      { name: ' ' },
      false,
      /^Name: A connection needs a name/,
      'name',
    ],
    ['a long name', 'salto-ks', { name: 'a'.repeat(61) }, false, /^Name: .*at most 60/, 'name'],
    [
      'a name that hides something',
      'salto-ks',
      { name: 'acme\u202e' },
      false,
      /^Name: .*control characters/,
      'name',
    ],
    ['a name like an option', 'salto-ks', { name: '--json' }, false, /^Name: .*hyphen/, 'name'],
    ['no client id', 'salto-ks', { clientId: '' }, false, /^Client id: The client id is missing/, 'clientId'],
    [
      'a client id with a line break',
      'salto-ks',
      { clientId: 'a\nb' },
      false,
      /^Client id: Control/,
      'clientId',
    ],
    [
      'a grant that is not offered',
      'salto-nebula',
      { grant: 'implicit' },
      true,
      /does not offer the grant implicit/,
      undefined,
    ],
    ['password without a user', 'salto-ks', { grant: 'password' }, true, /needs the name/, 'username'],
    [
      'client credentials without a secret',
      'salto-nebula',
      {},
      false,
      /needs the client secret/,
      'clientSecret',
    ],
    [
      'client credentials that would not be sent',
      'konexus',
      { clientAuth: 'none' },
      true,
      /cannot go without/,
      'clientAuth',
    ],
    [
      'an authentication without its secret',
      'salto-ks',
      { clientAuth: 'post' },
      false,
      /"post" needs the client secret/,
      'clientSecret',
    ],
    [
      'an issuer that is no address',
      'oidc',
      { overrides: { issuer: 'acme' } },
      false,
      /^Issuer is not a complete/,
      'issuer',
    ],
    [
      'an API over plain http',
      'salto-ks',
      { overrides: { apiBase: 'http://api.acme.example' } },
      false,
      /^API address would send secrets unencrypted/,
      'apiBase',
    ],
    ['no server at all', 'oidc', {}, false, /The address of OpenID Connect/, 'issuer'],
    [
      'an environment without hosts',
      'konexus',
      { environment: 'sandbox' },
      true,
      /The address of Konexus \(sandbox\) is missing/,
      'issuer',
    ],
    [
      'Smartenit without a token endpoint',
      'smartenit',
      { ...hands },
      false,
      /has no token endpoint/,
      'tokenEndpoint',
    ],
    [
      'Smartenit by an issuer, which publishes nothing',
      'smartenit',
      { ...hands, overrides: { issuer: 'https://id.acme.example' } },
      false,
      /has no token endpoint/,
      'tokenEndpoint',
    ],
    [
      'a browser sign-in without a page to open',
      'oauth2',
      { overrides: { tokenEndpoint: 'https://id.acme.example/token' } },
      false,
      /has no authorization endpoint/,
      'authorizationEndpoint',
    ],
    [
      'a redirect path with a query',
      'salto-ks',
      { redirectPath: '/callback?a=b' },
      false,
      /^Redirect path: /,
      'redirectPath',
    ],
    [
      'a port of 0',
      'salto-ks',
      { redirectPorts: [0] },
      false,
      /A port is a whole number from 1 to 65535/,
      'redirectPorts',
    ],
    [
      'a path that the provider does not have',
      'salto-ks',
      { overrides: { paths: { sites: '/x' } } },
      false,
      /Salto KS has no paths\.sites/,
      'overrides',
    ],
    [
      'a switch that the provider does not have',
      'oauth2',
      { overrides: { switches: { count: 'off' } } },
      false,
      /has no switches\.count/,
      'overrides',
    ],
    [
      'an address for keys over plain http',
      'salto-ks',
      { overrides: { jwksUri: 'http://api.acme.example' } },
      false,
      /^JWKS address would send/,
      'overrides',
    ],
    [
      'a header with control characters',
      'salto-ks',
      { overrides: { apiHeaders: { 'x-a': 'b\r\nc' } } },
      false,
      /Control characters/,
      'overrides',
    ],
  ])('%s', (_what, provider, input, secret, message, field) => {
    const failure = refusal(provider, input, { secret });
    expect(failure.message).toMatch(message);
    expect(failure.field).toBe(field);
  });

  test('without repeating what was typed, which may be a secret in the wrong field', () => {
    const secret = 'hunter2-in-the-wrong-field';
    for (const input of [
      { overrides: { issuer: secret } },
      { overrides: { apiBase: `http://user:${secret}@api.acme.example` } },
      { clientId: `${secret}\n` },
      { redirectPath: `${secret}?` },
    ]) {
      expect(JSON.stringify(refusal('oidc', input))).not.toContain(secret);
    }
  });
});

test('an implicit sign-in needs no token endpoint', () => {
  const overrides = { authorizationEndpoint: 'https://id.acme.example/authorize' };
  expect(described('oauth2', { grant: 'implicit', overrides }).grant).toBe('implicit');
});
