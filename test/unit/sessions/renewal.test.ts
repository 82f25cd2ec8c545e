import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { addConnection } from '../../../main/connections/connections.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { lockFolder } from '../../../main/sessions/lock-folder.ts';
import type { Session } from '../../../main/sessions/session.ts';
import { type Sessions, createSessions } from '../../../main/sessions/sessions.ts';
import { readSecrets, updateSecrets } from '../../../main/vault/secrets.ts';
import { HttpError } from '../../../main/http/seam.ts';
import { type ErrorCode, fail } from '../../../preload/errors.ts';
import {
  type Scripted,
  type SentRequest,
  type TestClock,
  type TestVault,
  json,
  locked,
  notWritten,
  scriptedHttp,
  testClock,
  testConnection,
  testSession,
  testTrouble,
  testVault,
} from '../../support/sessions.ts';

const secret = 'acme secret/+ 4711';
const minute = 60_000;
const unreachable = fail('network_unreachable', 'No way.', 'Plug it in.').error;
const grantEnded = json.bind(null, { error: 'invalid_grant', error_description: 'Token was rotated.' }, 400);

let home: string;
let clock: TestClock;
let vault: TestVault;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-sessions-'));
  clock = testClock(Date.now());
  vault = testVault();
});
afterEach(() => rm(home, { recursive: true, force: true }));

interface Room {
  sessions: Sessions;
  sent: SentRequest[];
}

/** Sessions of this profile and vault, as one process has them, before a token server with these answers. */
function room(answers: readonly Scripted[]): Room {
  const { http, sent } = scriptedHttp(answers);
  const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
  return { sessions: createSessions({ home, vault, http, clock, profileOf, openBrowser }), sent };
}

async function store(connection: Connection, session: Session | null, credentials = {}): Promise<void> {
  const stored = await updateSecrets<Session>(vault, lockFolder(home), connection.id, (before) => ({
    ...before,
    credentials: { clientSecret: secret, ...credentials },
    session,
  }));
  if (!stored.ok) throw new Error(stored.error.message);
}

async function stored(connection: Connection): Promise<Session | null> {
  const secrets = await readSecrets<Session>(vault, connection.id);
  if (!secrets.ok) throw new Error(secrets.error.message);
  return secrets.value.session;
}

const tokens = (number: number, more: object = {}): Response =>
  json({
    access_token: `access-${number}`,
    refresh_token: `refresh-${number}`,
    token_type: 'Bearer',
    expires_in: 3600,
    ...more,
  });

/** A connection whose access token ended a minute ago, its secrets stored. */
async function ended(changes: Partial<Session> = {}, of: Partial<Connection> = {}): Promise<Connection> {
  const connection = testConnection(of);
  await store(connection, testSession(connection, clock.now() - 61 * minute, changes));
  return connection;
}

async function code(result: Promise<{ ok: boolean; error?: { code: ErrorCode } }>): Promise<string> {
  const { ok, error } = await result;
  return ok ? 'ok' : (error?.code ?? '?');
}

