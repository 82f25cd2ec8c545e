import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { type Activity, createActivity } from '../../../main/activity/activity.ts';
import { systemClock } from '../../../main/clock.ts';
import { type Console, createConsole } from '../../../main/console.ts';
import { networkSettings } from '../../../main/console/network-settings.ts';
import type { PreferencesChange } from '../../../main/console/preference-service.ts';
import { createHttp } from '../../../main/http/http.ts';
import { createApiClient } from '../../../main/sessions/api-client.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import { type Result, ok } from '../../../preload/errors.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import { caFile, serveTls } from './servers.ts';

const issuer = 'https://api.vendor.example';
const credentials = { username: 'ann@example.com', password: 'brass:lantern 90' };

/** A provider with all five kinds of endpoints behind TLS of a private authority; says what it was asked for. */
async function serveProvider(): Promise<{ port: number; asked: string[] }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const asked: string[] = [];
  const { port } = await serveTls('server', (request, response) => {
    const { pathname } = new URL(request.url ?? '', issuer);
    asked.push(`${request.method ?? ''} ${pathname}`);
    request.resume().on('end', () => {
      void answer(pathname).then((value) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      });
    });
  });
  async function answer(pathname: string): Promise<unknown> {
    if (pathname === '/.well-known/openid-configuration')
      return {
        issuer,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        revocation_endpoint: `${issuer}/revoke`,
        response_types_supported: ['code'],
      };
    if (pathname === '/keys') return { keys: [jwk] };
    if (pathname !== '/token') return { results: [] };
    const token = await new SignJWT({ scope: 'tamarack' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience('tamarack')
      .setSubject('harbour')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    return { access_token: token, token_type: 'Bearer', expires_in: 3600 };
  }
  return { port, asked };
}

async function proxyTo(port: number, known?: typeof credentials): Promise<ConnectProxy> {
  const route = (): { port: number } => ({ port });
  const proxy = await startConnectProxy({ route, ...(known && { credentials: known }) });
  onTestFinished(() => proxy.stop());
  return proxy;
}

async function openConsole(change: PreferencesChange): Promise<{
  console: Console;
  activity: Activity;
  connection: Connection;
  callApi: () => Promise<Result<unknown>>;
}> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-five-'));
  const vault = openMemoryVault();
  const env = {};
  const activity = createActivity();
  const http = createHttp({
    clock: systemClock,
    env,
    network: networkSettings({ home, vault, env }),
    record: (record) => activity.request(record),
  });
  const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
  const console = createConsole({ home, vault, clock: systemClock, http, env, activity, openBrowser });
  onTestFinished(async () => {
    await console.close();
    await rm(home, { recursive: true, force: true });
  });
  const changed = await console.preferences.change(change);
  if (!changed.ok) throw new Error(changed.error.message);
  const added = await console.connections.add(
    'konexus',
    { name: 'harbour', clientId: 'harbour-client', overrides: { issuer, apiBase: `${issuer}/api` } },
    { clientSecret: 'lantern-oak-17' },
  );
  if (!added.ok) throw new Error(added.error.message);
  const connection = added.value;
  const callApi = async (): Promise<Result<unknown>> => {
    const access = await console.sessions.access(connection);
    if (!access.ok) return access;
    const accessToken = (): Promise<Result<string>> => Promise.resolve(ok(access.value.session.accessToken));
    const parts = { http, clock: systemClock, apiBase: `${issuer}/api`, headers: {}, accessToken };
    return createApiClient({ ...parts, connection: connection.id }).send({
      url: `${issuer}/api/v2/contacts`,
    });
  };
  return { console, activity, connection, callApi };
}

