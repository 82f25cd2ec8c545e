import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { systemClock } from '../../../main/clock.ts';
import { createHttp } from '../../../main/http/http.ts';
import type { Http } from '../../../main/http/seam.ts';
import { profileOf } from '../../../main/providers/profiles.ts';
import { storedKeys } from '../../../main/sessions/keys.ts';
import type { Session } from '../../../main/sessions/session.ts';
import { type Sessions, createSessions } from '../../../main/sessions/sessions.ts';
import { readSecrets } from '../../../main/vault/secrets.ts';
import { ok } from '../../../preload/errors.ts';
import { type TestClock, type TestVault, notWritten, testClock, testVault } from '../../support/sessions.ts';
import { type OpenIdProvider, startOpenIdProvider } from './openid-provider.ts';

let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await startOpenIdProvider();
});
afterAll(() => provider.close());

let home: string;
let http: Http;
let vault: TestVault;
let clock: TestClock;
let sessions: Sessions;
let connection: Connection;
/** The pages the browser ended on. */
let pages: Promise<number>[];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-id-token-'));
  // Waiting for the browser is real waiting here.
  clock = { ...testClock(Date.now()), sleep: (ms, signal) => systemClock.sleep(ms, signal) };
  http = createHttp({ clock, env: {} });
  vault = testVault();
  pages = [];
  sessions = createSessions({
    home,
    vault,
    http,
    clock,
    profileOf,
    openBrowser: (url) => {
      pages.push(provider.browse(url));
      return Promise.resolve(ok(undefined));
    },
  });
  connection = provider.connection();
});
afterEach(async () => {
  provider.bent = {};
  provider.requests.length = 0;
  await http.close();
  await rm(home, { recursive: true, force: true });
});

async function stored(): Promise<Session | null> {
  const secrets = await readSecrets<Session>(vault, connection.id);
  if (!secrets.ok) throw new Error(secrets.error.message);
  return secrets.value.session;
}

async function signedIn(): Promise<Session> {
  const session = await sessions.signIn(connection);
  if (!session.ok) throw new Error(JSON.stringify(session.error));
  return session.value;
}

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a good ID token says who signed in, the proof key fits, and the keys are kept for the inspector', async () => {
  expect((await signedIn()).subject).toBe('someone');
  const [request] = provider.requests;
  expect(request?.get('grant_type')).toBe('authorization_code');
  expect(request?.get('code_verifier')).toMatch(/^[\w.~-]{43,128}$/);
  expect((await storedKeys(home, connection.id))?.keys[0]?.kid).toBe('key-1');
  expect((await stored())?.accessToken).toMatch(/^access-/);
});