describe('what the token server says, and what it does to the session', () => {
  const html = (status: number): Response =>
    new Response('<html>Proxy</html>', { status, headers: { 'content-type': 'text/html' } });
  const oauth = (error: unknown, status = 400): Response => json({ error }, status);

  test.each<[string, Scripted, ErrorCode, 'ended' | 'refused' | 'kept']>([
    ['invalid_grant', grantEnded(), 'sign_in_needed', 'ended'],
    ['invalid_grant with 401', oauth('invalid_grant', 401), 'sign_in_needed', 'ended'],
    ['invalid_client', oauth('invalid_client', 401), 'client_rejected', 'refused'],
    [
      'a challenge',
      json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="x"' }),
      'client_rejected',
      'refused',
    ],
    ['invalid_scope', oauth('invalid_scope'), 'scope_rejected', 'refused'],
    ['an unknown error', oauth('strange'), 'session_refused', 'refused'],
    ['a vendor error for the user', oauth({ errors: [{ code: 101 }] }), 'session_refused', 'refused'],
    ['a vendor error for the client', oauth({ errors: [{ code: 100 }] }), 'client_rejected', 'refused'],
    ['400 with nothing', new Response('', { status: 400 }), 'session_refused', 'refused'],
    ['403 with a page', html(403), 'session_refused', 'refused'],
    ['404', html(404), 'session_refused', 'refused'],
    [
      'a redirect',
      new Response(null, { status: 302, headers: { location: '/' } }),
      'session_refused',
      'refused',
    ],
    ['200 with a page', html(200), 'token_response_invalid', 'refused'],
    ['200 without a token', json({ token_type: 'bearer' }), 'token_response_invalid', 'refused'],
    [
      '200 with a wrong type of token',
      json({ access_token: 'a', token_type: 'mac' }),
      'token_response_invalid',
      'refused',
    ],
    ['429', oauth('slow_down', 429), 'rate_limited', 'kept'],
    ['500', html(500), 'provider_failed', 'kept'],
    ['503 that looks like an end', oauth('invalid_grant', 503), 'provider_failed', 'kept'],
    ['407', html(407), 'proxy_failed', 'kept'],
    ['no network', unreachable, 'network_unreachable', 'kept'],
  ])('%s', async (_what, answer, expected, effect) => {
    const connection = await ended();
    const before = await stored(connection);
    const first = room([answer]);
    expect(await code(first.sessions.access(connection))).toBe(expected);
    const after = await stored(connection);
    if (effect === 'ended') {
      expect(after).toMatchObject({ accessToken: '', refreshToken: null, trouble: { effect } });
    } else {
      expect({ ...after, trouble: null }).toEqual(before);
      expect(after?.trouble).toMatchObject({ effect, tries: 1, failure: { code: expected } });
    }
    // The next call of a script: only what was kept is tried again by itself.
    const next = room([tokens(2)]);
    expect(await code(next.sessions.access(connection))).toBe(effect === 'kept' ? 'ok' : expected);
    expect(next.sent).toHaveLength(effect === 'kept' ? 1 : 0);
    // A person may ask again, but a session that was ended is over.
    if (effect === 'refused') {
      expect(await code(room([tokens(2)]).sessions.renew(connection, null))).toBe('ok');
      expect((await stored(connection))?.trouble).toBeNull();
    }
    if (effect === 'ended')
      expect(await code(room([]).sessions.renew(connection, null))).toBe('sign_in_needed');
  });

  test.each(['plain', 'percent', 'form', 'long'])(
    'what it echoes of our secrets (%s) is blotted out',
    async (how) => {
      const connection = await ended({ refreshToken: `refresh token/+ ${'x'.repeat(30)}` });
      const looks = {
        plain: (text: string) => text,
        percent: encodeURIComponent,
        form: (text: string) => new URLSearchParams({ x: text }).toString().slice(2),
        long: (text: string) => `${'word '.repeat(36)}${text}`,
      } as Record<string, (text: string) => string>;
      for (const text of [secret, (await stored(connection))?.refreshToken ?? '']) {
        const echo = looks[how]?.(text) ?? '';
        for (const error of [
          { error: 'invalid_request', error_description: `You sent ${echo}` },
          { error: `bad ${echo}` },
          { error: { errors: [{ code: 5, message: echo }] } },
        ]) {
          const renewed = await room([json(error, 400)]).sessions.renew(connection, null);
          const said = JSON.stringify(renewed);
          expect(renewed.ok).toBe(false);
          for (const look of Object.values(looks)) expect(said).not.toContain(look(text).trim().slice(-20));
          expect(said).not.toMatch(/4711|acme s|refresh t/);
        }
      }
    },
  );
});

