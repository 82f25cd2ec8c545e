import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { basic, bearer, discovered, openBench, postForm, someText } from './identity-visit.ts';
import type { Bench } from './identity-visit.ts';
import { type Visit, visitor } from '../../support/visitor.ts';

const CALLBACK = 'http://127.0.0.1:45678/callback';
const VERA = { username: 'vera.quay@harbour-partners.example', password: 'demo-harbour-7' };
const SCOPE = 'openid profile offline_access user_api.full_access';

let bench: Bench;
let issuer: string;
let token: string;

beforeAll(async () => {
  bench = await openBench();
  issuer = bench.vendor('salto-ks').issuer!;
  token = bench.vendor('salto-ks').tokenEndpoint;
});
afterAll(() => bench.close());
afterEach(() => bench.control('POST', '/reset'));

interface SignIn {
  readonly config: oauth.Configuration;
  readonly back: Visit;
  readonly verifier: string;
  readonly consent: Visit;
}

async function signIn(config: oauth.Configuration, scope = SCOPE, callback = CALLBACK): Promise<SignIn> {
  const verifier = oauth.randomPKCECodeVerifier();
  const browser = visitor(new URL(callback).origin);
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    state: 'state-1',
    ...(scope.includes('openid') ? { nonce: 'nonce-1' } : {}),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const page = await browser.open(url.href);
  const consent = await browser.submit(page, VERA);
  return { config, back: await browser.submit(consent), verifier, consent };
}

function exchange({
  config,
  back,
  verifier,
}: SignIn): Promise<oauth.TokenEndpointResponse & oauth.TokenEndpointResponseHelpers> {
  return oauth.authorizationCodeGrant(config, new URL(back.url), {
    pkceCodeVerifier: verifier,
    expectedState: 'state-1',
    expectedNonce: 'nonce-1',
  });
}

test('discovery names the endpoints and grants of the vendor', async () => {
  const metadata = (await discovered(issuer, 'harbour-desktop', oauth.None())).serverMetadata();
  expect(metadata).toMatchObject({
    issuer,
    authorization_endpoint: `${issuer}/connect/authorize`,
    token_endpoint: `${issuer}/connect/token`,
    userinfo_endpoint: `${issuer}/connect/userinfo`,
    end_session_endpoint: `${issuer}/connect/endsession`,
    revocation_endpoint: `${issuer}/connect/revocation`,
    introspection_endpoint: `${issuer}/connect/introspect`,
    jwks_uri: `${issuer}/.well-known/openid-configuration/jwks`,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
  });
  expect(metadata.grant_types_supported).toEqual(
    expect.arrayContaining(['password', 'client_credentials', 'authorization_code', 'refresh_token']),
  );
  expect(metadata.scopes_supported).toEqual(
    expect.arrayContaining(['user_api.full_access', 'core_api.full']),
  );
});

test.for([
  ['harbour-desktop', CALLBACK],
  ['harbour-desktop', 'http://[::1]:45678/callback'],
  ['harbour-console', CALLBACK],
] as const)('%s signs in through sign-in and consent and comes back to %s', async ([clientId, callback]) => {
  const auth = clientId === 'harbour-console' ? oauth.ClientSecretBasic('demo-anchor-11') : oauth.None();
  const trip = await signIn(await discovered(issuer, clientId, auth), SCOPE, callback);
  expect(new URL(trip.back.url).searchParams.get('iss')).toBe(issuer);
  expect(trip.consent.headers.get('content-security-policy')).toContain("default-src 'none'");

  const tokens = await exchange(trip);
  expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: SCOPE });
  expect(tokens.refresh_token).toEqual(someText);
  expect(tokens.claims()).toMatchObject({ name: 'Vera Quay', nonce: 'nonce-1' });

  const { payload, protectedHeader } = await jwtVerify(
    tokens.access_token,
    createRemoteJWKSet(new URL(`${issuer}/.well-known/openid-configuration/jwks`)),
    { issuer, audience: 'user_api', typ: 'at+jwt' },
  );
  expect(protectedHeader.alg).toBe('RS256');
  expect(payload).toMatchObject({
    client_id: clientId,
    idp: 'local',
    amr: ['password'],
    scope: SCOPE.split(' '),
  });
  expect(payload.exp! - payload.iat!).toBe(3600);
  expect(payload.nbf).toBe(payload.iat);
  expect(Object.keys(payload).filter((name) => name.startsWith('profile_id_'))).toHaveLength(1);
  expect(payload).toMatchObject({
    product_id: someText,
    tenant_id: someText,
    identity_id: someText,
    skip_email: 'false',
    auth_time: expect.any(Number) as unknown,
  });
  const userinfo = await oauth.fetchUserInfo(trip.config, tokens.access_token, tokens.claims()!.sub);
  expect(userinfo['name']).toBe('Vera Quay');
  const sites = await fetch(`${bench.vendor('salto-ks').apiBase}/v1.1/sites`, {
    headers: bearer(tokens.access_token),
  });
  expect(sites.status).toBe(200);
});

