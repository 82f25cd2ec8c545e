import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { storedKeys } from '../../../main/sessions/keys.ts';
import type { Session } from '../../../main/sessions/session.ts';
import type { Bend } from '../../support/hostile-provider/bend.ts';
import { segment, withHeader } from '../../support/hostile-provider/id-token.ts';
import { type HostileProvider, startHostileProvider } from '../../support/hostile-provider/provider.ts';
import { type RelyingParty, createRelyingParty } from '../../support/relying-party.ts';
import { notWritten } from '../../support/sessions.ts';

let provider: HostileProvider;
beforeAll(async () => {
  provider = await startHostileProvider();
});
afterAll(() => provider.close());

let party: RelyingParty;
let connection: Connection;
beforeEach(async () => {
  party = await createRelyingParty();
  connection = provider.connection();
});
afterEach(async () => {
  provider.reset();
  await party.close();
});

const stored = (): Promise<Session | null> => party.stored(connection);

async function signedIn(): Promise<Session> {
  const session = await party.signIn(connection);
  if (!session.ok) throw new Error(JSON.stringify(session.error));
  return session.value;
}

test('a good ID token says who signed in, the proof key fits, and the keys are kept for the inspector', async () => {
  expect((await signedIn()).subject).toBe('someone');
  const request = provider.seenAt('/token')[0]?.form;
  expect(request?.get('grant_type')).toBe('authorization_code');
  expect(request?.get('code_verifier')).toMatch(/^[\w.~-]{43,128}$/);
  expect((await storedKeys(party.home, connection.id))?.keys[0]?.kid).toBe('rsa');
  expect((await stored())?.accessToken).toMatch(/^access-/);
});

describe('an ID token that is refused, with nothing stored:', () => {
  const past = Math.floor(Date.now() / 1000) - 3600;
  test.each<[string, Bend]>([
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
    ['that is no token', { idToken: () => 'token' }],
    ['that is missing', { tokens: { id_token: undefined } }],
    ['without a signature', { idToken: (token) => withHeader(token, { alg: 'none' }) }],
    [
      'with its claims changed',
      { idToken: (token) => token.replace(/\.[^.]+\./, `.${segment({ sub: 'admin' })}.`) },
    ],
  ])('%s', async (_what, bent) => {
    provider.bend = bent;
    const result = await party.signIn(connection);
    expect(result).toMatchObject({ ok: false, error: { code: 'id_token_invalid' } });
    expect(JSON.stringify(result)).not.toMatch(/eyJ|access-|refresh-|the-code/);
    expect(await stored()).toBeNull();
    expect(await party.sessions.status(connection)).toMatchObject({
      ok: true,
      value: { state: 'signed_out' },
    });
    expect(await Promise.all(party.visits)).toMatchObject([{ status: 200 }]);
  });

  test('signed with another key', async () => {
    provider.bend = { signing: { key: 'stranger' } };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });

  test('signed with a secret in place of a key', async () => {
    const secret = Buffer.alloc(32, 7);
    const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
    provider.bend = { idToken: (token) => withHeader(token, { alg: 'HS256', kid: 'rsa' }, sign) };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });

  test('while its keys cannot be read, which is not called a forgery', async () => {
    provider.bend = { keysAnswer: { status: 503 } };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'provider_failed' },
    });
    expect(await stored()).toBeNull();
  });
});