test('a token that lives long enough is given out without a network', async () => {
  const connection = testConnection();
  await store(connection, testSession(connection, clock.now()));
  const { sessions, sent } = room([]);
  expect(await sessions.access(connection)).toMatchObject({
    ok: true,
    value: { session: { accessToken: 'access-1' }, warning: null },
  });
  expect(sent).toEqual([]);
});

test('a renewed session is in the vault before anyone has it, with the form that RFC 6749 6 wants', async () => {
  const connection = await ended();
  const { sessions, sent } = room([tokens(2)]);
  expect(await sessions.access(connection)).toMatchObject({
    ok: true,
    value: { session: { accessToken: 'access-2' } },
  });
  expect(await stored(connection)).toMatchObject({
    accessToken: 'access-2',
    refreshToken: 'refresh-2',
    trouble: null,
  });
  expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-1',
    client_id: 'acme-client',
    client_secret: secret,
  });
});

test('while renewing fails a token that still lives is used, with a warning', async () => {
  const connection = testConnection();
  await store(connection, testSession(connection, clock.now() - 59.5 * minute));
  const { sessions } = room([unreachable]);
  expect(await sessions.access(connection)).toMatchObject({
    ok: true,
    value: { session: { accessToken: 'access-1' }, warning: { code: 'network_unreachable' } },
  });
});

test('a session that cannot be renewed is used to its last second, then a sign-in is needed', async () => {
  const connection = testConnection();
  await store(connection, testSession(connection, clock.now() - 59.5 * minute, { refreshToken: null }));
  const { sessions, sent } = room([]);
  expect(await sessions.access(connection)).toMatchObject({
    ok: true,
    value: { warning: { code: 'sign_in_needed' } },
  });
  clock.advance(minute);
  const over = await sessions.access(connection);
  expect(over).toMatchObject({
    ok: false,
    error: { code: 'sign_in_needed', message: expect.stringContaining('ended') as string },
  });
  expect(sent).toEqual([]);
});

test('nobody signed in is told so', async () => {
  const connection = testConnection();
  await store(connection, null);
  expect(await room([]).sessions.access(connection)).toMatchObject({
    ok: false,
    error: { code: 'sign_in_needed', hint: expect.stringContaining('latchkey login acme') as string },
  });
});

test('a connection that was changed never uses the session of before', async () => {
  const connection = testConnection();
  await store(connection, testSession(connection, clock.now()));
  const { sessions, sent } = room([]);
  for (const changed of [
    { ...connection, scope: 'openid profile' },
    { ...connection, clientId: 'other' },
    { ...connection, overrides: { ...connection.overrides, authorizationParams: { audience: 'other' } } },
    { ...connection, environment: 'accept' as const },
  ]) {
    expect(await code(sessions.access(changed))).toBe('sign_in_needed');
    expect(await code(sessions.renew(changed, null))).toBe('sign_in_needed');
    expect(await sessions.status(changed)).toMatchObject({ ok: true, value: { state: 'signed_out' } });
  }
  expect(sent).toEqual([]);
  expect(await code(sessions.access(connection))).toBe('ok');
});