describe('an ID token that is refused, with nothing stored:', () => {
  const past = Math.floor(Date.now() / 1000) - 3600;
  test.each<[string, OpenIdProvider['bent']]>([
    ['from another issuer', { claims: { iss: 'https://evil.example' } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['for another client', { claims: { aud: 'other-client' } }],
    ['for several without saying which one asked', { claims: { aud: ['acme-client', 'other'] } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['authorised for another', { claims: { aud: ['acme-client', 'other-client'], azp: 'other-client' } }],
    ['of nobody', { claims: { sub: undefined } }],
    ['with another nonce', { claims: { nonce: 'replayed' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['that has ended', { claims: { iat: past, exp: past + 60 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a beginning', { claims: { iat: undefined } }],
    ['not valid yet', { claims: { nbf: past + 10_000_000 } }],
    ['that is no token', { idToken: 'token' }],
    ['that is missing', { tokens: { id_token: undefined } }],
    [
      'without a signature',
      { idToken: (token) => `${segment({ alg: 'none' })}.${token.split('.')[1] ?? ''}.` },
    ],
    [
      'with its claims changed',
      { idToken: (token) => token.replace(/\.[^.]+\./, `.${segment({ sub: 'admin' })}.`) },
    ],
  ])('%s', async (_what, bent) => {
    provider.bent = bent;
    const result = await sessions.signIn(connection);
    expect(result).toMatchObject({ ok: false, error: { code: 'id_token_invalid' } });
    expect(JSON.stringify(result)).not.toMatch(/eyJ|access-|refresh-|the-code/);
    expect(await stored()).toBeNull();
    expect(await sessions.status(connection)).toMatchObject({ ok: true, value: { state: 'signed_out' } });
    expect(await Promise.all(pages)).toEqual([200]);
  });

  test('signed with another key', async () => {
    provider.bent = { signWith: (await generateKeyPair('RS256')).privateKey };
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });

  test('signed with a secret in place of a key', async () => {
    provider.bent = { algorithm: 'HS256', signWith: createSecretKey(Buffer.alloc(32, 7)) };
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });

  test('while its keys cannot be read, which is not called a forgery', async () => {
    provider.bent = { keysStatus: 503 };
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'provider_failed' },
    });
    expect(await stored()).toBeNull();
  });
});

describe('the answer in the browser', () => {
  const announced = { metadata: { authorization_response_iss_parameter_supported: true } };

  test('names the issuer where the server said that it would', async () => {
    provider.bent = { ...announced, callback: { iss: provider.issuer } };
    await signedIn();
  });

  test.each<[string, OpenIdProvider['bent']]>([
    ['does not name it although the server said that it would', announced],
    ['names another', { callback: { iss: 'https://evil.example' } }],
    ['names another although it was announced', { ...announced, callback: { iss: 'https://evil.example' } }],
  ])('%s: the code is not redeemed', async (_what, bent) => {
    provider.bent = bent;
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'issuer_mismatch' },
    });
    expect(provider.requests).toEqual([]);
    expect(await stored()).toBeNull();
  });

  test.each([
    ['access_denied', 'authorization_denied'],
    ['invalid_scope', 'scope_rejected'],
    ['unauthorized_client', 'client_rejected'],
    ['temporarily_unavailable', 'provider_failed'],
    ['something else', 'authorization_denied'],
  ])('says %s: %s', async (error, code) => {
    provider.bent = { callback: { code: undefined, error, error_description: 'why\u202enot' } };
    const result = await sessions.signIn(connection);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(result)).not.toContain('\u202e');
  });
});

describe('a renewal', () => {
  async function later(): Promise<Session> {
    const session = await signedIn();
    clock.advance(61 * 60_000);
    provider.bent = { claims: { nonce: undefined } };
    return session;
  }

  test('brings a new ID token of the same person', async () => {
    const before = await later();
    expect(await sessions.access(connection)).toMatchObject({ ok: true });
    const after = await stored();
    expect(after?.idToken).not.toBe(before.idToken);
    expect(after?.subject).toBe('someone');
  });

  test.each<[string, OpenIdProvider['bent']]>([
    ['of another person', { claims: { nonce: undefined, sub: 'someone-else' } }],
    ['from another issuer', { claims: { nonce: undefined, iss: 'https://evil.example' } }],
  ])('with an ID token %s is refused and the session stays', async (_what, bent) => {
    const before = await later();
    provider.bent = bent;
    expect(await sessions.access(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect({ ...(await stored()), trouble: null }).toEqual(before);
  });

  test('whose ID token cannot be checked just now keeps the refresh token that came: the old one has ended', async () => {
    const before = await later();
    provider.bent = { ...provider.bent, keysStatus: 503 };
    expect(await sessions.access(connection)).toMatchObject({
      ok: false,
      error: { code: 'provider_failed' },
    });
    const kept = await stored();
    expect(kept).toMatchObject({ accessToken: before.accessToken, trouble: null });
    expect(kept?.refreshToken).not.toBe(before.refreshToken);
    provider.bent = { claims: { nonce: undefined } };
    expect(await sessions.access(connection)).toMatchObject({ ok: true });
    expect(provider.requests.at(-1)?.get('refresh_token')).toBe(kept?.refreshToken);
  });
});

test('a profile that cannot keep the keys is no reason to lose a sign-in', async () => {
  await writeFile(path.join(home, 'keys'), 'in the way');
  await signedIn();
  expect(await stored()).not.toBeNull();
  expect(await storedKeys(home, connection.id)).toBeNull();
});

test('the browser is told of a session that could not be saved, and the next call saves it', async () => {
  vault.broken.writes = notWritten;
  expect(await sessions.signIn(connection)).toMatchObject({
    ok: false,
    error: { code: 'vault_write_failed' },
  });
  vault.broken = {};
  expect(await sessions.access(connection)).toMatchObject({ ok: true, value: { warning: null } });
  expect(await stored()).not.toBeNull();
});

describe('a Konexus access token is checked on arrival', () => {
  test('while its keys cannot be read the session is kept and not refused', async () => {
    connection = {
      ...provider.connection({ grant: 'authorization_code' }),
      provider: 'konexus',
    };
    provider.bent = { keysStatus: 503, tokens: { id_token: undefined } };
    connection = { ...connection, scope: 'tamarack' };
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'response_unexpected' },
    });
    provider.bent = { tokens: { id_token: undefined } };
    expect(await sessions.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'access_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });
});