test('a wrong password is told on the page, and the right one still works after it', async () => {
  const browser = visitor(new URL(CALLBACK).origin);
  const url = new URL(`${issuer}/connect/authorize`);
  url.search = new URLSearchParams({
    client_id: 'harbour-desktop',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'user_api.full_access',
    code_challenge: await oauth.calculatePKCECodeChallenge('v'.repeat(43)),
    code_challenge_method: 'S256',
  }).toString();
  const page = await browser.open(url.href);
  expect(page.html.match(/type="submit"/gu)).toHaveLength(1);
  const again = await browser.submit(page, { ...VERA, password: 'nope' });
  expect(again.status).toBe(403);
  expect(again.html).toContain('The user name or the password is wrong.');
  expect(again.html).not.toContain('nope');
  const consent = await browser.submit(again, VERA);
  expect(consent.html.match(/type="submit"/gu)).toHaveLength(1);
  const refused = await browser.open(
    new URL(/class="refuse" href="([^"]+)"/u.exec(consent.html)![1]!, consent.url).href,
  );
  expect(new URL(refused.url).searchParams.get('error')).toBe('access_denied');
});

test.for([
  ['a foreign redirect address', { redirect_uri: 'https://elsewhere.example/callback' }],
  ['another path on the loopback', { redirect_uri: 'http://127.0.0.1:45678/other' }],
  ['an unknown client', { client_id: 'nobody' }],
] as const)('%s ends on a page of the server, not at the address asked for', async ([, wrong]) => {
  const page = await visitor('https://elsewhere.example').open(authorizeUrl(wrong));
  expect(page.status).toBe(400);
  expect(page.url.startsWith(issuer)).toBe(true);
  expect(page.html).toContain('This sign-in cannot go on');
});