describe('the next try', () => {
  const slowDown = (seconds: number): Response => json({}, 429, { 'retry-after': String(seconds) });

  test('is not made by scripts before the time that the server named; a person may', async () => {
    const connection = await ended();
    const { sessions, sent } = room([slowDown(600), tokens(2)]);
    expect(await code(sessions.access(connection))).toBe('rate_limited');
    clock.advance(9 * minute);
    expect(await code(sessions.access(connection))).toBe('rate_limited');
    expect(sent).toHaveLength(1);
    expect(await code(sessions.renew(connection, null))).toBe('ok');
  });

  test('comes when that time is over', async () => {
    const connection = await ended();
    const { sessions } = room([slowDown(600), tokens(2)]);
    await sessions.access(connection);
    clock.advance(10 * minute);
    expect(await code(sessions.access(connection))).toBe('ok');
    expect((await stored(connection))?.trouble).toBeNull();
  });

  test('after ever longer pauses, up to five minutes; after refusals up to an hour', async () => {
    const connection = await ended();
    for (const [answer, expected] of [
      [unreachable, [5, 10, 20, 40, 80, 160, 300, 300]],
      [new Response('', { status: 400 }), [300, 600, 1200, 2400, 3600, 3600]],
    ] as const) {
      const pauses: number[] = [];
      while (pauses.length < expected.length) {
        clock.advance(1);
        await room([answer instanceof Response ? answer.clone() : answer]).sessions.renew(connection, null);
        pauses.push((((await stored(connection))?.trouble?.nextTryAt ?? 0) - clock.now()) / 1000);
      }
      expect(pauses).toEqual(expected);
    }
  });

  test('while the token still lives nobody asks again before it, and the token is used', async () => {
    const connection = testConnection();
    await store(connection, testSession(connection, clock.now() - 59.5 * minute));
    const { sessions, sent } = room([unreachable, tokens(2)]);
    await sessions.access(connection);
    const again = await sessions.access(connection);
    expect(again).toMatchObject({ ok: true, value: { warning: { code: 'network_unreachable' } } });
    expect(sent).toHaveLength(1);
    clock.advance(5_000);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' }, warning: null },
    });
  });

  test('whoever waited for the lock takes the failure of the one before, and asks no one', async () => {
    const connection = await ended();
    const slow: Scripted = () => {
      clock.advance(30_000);
      throw new HttpError(unreachable);
    };
    const rooms = [room([slow]), room([slow]), room([slow])];
    const results = await Promise.all(rooms.map(({ sessions }) => code(sessions.access(connection))));
    expect(results).toEqual(Array(3).fill('network_unreachable'));
    expect(rooms.flatMap(({ sent }) => sent)).toHaveLength(1);
  });
});

describe('a door with a window', () => {
  const signal = new AbortController().signal;

  test('renews what is due and nothing else', async () => {
    const connection = testConnection();
    await store(connection, testSession(connection, clock.now() - 54 * minute));
    const { sessions, sent } = room([tokens(2)]);
    expect(await code(sessions.keep(connection, { reachFirst: false, signal }))).toBe('ok');
    expect(sent).toEqual([]);
    clock.advance(minute);
    const kept = await sessions.keep(connection, { reachFirst: false, signal });
    expect(kept).toMatchObject({ ok: true, value: { accessToken: 'access-2' } });
  });

  test('whose network is doubtful sends no token before the host has answered, with whatever', async () => {
    const connection = await ended();
    const { sessions, sent } = room([unreachable, new Response('', { status: 404 }), tokens(2)]);
    expect(await code(sessions.keep(connection, { reachFirst: true, signal }))).toBe('network_unreachable');
    expect(await sessions.status(connection)).toMatchObject({
      ok: true,
      value: { state: 'signed_in', failure: { code: 'network_unreachable' } },
    });
    clock.advance(5_000);
    expect(await code(sessions.keep(connection, { reachFirst: true, signal }))).toBe('ok');
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD https://id.acme.example',
      'HEAD https://id.acme.example',
      'POST https://id.acme.example/token',
    ]);
    expect(sent.slice(0, 2).map(({ body }) => body)).toEqual(['', '']);
  });
});

