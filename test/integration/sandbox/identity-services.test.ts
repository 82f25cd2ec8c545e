import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { basic, bearer, discovered, openBench, postForm, someText } from './identity-visit.ts';
import type { Bench } from './identity-visit.ts';
import { visitor } from '../../support/visitor.ts';

const NEBULA_SCOPE = 'https://saltoapis.com/auth/nebula';
const KONEXUS = {
  client_id: 'ext-4711-harbour',
  client_secret: 'demo-siren-7',
  grant_type: 'client_credentials',
};
const NEBULA = {
  client_id: 'harbour-nebula-service',
  client_secret: 'demo-comet-5',
  grant_type: 'client_credentials',
  scope: NEBULA_SCOPE,
};
const PROGRAMMATIC = { ...NEBULA, client_id: 'harbour-nebula-programmatic', client_secret: 'demo-comet-17' };

let bench: Bench;
let nebula: string;
let konexus: string;

beforeAll(async () => {
  bench = await openBench();
  nebula = bench.vendor('salto-nebula').issuer!;
  konexus = bench.vendor('konexus').issuer!;
});
afterAll(() => bench.close());
afterEach(() => bench.control('POST', '/reset'));

test('Nebula answers client credentials with an opaque token, a lower-case type and 86399 seconds', async () => {
  const { status, body } = await postForm(`${nebula}/oauth2/token`, NEBULA);
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[\w-]{40,}$/u) as unknown,
    expires_in: 86_399,
    scope: NEBULA_SCOPE,
    token_type: 'bearer',
  });
  const installations = await fetch(`${nebula}/v1/installations`, { headers: bearer(body['access_token']) });
  expect(installations.status).toBe(200);
});

test('Nebula takes the scopes that its SDKs ask for', async () => {
  const scope = `openid offline profile email ${NEBULA_SCOPE}`;
  expect((await postForm(`${nebula}/oauth2/token`, { ...NEBULA, scope })).body).toMatchObject({ scope });
});

test('Nebula names what is wrong in error, error_hint and error_description', async () => {
  const wrong = await postForm(`${nebula}/oauth2/token`, { ...NEBULA, client_secret: 'nope' });
  expect(wrong).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_hint: someText, error_description: someText },
  });
  const scope = await postForm(`${nebula}/oauth2/token`, { ...NEBULA, scope: 'moon' });
  expect(scope).toMatchObject({ status: 400, body: { error: 'invalid_scope', error_hint: someText } });
});

test('Nebula refuses Basic, which it does not document, unless the switch allows it', async () => {
  const headers = basic(NEBULA.client_id, NEBULA.client_secret);
  const fields = { grant_type: 'client_credentials', scope: NEBULA_SCOPE };
  expect(await postForm(`${nebula}/oauth2/token`, fields, headers)).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  });
  await bench.control('POST', '/switches', { 'nebula.basicAuth': true });
  expect((await postForm(`${nebula}/oauth2/token`, fields, headers)).status).toBe(200);
});

