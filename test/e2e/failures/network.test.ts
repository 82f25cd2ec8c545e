import { readFile } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { add, clientOf, vendorOf } from '../../support/connect.ts';
import { expectFailure } from '../../support/failure.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let cli: CommandLine;
const servers: Server[] = [];

beforeAll(async () => {
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess()]);
});
beforeEach(async () => {
  ({ cli } = await newProfile(keyring.env));
});
afterEach(async () => {
  await sandbox.control('POST', '/reset');
  for (const server of servers.splice(0)) await close(server);
});
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

const tls = path.resolve(import.meta.dirname, '../../fixtures/tls');
const caFile = path.join(tls, 'ca.pem');

/** A server of our own and what was asked of it; closed after the test. */
async function serve(
  listener: RequestListener,
  certificate?: 'server' | 'expired' | 'other-host',
): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const noted: RequestListener = (request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    listener(request, response);
  };
  const server =
    certificate === undefined
      ? createServer(noted)
      : createSecureServer(
          {
            key: await readFile(path.join(tls, `${certificate}.key`)),
            cert: await readFile(path.join(tls, `${certificate}.pem`)),
          },
          noted,
        );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`, asked };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
  await closed;
}

const secret = 'brass-lantern-90';

function addWords(more: readonly string[], name = 'acme'): string[] {
  return [
    ...['connections', 'add', '--name', name, '--environment', 'custom', '--grant', 'client_credentials'],
    ...['--client-id', 'acme-client', '--client-secret-env', 'S', ...more],
  ];
}

async function addAcme(more: readonly string[]): Promise<void> {
  const run = await cli.run(addWords(more), { env: { S: secret } });
  if (run.code !== 0) throw new Error(run.err);
}

function discoveryAnswer(issuer: string, more: object = {}): string {
  return JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...more,
  });
}

const originOf = (request: IncomingMessage): string => `http://${request.headers.host ?? ''}`;

describe('a host that cannot be reached', () => {
  test('nothing listens there: the host and port are named', async () => {
    const { origin } = await serve((_, response) => response.end());
    for (const server of servers.splice(0)) await close(server);
    await addAcme(['--provider', 'oauth2', '--token-endpoint', `${origin}/token`]);
    await expectFailure(cli, ['login', 'acme'], {
      code: 'network_unreachable',
      message: `${new URL(origin).host} refused the connection`,
      hint: /Check the address/,
    });
  });

  test('a name that nobody knows', async () => {
    await addAcme(['--provider', 'oauth2', '--token-endpoint', 'https://no-such-host.invalid/token']);
    await expectFailure(cli, ['login', 'acme'], {
      code: 'network_unreachable',
      message: /no-such-host\.invalid/,
      hint: /Check the address and your network connection/,
    });
  });

  test('a connection that breaks off in the middle', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await addAcme(['--provider', 'oauth2', '--token-endpoint', `${origin}/token`]);
    await expectFailure(cli, ['login', 'acme'], {
      code: 'network_unreachable',
      message: /broke the connection off/,
      hint: /Try again/,
    });
  });

  test('a proxy that is not there', async () => {
    await addAcme(['--provider', 'oauth2', '--token-endpoint', 'https://id.vendor.example/token']);
    const failure = await expectFailure(
      cli,
      ['login', 'acme'],
      { code: 'proxy_failed', message: /The proxy 127\.0\.0\.1:9 /, hint: /HTTPS_PROXY/ },
      { env: { HTTPS_PROXY: 'http://user:pass-word-3@127.0.0.1:9' } },
    );
    expect(JSON.stringify(failure)).not.toContain('pass-word-3');
  });
});