test.for([
  ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
  ['with the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['for a scope of another API', { scope: 'core_api.full' }, 'invalid_scope'],
  ['for a scope nobody knows', { scope: 'user_api.full_access moon' }, 'invalid_scope'],
] as const)('an authorization request %s is refused', async ([, wrong, error]) => {
  const back = await visitor(new URL(CALLBACK).origin).open(authorizeUrl(wrong));
  expect(new URL(back.url).searchParams.get('error')).toBe(error);
});

function authorizeUrl(changes: Record<string, string>): string {
  const fields = {
    client_id: 'harbour-desktop',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'user_api.full_access',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  return `${issuer}/connect/authorize?${new URLSearchParams(given).toString()}`;
}

test('a code is good once; a second use ends the tokens of the first', async () => {
  const trip = await signIn(await discovered(issuer, 'harbour-desktop', oauth.None()));
  const tokens = await exchange(trip);
  const code = new URL(trip.back.url).searchParams.get('code')!;
  const second = await postForm(token, {
    grant_type: 'authorization_code',
    client_id: 'harbour-desktop',
    client_secret: '',
    code,
    redirect_uri: CALLBACK,
    code_verifier: trip.verifier,
  });
  expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const refreshed = await refresh(tokens.refresh_token);
  expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

function refresh(refreshToken: unknown): ReturnType<typeof postForm> {
  return postForm(token, {
    grant_type: 'refresh_token',
    client_id: 'harbour-desktop',
    refresh_token: String(refreshToken),
  });
}

test('a rotating refresh token is good once, and its reuse ends the family', async () => {
  const tokens = await exchange(await signIn(await discovered(issuer, 'harbour-desktop', oauth.None())));
  const second = await refresh(tokens.refresh_token);
  expect(second.status).toBe(200);
  expect(second.body['refresh_token']).not.toBe(tokens.refresh_token);
  expect(second.body['access_token']).not.toBe(tokens.access_token);
  expect((await refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  expect((await refresh(second.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
});

test('of two refreshes at once one wins, and the family ends', async () => {
  const tokens = await exchange(await signIn(await discovered(issuer, 'harbour-desktop', oauth.None())));
  const both = await Promise.all([refresh(tokens.refresh_token), refresh(tokens.refresh_token)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
  const winner = both.find(({ status }) => status === 200)!;
  expect((await refresh(winner.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
});

test('a stable refresh token is answered again and stays good', async () => {
  await bench.control('POST', '/switches', { 'ks.refreshRotation': 'stable' });
  const tokens = await exchange(await signIn(await discovered(issuer, 'harbour-desktop', oauth.None())));
  const second = await refresh(tokens.refresh_token);
  expect(second.body['refresh_token']).toBe(tokens.refresh_token);
  expect((await refresh(tokens.refresh_token)).status).toBe(200);
});

test('two sign-ins of one person are two families', async () => {
  const config = await discovered(issuer, 'harbour-desktop', oauth.None());
  const first = await exchange(await signIn(config));
  const second = await exchange(await signIn(config));
  await oauth.tokenRevocation(config, first.refresh_token!);
  expect((await refresh(first.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  expect((await refresh(second.refresh_token)).status).toBe(200);
});

test('revoking a JWT access token is answered like any revocation', async () => {
  const config = await discovered(issuer, 'harbour-desktop', oauth.None());
  const tokens = await exchange(await signIn(config));
  await oauth.tokenRevocation(config, tokens.access_token);
});

const SYSTEM_USER = {
  grant_type: 'password',
  username: 'system.user@harbour-partners.example',
  password: 'demo-harbour-12',
};
const service = basic('harbour-service', 'demo-lantern-23');

test('the system user signs in by password with the client by Basic', async () => {
  const { status, body } = await postForm(token, { ...SYSTEM_USER, scope: 'user_api.full_access' }, service);
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: someText,
    expires_in: 3600,
    token_type: 'Bearer',
    scope: 'user_api.full_access',
  });
  const sites = await fetch(`${issuer}/v1.2/sites`, { headers: bearer(body['access_token']) });
  expect(await sites.json()).toHaveLength(bench.vendor('salto-ks').installations.length);
});

test('a password client gets a refresh token where offline_access is its scope and asked for', async () => {
  const client = basic('harbour-service-offline', 'demo-buoy-31');
  const without = await postForm(token, SYSTEM_USER, client);
  expect(without.body).not.toHaveProperty('refresh_token');
  const { body } = await postForm(
    token,
    { ...SYSTEM_USER, scope: 'user_api.full_access offline_access' },
    client,
  );
  const fields = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
  const byBody = await postForm(token, {
    ...fields,
    client_id: 'harbour-service-offline',
    client_secret: 'demo-buoy-31',
  });
  expect(byBody.status).toBe(200);
  const asSample = await postForm(
    token,
    {
      ...fields,
      refresh_token: String(byBody.body['refresh_token']),
      client_id: 'harbour-service-offline',
      client_secret: 'demo-buoy-31',
    },
    bearer(byBody.body['access_token']),
  );
  expect(asSample.status).toBe(200);
});

test.for([
  ['a scope that is not the client’s', { scope: 'openid profile' }, service, 400, 'invalid_scope'],
  [
    'one good and one bad scope',
    { scope: 'user_api.full_access core_api.full' },
    service,
    400,
    'invalid_scope',
  ],
  ['a wrong password', { password: 'nope' }, service, 400, 'invalid_grant'],
  [
    'a person who has not accepted the invitation',
    { username: 'pia.nordby@harbour-house.example', password: 'demo-quayside-15' },
    service,
    400,
    'invalid_grant',
  ],
  ['a wrong secret', {}, basic('harbour-service', 'nope'), 400, 'invalid_client'],
  ['an unknown client', {}, basic('nobody', 'nope'), 400, 'invalid_client'],
  ['a client that may not', {}, basic('harbour-console', 'demo-anchor-11'), 400, 'unauthorized_client'],
  [
    'the secret in the body',
    { client_id: 'harbour-service', client_secret: 'demo-lantern-23' },
    {},
    400,
    'invalid_client',
  ],
] as const)('the password grant refuses %s', async ([, fields, headers, status, error]) => {
  const answer = await postForm(token, { ...SYSTEM_USER, ...fields }, headers);
  expect(answer).toMatchObject({ status, body: { error } });
});

test('invalid_client is 401 with a challenge when the switch says so', async () => {
  await bench.control('POST', '/switches', { 'ks.invalidClientStatus': 401 });
  const answer = await postForm(token, SYSTEM_USER, basic('harbour-service', 'nope'));
  expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/u);
});

test('reserved characters in id and secret need the encoding of RFC 6749 2.3.1', async () => {
  const [id, secret] = ['harbour:reserved+client', 'demo 100%:mast&keel+7'];
  expect((await postForm(token, SYSTEM_USER, basic(id, secret))).status).toBe(200);
  const raw = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
  expect((await postForm(token, SYSTEM_USER, raw)).status).toBe(400);
});

test('an hour later the access token is refused, a refresh works and new tokens carry the new time', async () => {
  const config = await discovered(issuer, 'harbour-desktop', oauth.None());
  const tokens = await exchange(await signIn(config));
  const sites = `${issuer}/v1.2/sites`;
  expect((await fetch(sites, { headers: bearer(tokens.access_token) })).status).toBe(200);
  await bench.control('POST', '/clock', { offsetSeconds: 3700 });
  const expired = await fetch(sites, { headers: bearer(tokens.access_token) });
  expect(expired.status).toBe(401);
  const shifted = Date.parse(expired.headers.get('date')!) - Date.now();
  expect(Math.abs(shifted - 3_700_000)).toBeLessThan(5000);

  const refreshed = await refresh(tokens.refresh_token);
  expect(refreshed.status).toBe(200);
  expect((await fetch(sites, { headers: bearer(refreshed.body['access_token']) })).status).toBe(200);
  for (const name of ['access_token', 'id_token']) {
    const jwt = String(refreshed.body[name]);
    const { payload } = await jwtVerify(
      jwt,
      createRemoteJWKSet(new URL(`${issuer}/.well-known/openid-configuration/jwks`)),
      {
        currentDate: new Date(Date.now() + 3_700_000),
      },
    );
    expect(payload.iat! - Math.floor(Date.now() / 1000)).toBeGreaterThan(3690);
    expect(payload['auth_time']).toBeLessThan(payload.iat! - 3600);
  }
  const { back, verifier } = await signIn(config);
  const later = await postForm(token, {
    grant_type: 'authorization_code',
    client_id: 'harbour-desktop',
    code: new URL(back.url).searchParams.get('code')!,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  });
  expect(later.status).toBe(200);
});

test('a refresh token ends after thirty days', async () => {
  const tokens = await exchange(await signIn(await discovered(issuer, 'harbour-desktop', oauth.None())));
  await bench.control('POST', '/clock', { offsetSeconds: 29 * 86_400 });
  const second = await refresh(tokens.refresh_token);
  expect(second.status).toBe(200);
  await bench.control('POST', '/clock', { offsetSeconds: 60 * 86_400 });
  expect((await refresh(second.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
});

test('an ID token is no access token: the API names the wrong audience', async () => {
  const tokens = await exchange(await signIn(await discovered(issuer, 'harbour-desktop', oauth.None())));
  const answer = await fetch(`${issuer}/v1.2/sites`, { headers: bearer(tokens.id_token) });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain('audience');
});