describe('renewals at the same time', () => {
  test('of one process are one request', async () => {
    const connection = await ended();
    const { sessions, sent } = room([tokens(2)]);
    const all = await Promise.all(Array.from({ length: 8 }, () => sessions.access(connection)));
    expect(all.map((one) => one.ok && one.value.session.accessToken)).toEqual(Array(8).fill('access-2'));
    expect(sent).toHaveLength(1);
  });

  test('of two that share only the profile are one request as well: the second adopts', async () => {
    const connection = await ended();
    const [one, two] = [room([tokens(2)]), room([])];
    const results = await Promise.all([one.sessions.access(connection), two.sessions.access(connection)]);
    expect(results.map((result) => result.ok && result.value.session.accessToken)).toEqual([
      'access-2',
      'access-2',
    ]);
    expect(one.sent.length + two.sent.length).toBe(1);
  });

  test('one that is cancelled does not cancel the other', async () => {
    const connection = await ended();
    const cancelled = new AbortController();
    cancelled.abort();
    const { sessions } = room([tokens(2)]);
    const [first, second] = await Promise.all([
      sessions.access(connection, cancelled.signal),
      sessions.access(connection),
    ]);
    expect(first).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(second).toMatchObject({ ok: true });
  });

  test('a changed connection does not get the answer for the one of before', async () => {
    const connection = await ended();
    const { sessions } = room([tokens(2)]);
    const [before, changed] = await Promise.all([
      sessions.access(connection),
      sessions.access({ ...connection, scope: 'other' }),
    ]);
    expect(before.ok).toBe(true);
    expect(changed).toMatchObject({ ok: false, error: { code: 'sign_in_needed' } });
  });

  test('the API refuses a token that a sibling has replaced already: the newer one is adopted', async () => {
    const connection = testConnection();
    await store(connection, testSession(connection, clock.now(), { accessToken: 'access-2' }));
    const { sessions, sent } = room([tokens(3)]);
    expect(await sessions.renew(connection, 'access-1')).toMatchObject({
      ok: true,
      value: { accessToken: 'access-2' },
    });
    expect(sent).toEqual([]);
    expect(await sessions.renew(connection, 'access-2')).toMatchObject({
      ok: true,
      value: { accessToken: 'access-3' },
    });
  });
});

describe('invalid_grant, and the vault holds another refresh token by now', () => {
  /** A door that does not know our lock rotates while we ask. */
  function meanwhile(connection: Connection, changes: Partial<Session>, ago: number): Scripted {
    return async () => {
      const text = await vault.read(`connection:${connection.id}`);
      const secrets = JSON.parse((text.ok && text.value) || '{}') as object;
      const session = testSession(connection, clock.now() - ago, { refreshToken: 'refresh-2', ...changes });
      await vault.write(`connection:${connection.id}`, JSON.stringify({ ...secrets, session }));
      return grantEnded();
    };
  }

  test("the sibling's session is adopted", async () => {
    const connection = await ended();
    const { sessions } = room([meanwhile(connection, { accessToken: 'access-2' }, 0)]);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' } },
    });
    expect(await stored(connection)).toMatchObject({ refreshToken: 'refresh-2', trouble: null });
  });

  test('and renewed where it has ended already, instead of being thrown away', async () => {
    const connection = await ended();
    const { sessions, sent } = room([
      meanwhile(connection, { accessToken: 'access-2' }, 61 * minute),
      tokens(3),
    ]);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-3' } },
    });
    expect(new URLSearchParams(sent[1]?.body).get('refresh_token')).toBe('refresh-2');
  });

  test('a sign-out meanwhile stays one', async () => {
    const connection = await ended();
    const signOut: Scripted = async () => {
      await vault.write(
        `connection:${connection.id}`,
        JSON.stringify({ version: 1, credentials: {}, session: null }),
      );
      return grantEnded();
    };
    expect(await code(room([signOut]).sessions.access(connection))).toBe('sign_in_needed');
    expect(await stored(connection)).toBeNull();
  });
});