describe('a certificate', () => {
  const answer: RequestListener = (_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ access_token: 'opaque-1', token_type: 'bearer', expires_in: 60 }));
  };

  test('of an authority that is not known is refused before anything is sent, and taken with LATCHKEY_CA_FILE', async () => {
    const { origin, asked } = await serve(answer, 'server');
    await addAcme(['--provider', 'oauth2', '--token-endpoint', `${origin}/token`]);
    await expectFailure(cli, ['login', 'acme'], {
      code: 'tls_untrusted',
      message: `The certificate of ${new URL(origin).host} was issued by an authority that this computer does not know`,
      hint: 'LATCHKEY_CA_FILE',
    });
    expect(asked).toEqual([]);
    const trusted = await cli.run(['login', 'acme'], { env: { LATCHKEY_CA_FILE: caFile } });
    expect(trusted.code, trusted.err).toBe(0);
    expect(asked).toEqual(['POST /token']);
  });

  test.each([
    ['expired', /has expired/, /date of this computer/],
    ['other-host', /is for another host/, /Check the address/],
  ] as const)('that is %s is refused whatever authority is trusted', async (which, message, hint) => {
    const { origin, asked } = await serve(answer, which);
    await addAcme(['--provider', 'oauth2', '--token-endpoint', `${origin}/token`]);
    await expectFailure(
      cli,
      ['login', 'acme'],
      { code: 'tls_untrusted', message, hint },
      { env: { LATCHKEY_CA_FILE: caFile } },
    );
    expect(asked).toEqual([]);
  });

  test('a file of authorities that is not there is named', async () => {
    const { origin } = await serve(answer, 'server');
    await addAcme(['--provider', 'oauth2', '--token-endpoint', `${origin}/token`]);
    await expectFailure(
      cli,
      ['login', 'acme'],
      { code: 'input_invalid', message: '/nowhere/ca.pem', hint: 'LATCHKEY_CA_FILE' },
      { env: { LATCHKEY_CA_FILE: '/nowhere/ca.pem' } },
    );
  });
});

