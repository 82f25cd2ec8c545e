import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { connectionEndpoints } from '../../../main/connections/endpoints.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { endsSoon, hasEnded, isRenewable, sessionBinding } from '../../../main/sessions/session.ts';
import { sessionFrom } from '../../../main/sessions/token-set.ts';
import { testConnection, testSession, testTrouble } from '../../support/sessions.ts';

const now = Date.UTC(2026, 2, 1, 8);
const connection = testConnection();

function lived(lifetimeSeconds: number, ageSeconds: number): boolean {
  const session = testSession(connection, now, { expiresAt: now + lifetimeSeconds * 1000 });
  return endsSoon(session, now + ageSeconds * 1000);
}

test.each([
  [3600, 3539, false],
  [3600, 3540, true],
  [601, 540, false],
  [600, 540, true],
  [300, 269, false],
  [300, 270, true],
  [10, 8.9, false],
  [10, 9, true],
  [0, 0, true],
])('a token of %i s ends soon after %d s: %s (a minute or a tenth, whichever is less)', (life, age, soon) => {
  expect(lived(life, age)).toBe(soon);
});

test('a token of unknown end is used until the provider refuses it', () => {
  const session = testSession(connection, now, { expiresAt: null });
  expect(endsSoon(session, now + 1e12)).toBe(false);
  expect(hasEnded(session, now + 1e12)).toBe(false);
});

test('a token that seems to end before it was made (a clock set back) ends soon only near its end', () => {
  const session = testSession(connection, now, { obtainedAt: now + 7_200_000 });
  expect(endsSoon(session, now + 3_599_000)).toBe(false);
  expect(endsSoon(session, now + 3_600_000)).toBe(true);
});

describe('a session can be renewed without a person', () => {
  const session = testSession(connection, now);
  test.each([
    ['by a refresh token', connection, session, {}, true],
    ['not by one that has ended', connection, { ...session, refreshExpiresAt: now }, {}, false],
    ['not without one', connection, { ...session, refreshToken: null }, { clientSecret: 's' }, false],
    [
      'by client credentials',
      testConnection({ grant: 'client_credentials' }),
      { ...session, refreshToken: null },
      { clientSecret: 's' },
      true,
    ],
    [
      'by the password',
      testConnection({ grant: 'password' }),
      { ...session, refreshToken: null },
      { password: 'p' },
      true,
    ],
    [
      'not by a password that is not here',
      testConnection({ grant: 'password' }),
      { ...session, refreshToken: null },
      { clientSecret: 's' },
      false,
    ],
    [
      'not once it was ended',
      connection,
      {
        ...session,
        trouble: testTrouble('ended', now),
      },
      {},
      false,
    ],
  ] as const)('%s', (_how, of, which, credentials, expected) => {
    expect(isRenewable(which, of, credentials, now)).toBe(expected);
  });
});

test('whatever says for whom and where a token is makes another binding, the rest does not', () => {
  const binding = (changed: typeof connection): string =>
    sessionBinding(changed, connectionEndpoints(changed, profileOf(changed.provider)));
  const overrides = (changes: object): typeof connection => ({
    ...connection,
    overrides: { ...connection.overrides, ...changes },
  });
  const others = [
    { ...connection, environment: 'production' as const },
    { ...connection, clientId: 'other-client' },
    { ...connection, grant: 'implicit' as const },
    { ...connection, username: 'someone@acme.example' },
    { ...connection, scope: 'openid profile' },
    { ...connection, scope: null },
    { ...connection, provider: 'oidc' as const },
    overrides({ issuer: 'https://other.example' }),
    overrides({ tokenEndpoint: 'https://other.example/token' }),
    overrides({ authorizationEndpoint: 'https://other.example/authorize' }),
    overrides({ apiBase: 'https://other.example' }),
  ].map(binding);
  expect(new Set([binding(connection), ...others]).size).toBe(others.length + 1);
  expect(binding({ ...connection, name: 'renamed', redirect: { ports: [8000], path: '/' } })).toBe(
    binding(connection),
  );
});

describe('a session from a token response', () => {
  const made = (
    response: Record<string, unknown>,
    previous?: ReturnType<typeof testSession>,
  ): ReturnType<typeof testSession> =>
    sessionFrom(
      { access_token: 'access-2', token_type: 'bearer', ...response },
      connection,
      connectionEndpoints(connection, profileOf('oauth2')),
      now,
      previous,
    );
  const jwt = (claims: unknown): string =>
    [{ alg: 'RS256' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.') + '.c2ln';

  test('without a lifetime ends when its JWT does, and is of unknown end otherwise', () => {
    expect(made({ expires_in: 60 }).expiresAt).toBe(now + 60_000);
    expect(made({ access_token: jwt({ exp: 2_000_000_000 }) }).expiresAt).toBe(2_000_000_000_000);
    expect(made({}).expiresAt).toBeNull();
  });

  test.each([
    [{ expires_in: 1e18 }],
    [{ access_token: jwt({ exp: 1e30 }) }],
    [{ access_token: jwt({ exp: 'soon' }) }],
  ])('with an end that no calendar has (%j) is of unknown end', (response) => {
    expect(made(response).expiresAt).toBeNull();
  });

  test('keeps refresh token, its end, subject and scope of before where nothing new comes', () => {
    const previous = testSession(connection, now - 1000, { refreshExpiresAt: now + 9000 });
    const renewed = made({ access_token: jwt({ sub: 'pairwise' }) }, previous);
    expect(renewed).toMatchObject({
      refreshToken: 'refresh-1',
      refreshExpiresAt: now + 9000,
      subject: 'someone',
      scope: 'openid',
    });
    expect(made({ refresh_token: 'refresh-2' }, previous).refreshExpiresAt).toBeNull();
    expect(
      made({ refresh_token: 'refresh-2', refresh_token_expires_in: '60' }, previous).refreshExpiresAt,
    ).toBe(now + 60_000);
  });
});

test('parameters of the authorization request belong to a session, but not those that say how a person is asked', () => {
  const bound = (
    authorizationParams: Record<string, string>,
    grant: Connection['grant'] = 'authorization_code',
  ) =>
    sessionBinding({ ...connection, grant, overrides: { ...connection.overrides, authorizationParams } }, {});
  expect(bound({ prompt: 'login', ui_locales: 'de', max_age: '0', display: 'page' })).toBe(bound({}));
  expect(bound({ audience: 'a' })).not.toBe(bound({}));
  expect(bound({ audience: 'a' })).not.toBe(bound({ audience: 'b' }));
  expect(bound({ login_hint: 'ana', audience: 'a' })).toBe(bound({ audience: 'a', login_hint: 'ana' }));
  expect(bound({ audience: 'a' }, 'password')).toBe(bound({}, 'password'));
});