/** Every TCP connection that is opened while `work` runs, with where in our sources that was; servers' own are not ours. */
async function openedDuring(work: () => Promise<void>): Promise<string[]> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below
  const { connect } = net.Socket.prototype;
  const stacks: string[] = [];
  net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
    const stack = new Error('opened').stack ?? '';
    if (!stack.includes('connect-proxy.ts')) stacks.push(stack);
    return Reflect.apply(connect, this, given) as net.Socket;
  };
  try {
    await work();
  } finally {
    net.Socket.prototype.connect = connect;
  }
  return stacks;
}

test.each([
  ['without credentials', undefined],
  ['with Basic credentials from the vault', credentials],
])('a proxy %s and a private authority serve all five kinds of request', async (_, known) => {
  const provider = await serveProvider();
  const proxy = await proxyTo(provider.port, known);
  const { console, activity, connection, callApi } = await openConsole({
    proxy: proxy.url,
    caFile,
    ...(known && { proxyCredentials: known }),
  });
  const opened = await openedDuring(async () => {
    expect(await console.sessions.signIn(connection)).toMatchObject({ ok: true });
    expect(await callApi()).toMatchObject({ ok: true });
    expect(await console.sessions.signOut(connection)).toMatchObject({
      ok: true,
      value: { revoked: 'done' },
    });
  });

  // The name is known to nobody but the proxy: whatever arrived came through it.
  expect(new Set(provider.asked)).toEqual(
    new Set([
      'GET /.well-known/openid-configuration',
      'POST /token',
      'GET /keys',
      'GET /api/v2/contacts',
      'POST /revoke',
    ]),
  );
  const requests = activity.entries().filter((entry) => entry.kind === 'request');
  expect(new Set(requests.map(({ purpose }) => purpose))).toEqual(
    new Set(['discovery', 'token', 'jwks', 'api', 'revocation']),
  );
  for (const request of requests) {
    expect(request).toMatchObject({
      proxy: proxy.host,
      status: 200,
      failure: null,
      connection: connection.id,
    });
  }
  expect(activity.entries().flatMap((entry) => (entry.kind === 'session' ? [entry.change] : []))).toEqual([
    'signed_out',
    'signed_in',
  ]);
  const basic = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  for (const { target, authorization } of proxy.asked) {
    expect({ target, authorization }).toEqual({
      target: 'api.vendor.example:443',
      authorization: known ? basic : undefined,
    });
  }
  expect(JSON.stringify(activity.entries())).not.toMatch(/lantern|eyJ|ann@/);
  // Whatever was connected to was connected to by the one seam.
  expect(opened.length).toBeGreaterThan(0);
  for (const stack of opened) expect(stack).toContain('main/http/connect.ts');
});

test('a wrong password, none, and an unknown authority are told apart, and nothing reaches the provider', async () => {
  const provider = await serveProvider();
  const proxy = await proxyTo(provider.port, credentials);
  const open = (change: PreferencesChange) => openConsole({ proxy: proxy.url, caFile, ...change });

  const without = await open({});
  expect(await without.console.sessions.signIn(without.connection)).toMatchObject({
    error: { code: 'proxy_failed', message: expect.stringContaining('wants to know who you are') as string },
  });
  const wrong = await open({ proxyCredentials: { username: 'ann', password: 'other' } });
  expect(await wrong.console.sessions.signIn(wrong.connection)).toMatchObject({
    error: { code: 'proxy_failed', message: expect.stringContaining('refused the user name') as string },
  });
  const untrusting = await open({ proxyCredentials: credentials, caFile: null });
  expect(await untrusting.console.sessions.signIn(untrusting.connection)).toMatchObject({
    error: {
      code: 'tls_untrusted',
      message: expect.stringMatching(
        /certificate of "server" .*issued by "Latchkey test authority"/,
      ) as string,
      hint: expect.stringContaining('latchkey settings set caFile') as string,
    },
  });
  expect(provider.asked).toEqual([]);
  // What a person sets now holds for the next request.
  await untrusting.console.preferences.change({ caFile });
  expect(await untrusting.console.sessions.signIn(untrusting.connection)).toMatchObject({ ok: true });
});