describe('where nobody need be present', () => {
  const clientCredentials = { grant: 'client_credentials' } as const;
  const password = { grant: 'password', username: 'system@acme.example' } as const;

  test('client credentials sign in again after their refresh token has ended', async () => {
    const connection = await ended({}, clientCredentials);
    const { sessions, sent } = room([grantEnded(), tokens(2)]);
    expect(await code(sessions.access(connection))).toBe('ok');
    expect(sent.map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
      'refresh_token',
      'client_credentials',
    ]);
  });

  test('client credentials sign in again', async () => {
    const connection = await ended({ refreshToken: null }, clientCredentials);
    const { sessions, sent } = room([tokens(2, { refresh_token: undefined })]);
    expect(await code(sessions.access(connection))).toBe('ok');
    expect(new URLSearchParams(sent[0]?.body).get('grant_type')).toBe('client_credentials');
  });

  test('the password signs in again after the refresh token has ended, once', async () => {
    const connection = await ended({}, password);
    await store(connection, await stored(connection), { password: 'hunter2' });
    const { sessions, sent } = room([grantEnded(), tokens(2)]);
    expect(await code(sessions.access(connection))).toBe('ok');
    expect(sent.map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
      'refresh_token',
      'password',
    ]);
  });

  test.each([
    ['a wrong password', grantEnded(), 'ended'],
    ['a refused client', json({ error: 'invalid_client' }, 401), 'refused'],
  ])('%s is not tried in a loop: accounts get locked by that', async (_what, answer, effect) => {
    const connection = await ended({}, password);
    await store(connection, await stored(connection), { password: 'hunter2' });
    expect((await room([grantEnded(), answer]).sessions.access(connection)).ok).toBe(false);
    expect((await stored(connection))?.trouble).toMatchObject({ effect, nextTryAt: null });
    clock.advance(100 * minute);
    const next = room([]);
    expect((await next.sessions.access(connection)).ok).toBe(false);
    expect(next.sent).toEqual([]);
  });
});

describe('a vault that does not take the renewed session', () => {
  test('keeps it in memory, says so, and has it saved by the next call', async () => {
    const connection = await ended();
    const { sessions, sent } = room([tokens(2)]);
    vault.broken.writes = notWritten;
    const unsaved = await sessions.access(connection);
    expect(unsaved).toMatchObject({
      ok: true,
      value: {
        session: { accessToken: 'access-2' },
        warning: {
          code: 'vault_write_failed',
          message: expect.stringContaining('The keychain is full.') as string,
        },
      },
    });
    expect(await sessions.status(connection)).toMatchObject({
      ok: true,
      value: { state: 'signed_in', vault: 'memory' },
    });
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { warning: { code: 'vault_write_failed' } },
    });
    expect((await stored(connection))?.refreshToken).toBe('refresh-1');

    vault.broken = {};
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' }, warning: null },
    });
    expect(await stored(connection)).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
    expect(await sessions.status(connection)).toMatchObject({ value: { vault: 'keychain' } });
    expect(sent).toHaveLength(1);
  });

  test('is used while the vault cannot even be read', async () => {
    const connection = await ended();
    const { sessions } = room([tokens(2)]);
    vault.broken.writes = notWritten;
    await sessions.access(connection);
    vault.broken = { reads: locked, writes: locked };
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' }, warning: { code: 'vault_locked' } },
    });
    vault.broken = {};
    expect(await code(sessions.status(connection))).toBe('ok');
    expect((await stored(connection))?.refreshToken).toBe('refresh-2');
  });

  test('is renewed from memory, with the newest refresh token', async () => {
    const connection = await ended();
    const { sessions, sent } = room([tokens(2), tokens(3)]);
    vault.broken.writes = notWritten;
    await sessions.access(connection);
    clock.advance(61 * minute);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-3' } },
    });
    expect(new URLSearchParams(sent[1]?.body).get('refresh_token')).toBe('refresh-2');
    vault.broken = {};
    await sessions.stored(connection);
    expect((await stored(connection))?.refreshToken).toBe('refresh-3');
  });

  test('gives way to what another door has done meanwhile', async () => {
    const connection = await ended();
    const { sessions } = room([tokens(2)]);
    vault.broken.writes = notWritten;
    await sessions.access(connection);
    vault.broken = {};
    await store(connection, testSession(connection, clock.now(), { accessToken: 'access-9' }));
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-9' } },
    });
    expect((await stored(connection))?.accessToken).toBe('access-9');
  });

  test('for a person who asked is a failure, though the session is there', async () => {
    const connection = await ended();
    const { sessions } = room([tokens(2)]);
    vault.broken.writes = notWritten;
    expect(await code(sessions.renew(connection, null))).toBe('vault_write_failed');
    expect(await code(sessions.access(connection))).toBe('ok');
  });

  test('loses no sign-in either', async () => {
    const connection = testConnection({ grant: 'client_credentials' });
    await store(connection, null);
    await addConnection(home, connection);
    const { sessions } = room([tokens(1)]);
    vault.broken.writes = notWritten;
    expect(await code(sessions.signIn(connection))).toBe('vault_write_failed');
    vault.broken = {};
    expect(await code(sessions.access(connection))).toBe('ok');
    expect((await stored(connection))?.accessToken).toBe('access-1');
  });

  test('is gone after a sign-out', async () => {
    const connection = await ended();
    const { sessions } = room([tokens(2)]);
    vault.broken.writes = notWritten;
    await sessions.access(connection);
    vault.broken = {};
    expect(await code(sessions.signOut(connection))).toBe('ok');
    expect(await code(sessions.access(connection))).toBe('sign_in_needed');
    expect(await stored(connection)).toBeNull();
  });
});