test.each([
  ['--token-endpoint', 'http://id.vendor.example/token'],
  ['--issuer', 'http://id.vendor.example'],
  ['--api-base', 'http://api.vendor.example'],
  ['--issuer', 'http://127.0.0.1.vendor.example'],
  ['--issuer', 'http://localhost.vendor.example'],
  ['--issuer', 'ftp://127.0.0.1/'],
  ['--issuer', 'id.vendor.example'],
])('%s %s is refused when it is typed, and nothing is saved', async (option, url) => {
  const provider = option === '--token-endpoint' ? 'oauth2' : 'oidc';
  const rest = option === '--api-base' ? ['--issuer', 'https://id.vendor.example'] : [];
  await expectFailure(
    cli,
    addWords(['--provider', provider, ...rest, option, url]),
    { code: 'input_invalid', message: /unencrypted to .*\.vendor\.example|web address/, hint: /https:\/\// },
    { env: { S: secret } },
  );
  expect((await cli.json(['connections', 'list'])).value).toEqual([]);
});

test('a discovery document that sends the secret over plain http is not followed', async () => {
  const { origin, asked } = await serve((request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(discoveryAnswer(originOf(request), { token_endpoint: 'http://id.vendor.example/token' }));
  });
  await addAcme(['--provider', 'oidc', '--issuer', origin]);
  await expectFailure(cli, ['login', 'acme'], {
    code: 'input_invalid',
    message: /The token endpoint of .* would send secrets unencrypted to id\.vendor\.example/,
    hint: /https/,
  });
  expect(asked.every((line) => line.startsWith('GET /.well-known/'))).toBe(true);
});

test('a server that describes itself as another issuer is not believed', async () => {
  const { origin, asked } = await serve((_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(discoveryAnswer('https://id.elsewhere.example'));
  });
  await addAcme(['--provider', 'oidc', '--issuer', origin]);
  await expectFailure(cli, ['login', 'acme'], {
    code: 'issuer_mismatch',
    message: origin,
    hint: /closing slash/,
  });
  expect(asked.every((line) => line.startsWith('GET /.well-known/'))).toBe(true);
});

test.each([
  ['is not there', 404, 'text/plain', 'not here'],
  ['is a web page', 200, 'text/html', '<!doctype html><title>Sign in to the Wi-Fi</title>'],
  ['is an array', 200, 'application/json', '[]'],
  ['is a redirect', 302, 'text/plain', ''],
])('a discovery document that %s', async (_, status, type, body) => {
  const { origin } = await serve((_request, response) => {
    response
      .writeHead(status, {
        'content-type': type,
        ...(status === 302 && { location: 'https://id.elsewhere.example/' }),
      })
      .end(body);
  });
  await addAcme(['--provider', 'oidc', '--issuer', origin]);
  await expectFailure(cli, ['login', 'acme'], {
    code: 'discovery_failed',
    message: `${origin} has no discovery document`,
    hint: '--token-endpoint',
  });
});

describe('what a token endpoint answers in place of a token', () => {
  const page = '<!doctype html><title>Please sign in to the network</title>';
  const shapes = [
    [
      'a web page with 200',
      { status: 200, body: page, headers: { 'content-type': 'text/html' } },
      /not JSON/,
    ],
    [
      'JSON without access_token',
      { status: 200, body: { token_type: 'Bearer', expires_in: 60 } },
      /"access_token" is missing/,
    ],
    [
      'JSON without token_type',
      { status: 200, body: { access_token: 'leaked-token-77', expires_in: 60 } },
      /"token_type" is missing/,
    ],
    ['an array', { status: 200, body: [{ access_token: 'leaked-token-77' }] }, /"access_token" is missing/],
    ['a text', { status: 200, body: '"leaked-token-77"' }, /access_token|not JSON/],
    ['null', { status: 200, body: 'null', headers: { 'content-type': 'application/json' } }, /access_token/],
    [
      '201 and a token',
      { status: 201, body: { access_token: 'leaked-token-77', token_type: 'Bearer' } },
      /HTTP 201/,
    ],
    ['204 and nothing', { status: 204 }, /HTTP 204 with an empty answer/],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://id.elsewhere.example/' } },
      /HTTP 302 with a redirect/,
    ],
    ['a page with 404', { status: 404, body: page, headers: { 'content-type': 'text/html' } }, /HTTP 404/],
  ] as const;

  describe.each([
    ['salto-ks', 'password', '/connect/token'],
    ['smartenit', 'client_credentials', '/v2/oauth2/token'],
  ])('%s', (provider, grant, tokenPath) => {
    test.each(shapes)('%s', async (_, fault, message) => {
      const vendor = vendorOf(sandbox.description, provider);
      const name = await add(cli, vendor, clientOf(vendor, grant), 'acme');
      await sandbox.control('POST', '/faults', { provider, path: tokenPath, times: 2, ...fault });
      const failure = await expectFailure(cli, ['login', name], {
        code: 'token_response_invalid',
        message,
        hint: /Check the token endpoint/,
      });
      expect(failure.message).toContain(
        `token endpoint of ${provider === 'salto-ks' ? 'Salto KS' : 'Smartenit'}`,
      );
      expect(JSON.stringify(failure)).not.toContain('leaked-token-77');
      expect(await cli.json(['status', name])).toMatchObject({ value: [{ state: 'signed_out' }] });
    });

    test.each([
      ['500 and a page', { status: 500, body: page }, 'provider_failed', /HTTP 500/, /Try again/],
      ['503', { status: 503 }, 'provider_failed', /HTTP 503/, /Try again/],
      [
        '429',
        { status: 429, headers: { 'retry-after': '1' } },
        'rate_limited',
        /too many requests/,
        /Try again/,
      ],
      [
        'a dropped connection',
        { drop: true },
        'network_unreachable',
        /broke the connection off/,
        /Try again/,
      ],
    ] as const)('%s', async (_, fault, code, message, hint) => {
      const vendor = vendorOf(sandbox.description, provider);
      const name = await add(cli, vendor, clientOf(vendor, grant), 'acme');
      await sandbox.control('POST', '/faults', { provider, path: tokenPath, times: 2, ...fault });
      await expectFailure(cli, ['login', name], { code, message, hint });
      expect((await cli.run(['login', name])).code).toBe(0);
    });
  });
});