describe('the answer in the browser', () => {
  const announced = { discovery: { authorization_response_iss_parameter_supported: true } };

  test('names the issuer where the server said that it would', async () => {
    provider.bend = { ...announced, callback: { iss: provider.issuer } };
    await signedIn();
  });

  test.each<[string, Bend]>([
    ['does not name it although the server said that it would', announced],
    ['names another', { callback: { iss: 'https://evil.example' } }],
    ['names another although it was announced', { ...announced, callback: { iss: 'https://evil.example' } }],
  ])('%s: the code is not redeemed', async (_what, bent) => {
    provider.bend = bent;
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'issuer_mismatch' },
    });
    expect(provider.seenAt('/token')).toEqual([]);
    expect(await stored()).toBeNull();
  });

  test.each([
    ['access_denied', 'authorization_denied'],
    ['invalid_scope', 'scope_rejected'],
    ['unauthorized_client', 'client_rejected'],
    ['temporarily_unavailable', 'provider_failed'],
    ['something else', 'authorization_denied'],
  ])('says %s: %s', async (error, code) => {
    provider.bend = { callback: { code: undefined, error, error_description: 'why\u202enot' } };
    const result = await party.signIn(connection);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(result)).not.toContain('\u202e');
  });
});

describe('a renewal', () => {
  async function later(): Promise<Session> {
    const session = await signedIn();
    party.clock.advance(61 * 60_000);
    return session;
  }

  test('brings a new ID token of the same person', async () => {
    const before = await later();
    expect(await party.sessions.access(connection)).toMatchObject({ ok: true });
    const after = await stored();
    expect(after?.idToken).not.toBe(before.idToken);
    expect(after?.subject).toBe('someone');
  });

  test.each<[string, Bend]>([
    ['of another person', { claims: { sub: 'someone-else' } }],
    ['from another issuer', { claims: { iss: 'https://evil.example' } }],
  ])('with an ID token %s is refused and the session stays', async (_what, bent) => {
    const before = await later();
    provider.bend = bent;
    expect(await party.sessions.access(connection)).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
    expect({ ...(await stored()), trouble: null }).toEqual(before);
  });

  test('whose ID token cannot be checked just now keeps the refresh token that came: the old one has ended', async () => {
    const before = await later();
    provider.bend = { ...provider.bend, keysAnswer: { status: 503 } };
    expect(await party.sessions.access(connection)).toMatchObject({
      ok: false,
      error: { code: 'provider_failed' },
    });
    const kept = await stored();
    expect(kept).toMatchObject({
      accessToken: before.accessToken,
      trouble: { effect: 'kept', failure: { code: 'provider_failed' } },
    });
    expect(kept?.refreshToken).not.toBe(before.refreshToken);
    provider.bend = {};
    expect(await party.sessions.access(connection)).toMatchObject({ ok: true });
    expect(provider.seenAt('/token').at(-1)?.form.get('refresh_token')).toBe(kept?.refreshToken);
  });
});

test('a profile that cannot keep the keys is no reason to lose a sign-in', async () => {
  await writeFile(path.join(party.home, 'keys'), 'in the way');
  await signedIn();
  expect(await stored()).not.toBeNull();
  expect(await storedKeys(party.home, connection.id)).toBeNull();
});

test('the browser is told of a session that could not be saved, and the next call saves it', async () => {
  party.vault.broken.writes = notWritten;
  expect(await party.signIn(connection)).toMatchObject({
    ok: false,
    error: { code: 'vault_write_failed' },
  });
  const [page] = await Promise.all(party.visits);
  expect(page?.text).toContain('could not be saved');
  expect(page?.text).not.toContain('You are signed in');
  party.vault.broken = {};
  expect(await party.sessions.access(connection)).toMatchObject({ ok: true, value: { warning: null } });
  expect(await stored()).not.toBeNull();
});

describe('a Konexus access token is checked on arrival', () => {
  test('while its keys cannot be read the session is kept and not refused', async () => {
    connection = {
      ...provider.connection({ grant: 'authorization_code' }),
      provider: 'konexus',
    };
    provider.bend = { keysAnswer: { status: 503 }, tokens: { id_token: undefined } };
    connection = { ...connection, scope: 'tamarack' };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'response_unexpected' },
    });
    provider.bend = { tokens: { id_token: undefined } };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'access_token_invalid' },
    });
    expect(await stored()).toBeNull();
  });
});
