import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../preload/errors.ts';
import type { Bend, RawAnswer } from '../../support/hostile-provider/bend.ts';
import { type HostileProvider, startHostileProvider } from '../../support/hostile-provider/provider.ts';
import { type RelyingParty, createRelyingParty } from '../../support/relying-party.ts';

let provider: HostileProvider;
beforeAll(async () => {
  provider = await startHostileProvider();
});
afterAll(() => provider.close());

let party: RelyingParty;
beforeEach(async () => {
  party = await createRelyingParty();
});
afterEach(async () => {
  provider.reset();
  await party.close();
});

/** The code of a sign-in by OAuth alone, so that no ID token is in the way. */
async function verdictOf(bend: Bend, scope = 'api'): Promise<'accept' | ErrorCode> {
  provider.bend = bend;
  const connection = provider.connection({ scope });
  const result = await party.signIn(connection);
  if (!result.ok) {
    expect(await party.stored(connection)).toBeNull();
    expect(JSON.stringify(result.error)).not.toMatch(/access-\d|refresh-\d|eyJ/);
  }
  return result.ok ? 'accept' : result.error.code;
}

const token = (members: string): RawAnswer => ({
  body: `{"access_token":"access-1","token_type":"Bearer"${members}}`,
});
const large = 'x'.repeat(10 * 1024 * 1024);