describe('when a person has to sign in again', () => {
  const day = 24 * 60 * minute;

  test('is said from the last fifth on, three days at most, and never where nobody need be present', async () => {
    const connection = testConnection();
    const [now, month] = [clock.now(), clock.now() + 30 * day];
    await store(connection, testSession(connection, now, { refreshExpiresAt: month, expiresAt: month }));
    const { sessions } = room([]);
    expect(await sessions.status(connection)).toMatchObject({
      ok: true,
      value: { signInBy: new Date(month).toISOString() },
    });
    clock.advance(26.9 * day);
    expect(await sessions.access(connection)).toMatchObject({ ok: true, value: { warning: null } });
    clock.advance(0.2 * day);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: {
        warning: {
          code: 'sign_in_needed',
          message: expect.stringContaining('ends in 69 hours') as string,
          hint: expect.stringContaining('latchkey login acme') as string,
        },
      },
    });
    const service = testConnection({ grant: 'client_credentials' });
    await store(service, testSession(service, now, { refreshExpiresAt: month, expiresAt: month }));
    expect(await sessions.access(service)).toMatchObject({ ok: true, value: { warning: null } });
    expect(await sessions.status(service)).toMatchObject({ ok: true, value: { signInBy: null } });
  });
});

describe('status, from the vault alone', () => {
  test.each<[string, Partial<Session> | null, number, string]>([
    ['no session', null, 0, 'signed_out'],
    ['a token that lives', {}, 0, 'signed_in'],
    ['one that can be renewed', {}, 61, 'signed_in'],
    ['one that cannot', { refreshToken: null }, 61, 'sign_in_needed'],
    ['one whose refresh token has ended too', { refreshExpiresAt: 1 }, 61, 'sign_in_needed'],
    ['a refusal while the token lives', { trouble: testTrouble('refused', 0) }, 0, 'signed_in'],
    ['a refusal after it has ended', { trouble: testTrouble('refused', 0) }, 61, 'sign_in_needed'],
    ['an ended session', { accessToken: '', trouble: testTrouble('ended', 0) }, 0, 'sign_in_needed'],
  ])('%s', async (_what, changes, ago, state) => {
    const connection = testConnection();
    await store(connection, changes && testSession(connection, clock.now() - ago * minute, changes));
    const status = await room([]).sessions.status(connection);
    expect(status).toMatchObject({ ok: true, value: { name: 'acme', state, vault: 'keychain' } });
  });

  test('a locked vault is a failure and not signed out', async () => {
    vault.broken.reads = locked;
    expect(await code(room([]).sessions.status(testConnection()))).toBe('vault_locked');
  });
});