test('Nebula issues JWTs when the switch says so', async () => {
  await bench.control('POST', '/switches', { 'nebula.tokenFormat': 'jwt' });
  const { body } = await postForm(`${nebula}/oauth2/token`, NEBULA);
  const keys = createRemoteJWKSet(new URL(`${nebula}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(String(body['access_token']), keys, { issuer: nebula });
  expect(payload).toMatchObject({ client_id: NEBULA.client_id, scp: [NEBULA_SCOPE] });
  const answer = await fetch(`${nebula}/v1/installations`, { headers: bearer(body['access_token']) });
  expect(answer.status).toBe(200);
});

test('a programmatic Nebula client refreshes; its refresh token says when it ends', async () => {
  const first = await postForm(`${nebula}/oauth2/token`, PROGRAMMATIC);
  expect(first.body).toMatchObject({ expires_in: 3600, refresh_token_expires_in: 90 * 86_400 });
  await bench.control('POST', '/clock', { offsetSeconds: 86_400 });
  const fields = { ...PROGRAMMATIC, grant_type: 'refresh_token', scope: '' };
  const second = await postForm(`${nebula}/oauth2/token`, {
    ...fields,
    refresh_token: String(first.body['refresh_token']),
  });
  expect(second).toMatchObject({
    status: 200,
    body: { expires_in: 3600, refresh_token_expires_in: 90 * 86_400 },
  });
  const answer = await fetch(`${nebula}/v1/installations`, { headers: bearer(second.body['access_token']) });
  expect(answer.status).toBe(200);
  const reused = await postForm(`${nebula}/oauth2/token`, {
    ...fields,
    refresh_token: String(first.body['refresh_token']),
  });
  expect(reused.body).toMatchObject({ error: 'invalid_grant' });
});

test('a revoked opaque token is refused at once', async () => {
  const { body } = await postForm(`${nebula}/oauth2/token`, NEBULA);
  const { client_id, client_secret } = NEBULA;
  const introspect = { client_id, client_secret, token: String(body['access_token']) };
  expect((await postForm(`${nebula}/oauth2/introspect`, introspect)).body).toMatchObject({ active: true });
  expect((await postForm(`${nebula}/oauth2/revoke`, introspect)).status).toBe(200);
  expect((await postForm(`${nebula}/oauth2/introspect`, introspect)).body).toEqual({ active: false });
  const answer = await fetch(`${nebula}/v1/installations`, { headers: bearer(body['access_token']) });
  expect(answer.status).toBe(401);
});

test('a one-installation Nebula client sees one', async () => {
  const one = { ...NEBULA, client_id: 'harbour-nebula-one', client_secret: 'demo-comet-29' };
  const { body } = await postForm(`${nebula}/oauth2/token`, one);
  const answer = await fetch(`${nebula}/v1/installations`, { headers: bearer(body['access_token']) });
  expect(((await answer.json()) as { installations: unknown[] }).installations).toHaveLength(1);
});

test('Nebula has no interactive sign-in until its switch is on, then it has', async () => {
  const discovery = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${nebula}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
  expect(await discovery()).not.toHaveProperty('authorization_endpoint');
  expect((await fetch(`${nebula}/oauth2/auth?client_id=harbour-nebula-console`)).status).toBe(404);

  await bench.control('POST', '/switches', { 'nebula.authorizationCode': true });
  expect(await discovery()).toMatchObject({ authorization_endpoint: `${nebula}/oauth2/auth` });
  const described = (await (await bench.control('GET', '/')).json()) as Bench['description'];
  const vendor = described.vendors.find(({ provider }) => provider === 'salto-nebula')!;
  expect(vendor.clients.map(({ grant }) => grant)).toEqual(['client_credentials', 'authorization_code']);
  const [account] = vendor.accounts;
  const client = vendor.clients[1]!;
  const config = await discovered(nebula, client.clientId, oauth.ClientSecretPost(client.clientSecret!));
  const verifier = oauth.randomPKCECodeVerifier();
  const callback = 'http://127.0.0.1:45679/callback';
  const browser = visitor(new URL(callback).origin);
  const page = await browser.open(
    oauth.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: client.scope,
      state: 's',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).href,
  );
  const consent = await browser.submit(page, { username: account!.username, password: account!.password });
  const back = await browser.submit(consent);
  const tokens = await oauth.authorizationCodeGrant(config, new URL(back.url), {
    pkceCodeVerifier: verifier,
    expectedState: 's',
  });
  expect(tokens).toMatchObject({ refresh_token: someText, scope: client.scope });
  const who = await oauth.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub);
  expect(who.email).toBe(account!.username);
});

test('Konexus issues the published claims, and its APIs take the token', async () => {
  const { status, body } = await postForm(`${konexus}/connect/token`, {
    ...KONEXUS,
    scope: 'tamarack content',
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: someText,
    expires_in: 3600,
    token_type: 'Bearer',
    scope: 'tamarack content',
  });
  const { payload, protectedHeader } = await jwtVerify(
    String(body['access_token']),
    createRemoteJWKSet(new URL(`${konexus}/.well-known/openid-configuration/jwks`)),
    { issuer: konexus, audience: 'tamarack', typ: 'at+jwt' },
  );
  expect(protectedHeader).toMatchObject({ alg: 'RS256', x5t: someText, kid: someText });
  expect(payload).toMatchObject({
    aud: 'tamarack',
    scope: ['tamarack', 'content'],
    client_id: 'ext-4711-harbour',
    admin: 'false',
    globalTenantId: someText,
    name: someText,
    sub: expect.stringMatching(/^\d+$/u) as unknown,
    tenantId: '4711',
    jti: someText,
  });
  expect(payload.exp! - payload.iat!).toBe(3600);
  const contacts = await fetch(`${bench.vendor('konexus').apiBase}/v2/contacts/find`, {
    method: 'POST',
    headers: { ...bearer(body['access_token']), 'content-type': 'application/json' },
    body: '{}',
  });
  expect(contacts.status).toBe(200);
});

test.for([
  [
    'Basic',
    { grant_type: 'client_credentials' },
    basic('ext-4711-harbour', 'demo-siren-7'),
    'invalid_client',
  ],
  ['a wrong secret', { ...KONEXUS, client_secret: 'nope' }, {}, 'invalid_client'],
  ['a scope of another module', { ...KONEXUS, scope: 'tamarack elm' }, {}, 'invalid_scope'],
  [
    'a refresh',
    { ...KONEXUS, grant_type: 'refresh_token', refresh_token: 'x' },
    {},
    'unsupported_grant_type',
  ],
] as const)('Konexus refuses %s', async ([, fields, headers, error]) => {
  const answer = await postForm(`${konexus}/connect/token`, { ...fields }, headers);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.body).toMatchObject({ error });
});

test.for([
  ['wrong_audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ['wrong_issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ['wrong_signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['expired', 'ERR_JWT_EXPIRED'],
] as const)('Konexus issues a token that is %s for clients that must notice', async ([fault, code]) => {
  await bench.control('POST', '/switches', { 'konexus.accessToken': fault });
  const { body } = await postForm(`${konexus}/connect/token`, KONEXUS);
  const keys = createRemoteJWKSet(new URL(`${konexus}/.well-known/openid-configuration/jwks`));
  const checked = jwtVerify(String(body['access_token']), keys, { issuer: konexus, audience: 'tamarack' });
  await expect(checked).rejects.toThrow(errors.JOSEError);
  await expect(checked).rejects.toMatchObject({ code });
});

test('a token of one vendor is nothing at another', async () => {
  const { body } = await postForm(`${konexus}/connect/token`, KONEXUS);
  const answer = await fetch(`${nebula}/v1/installations`, { headers: bearer(body['access_token']) });
  expect(answer.status).toBe(401);
});