describe('a token answer', () => {
  test.each<[what: string, bend: Bend, verdict: 'accept' | ErrorCode]>([
    ['without token_type', { tokens: { token_type: undefined } }, 'token_response_invalid'],
    ['with token_type in capitals', { tokens: { token_type: 'BEARER' } }, 'accept'],
    ['with a token of another kind', { tokens: { token_type: 'mac' } }, 'token_response_invalid'],
    [
      'bound to a key that we do not have (DPoP)',
      { tokens: { token_type: 'DPoP' } },
      'token_response_invalid',
    ],
    ['without an access token', { tokens: { access_token: undefined } }, 'token_response_invalid'],
    ['with an empty access token', { tokens: { access_token: '' } }, 'token_response_invalid'],
    ['with a list for an access token', { tokens: { access_token: ['a'] } }, 'token_response_invalid'],
    [
      'with a line break in the access token',
      { tokens: { access_token: 'a\r\nX: y' } },
      'token_response_invalid',
    ],
    ['with expires_in as text', { tokens: { expires_in: '3600' } }, 'accept'],
    ['with a negative expires_in', { tokens: { expires_in: -1 } }, 'token_response_invalid'],
    ['with a word for expires_in', { tokens: { expires_in: 'soon' } }, 'token_response_invalid'],
    ['with a huge expires_in', { tokens: { expires_in: 1e300 } }, 'accept'],
    ['without expires_in', { tokens: { expires_in: undefined } }, 'accept'],
    [
      'with null for what it does not have',
      { tokenAnswer: token(',"refresh_token":null,"scope":null,"expires_in":null') },
      'accept',
    ],
    ['with less scope than asked', { tokens: { scope: 'api:read' } }, 'accept'],
    ['with a list for the scope', { tokens: { scope: ['api'] } }, 'token_response_invalid'],
    ['with 201', { tokenAnswer: { status: 201 } }, 'token_response_invalid'],
    [
      'with 200 and an error',
      { tokenAnswer: { body: '{"error":"invalid_grant"}' } },
      'token_response_invalid',
    ],
    [
      'with 400 and an object for the error',
      { tokenAnswer: { status: 400, body: '{"error":{"message":"no"}}' } },
      'client_rejected',
    ],
    ['with a byte order mark', { tokenAnswer: { body: `\ufeff${token('').body ?? ''}` } }, 'accept'],
    ['with a member twice', { tokenAnswer: token(',"access_token":"access-2"') }, 'token_response_invalid'],
    [
      'with a member twice, once escaped',
      { tokenAnswer: token(',"access_tok\\u0065n":"b"') },
      'token_response_invalid',
    ],
    [
      'that nests 100,000 deep',
      { tokenAnswer: token(`,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
      'token_response_invalid',
    ],
    ['of 10 MB', { tokenAnswer: token(`,"x":"${large}"`) }, 'token_response_invalid'],
    ['that is a list', { tokenAnswer: { body: '[]' } }, 'token_response_invalid'],
    [
      'that is a page',
      { tokenAnswer: { body: '<html>', headers: { 'content-type': 'text/html' } } },
      'token_response_invalid',
    ],
    ['that is empty', { tokenAnswer: { body: '' } }, 'token_response_invalid'],
    [
      'that points elsewhere',
      { tokenAnswer: { status: 302, headers: { location: 'https://evil.example' } } },
      'token_response_invalid',
    ],
    [
      'with an ID token that nobody asked for and that is wrong',
      { idToken: () => 'eyJhbGciOiJub25lIn0.e30.' },
      'accept',
    ],
  ])('%s', async (_what, bend, verdict) => {
    expect(await verdictOf(bend)).toBe(verdict);
  });

  test('an end that no calendar reaches is no end', async () => {
    provider.bend = { tokens: { expires_in: 1e300 } };
    expect(await party.signIn(provider.connection())).toMatchObject({ ok: true, value: { expiresAt: null } });
  });

  test('less scope than asked is what the session has', async () => {
    provider.bend = { tokens: { scope: 'api:read' } };
    const connection = provider.connection({ scope: 'api' });
    expect(await party.signIn(connection)).toMatchObject({ ok: true, value: { scope: 'api:read' } });
  });
});

describe('userinfo', () => {
  test.each<[what: string, bend: Bend, displayName: string | null]>([
    ['has the name', {}, 'Ana Prado'],
    [
      'has an address alone',
      { userinfo: { name: undefined, email: 'ana@acme.example' } },
      'ana@acme.example',
    ],
    ['has hostile characters', { userinfo: { name: 'A\u202en\u001ba' } }, 'A n a'],
    ['is down', { userinfoAnswer: { status: 503 } }, null],
    ['refuses', { userinfoAnswer: { status: 401, headers: { 'www-authenticate': 'Bearer' } } }, null],
    ['is a page', { userinfoAnswer: { body: '<html>', headers: { 'content-type': 'text/html' } } }, null],
    ['names nobody', { userinfo: { sub: undefined } }, null],
    ['is of 10 MB', { userinfoAnswer: { body: `{"sub":"someone","name":"${large}"}` } }, null],
    [
      'points elsewhere',
      { userinfoAnswer: { status: 302, headers: { location: 'https://evil.example' } } },
      null,
    ],
    [
      'would be read without encryption',
      { discovery: { userinfo_endpoint: 'http://id.vendor.example/userinfo' } },
      null,
    ],
    ['is not announced', { discovery: { userinfo_endpoint: undefined } }, null],
    ['never answers', { userinfoAnswer: { never: true } }, null],
  ])('that %s never costs the sign-in', async (_what, bend, displayName) => {
    provider.bend = bend;
    expect(await party.signIn(provider.connection())).toMatchObject({
      ok: true,
      value: { subject: 'someone', displayName },
    });
  });

  test('is not asked where the ID token has a name, and not at a renewal', async () => {
    provider.bend = { claims: { name: 'Ana of the ID token' } };
    const connection = provider.connection();
    expect(await party.signIn(connection)).toMatchObject({ value: { displayName: 'Ana of the ID token' } });
    party.clock.advance(61 * 60_000);
    expect(await party.sessions.access(connection)).toMatchObject({
      value: { session: { displayName: 'Ana of the ID token' } },
    });
    expect(provider.seenAt('/userinfo')).toEqual([]);
  });
});

describe('a discovery document', () => {
  test.each<[what: string, bend: (issuer: string) => Bend, verdict: 'accept' | ErrorCode]>([
    [
      'whose issuer ends in a slash',
      (issuer) => ({ discovery: { issuer: `${issuer}/` }, claims: { iss: `${issuer}/` } }),
      'accept',
    ],
    [
      'whose issuer ends in a slash and its ID token does not',
      (issuer) => ({ discovery: { issuer: `${issuer}/` } }),
      'id_token_invalid',
    ],
    [
      'with a token endpoint without encryption',
      () => ({ discovery: { token_endpoint: 'http://id.vendor.example/token' } }),
      'input_invalid',
    ],
    [
      'with an authorization endpoint that is script',
      () => ({ discovery: { authorization_endpoint: 'javascript:alert(1)' } }),
      'input_invalid',
    ],
    [
      'with keys without encryption',
      () => ({ discovery: { jwks_uri: 'http://id.vendor.example/keys' } }),
      'input_invalid',
    ],
    ['without keys', () => ({ discovery: { jwks_uri: undefined } }), 'id_token_invalid'],
    [
      'that signs nothing',
      () => ({ discovery: { id_token_signing_alg_values_supported: ['none'] } }),
      'discovery_failed',
    ],
    [
      'that signs with shared secrets alone',
      () => ({ discovery: { id_token_signing_alg_values_supported: ['HS256', 'none'] } }),
      'discovery_failed',
    ],
    [
      'that is elsewhere',
      () => ({ discoveryAnswer: { status: 301, headers: { location: 'https://evil.example' } } }),
      'discovery_failed',
    ],
    [
      'that is a page',
      () => ({ discoveryAnswer: { body: '<html>', headers: { 'content-type': 'text/html' } } }),
      'discovery_failed',
    ],
    ['of 10 MB', () => ({ discoveryAnswer: { body: `{"x":"${large}"}` } }), 'discovery_failed'],
    ['that is a list', () => ({ discoveryAnswer: { body: '[]' } }), 'discovery_failed'],
    ['that is missing', () => ({ discoveryAnswer: { status: 404 } }), 'discovery_failed'],
    ['of a server that is down', () => ({ discoveryAnswer: { status: 503 } }), 'provider_failed'],
    ['of a server that is asked too often', () => ({ discoveryAnswer: { status: 429 } }), 'rate_limited'],
  ])('%s', async (_what, bend, verdict) => {
    expect(await verdictOf(bend(provider.issuer), 'openid')).toBe(verdict);
  });

  test('whose keys are on another origin is followed there', async () => {
    const elsewhere = await startHostileProvider();
    try {
      provider.bend = { discovery: { jwks_uri: `${elsewhere.issuer}${elsewhere.keysPath}` } };
      expect(await party.signIn(provider.connection())).toMatchObject({
        error: { code: 'id_token_invalid' },
      });
      expect(elsewhere.seenAt(elsewhere.keysPath)).toHaveLength(1);
    } finally {
      await elsewhere.close();
    }
  });

  test('keys of 10 MB are not read, which is not called a forgery', async () => {
    provider.bend = { keysAnswer: { body: `{"keys":[],"x":"${large}"}` } };
    expect(await party.signIn(provider.connection())).toMatchObject({ error: { code: 'provider_failed' } });
  });
});