describe('signing out', () => {
  const revocation = { revocationEndpoint: 'https://id.acme.example/revoke' };
  function revocable(): Connection {
    const connection = testConnection();
    return { ...connection, overrides: { ...connection.overrides, ...revocation } };
  }

  test('revokes the refresh token, then the access token, though the first is refused', async () => {
    const connection = revocable();
    await store(connection, testSession(connection, clock.now()));
    const { sessions, sent } = room([json({ error: 'unsupported_token_type' }, 400), json({})]);
    expect(await sessions.signOut(connection)).toMatchObject({ ok: true, value: { revoked: 'failed' } });
    expect(sent.map(({ body }) => new URLSearchParams(body).get('token'))).toEqual(['refresh-1', 'access-1']);
    expect(await stored(connection)).toBeNull();
  });

  test.each<[string, readonly Scripted[], string]>([
    ['both revoked', [json({}), json({})], 'done'],
    ['no network', [unreachable, unreachable], 'failed'],
  ])('always removes the session and keeps the credentials: %s', async (_what, answers, revoked) => {
    const connection = revocable();
    await store(connection, testSession(connection, clock.now()));
    expect(await room(answers).sessions.signOut(connection)).toMatchObject({ ok: true, value: { revoked } });
    const secrets = await readSecrets(vault, connection.id);
    expect(secrets).toMatchObject({
      ok: true,
      value: { credentials: { clientSecret: secret }, session: null },
    });
  });

  test('sends no token to a server that the connection was pointed to afterwards', async () => {
    const connection = revocable();
    await store(connection, testSession(connection, clock.now()));
    const overrides = {
      ...connection.overrides,
      tokenEndpoint: 'https://other.example/token',
      revocationEndpoint: 'https://other.example/revoke',
    };
    const { sessions, sent } = room([]);
    expect(await sessions.signOut({ ...connection, overrides })).toMatchObject({
      ok: true,
      value: { revoked: 'failed', failure: { code: 'issuer_mismatch' } },
    });
    expect(sent).toEqual([]);
    expect(await stored(connection)).toBeNull();
  });

  test('writes nothing where nobody was signed in, and is a failure where the vault keeps the session', async () => {
    const connection = revocable();
    await store(connection, null);
    vault.broken.writes = notWritten;
    const { sessions } = room([]);
    expect(await sessions.signOut(connection)).toMatchObject({
      ok: true,
      value: { revoked: 'nothing_to_revoke' },
    });
    vault.broken = {};
    await store(connection, testSession(connection, clock.now()));
    vault.broken.writes = notWritten;
    expect(await code(sessions.signOut(connection))).toBe('vault_write_failed');
    expect(await stored(connection)).not.toBeNull();
  });

  test('during a renewal waits for it and takes the new tokens away', async () => {
    const connection = { ...revocable() };
    await store(connection, testSession(connection, clock.now() - 61 * minute));
    const out: Promise<unknown>[] = [];
    const { sessions, sent } = room([
      () => {
        out.push(sessions.signOut(connection));
        return tokens(2);
      },
      json({}),
      json({}),
    ]);
    await sessions.access(connection);
    expect(await out[0]).toMatchObject({ ok: true, value: { revoked: 'done' } });
    expect(sent.slice(1).map(({ body }) => new URLSearchParams(body).get('token'))).toEqual([
      'refresh-2',
      'access-2',
    ]);
    expect(await stored(connection)).toBeNull();
    expect(await code(sessions.access(connection))).toBe('sign_in_needed');
  });
});

test('a token that another door has renewed is used although its next renewal failed: nobody is asked again for it', async () => {
  const connection = testConnection();
  const trouble = testTrouble('kept', clock.now() - minute, { nextTryAt: clock.now() + minute });
  await store(connection, testSession(connection, clock.now(), { accessToken: 'access-2', trouble }));
  const { sessions, sent } = room([]);
  // The API refused the token of before.
  expect(await sessions.renew(connection, 'access-1')).toMatchObject({
    ok: true,
    value: { accessToken: 'access-2' },
  });
  expect(sent).toEqual([]);
});
