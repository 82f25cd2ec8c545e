import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { accountOf, addCommand, clientOf, loginInBrowser, vendorOf } from '../../support/connect.ts';
import type { Client, Vendor } from '../../support/connect.ts';
import { type Expected, checkFailure, expectFailure } from '../../support/failure.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;
let cli: CommandLine;

beforeAll(async () => {
  [keyring, sandbox, browser] = await Promise.all([startKeyring(), startSandboxProcess(), openChromium()]);
});
beforeEach(async () => {
  ({ cli } = await newProfile(keyring.env));
});
afterEach(() => sandbox.control('POST', '/reset'));
afterAll(async () => {
  await browser.close();
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

interface LogEntry {
  provider: string;
  method: string;
  path: string;
  query: Record<string, unknown>;
  body: Record<string, unknown> | null;
}
const log = async (): Promise<LogEntry[]> => (await sandbox.control('GET', '/log')) as LogEntry[];

/** Adds a client as `acme`, with other secrets than its own or more options. */
async function addAcme(
  vendor: Vendor,
  client: Client,
  changes: { secret?: string; password?: string; more?: readonly string[] } = {},
): Promise<void> {
  const { words, env } = addCommand(vendor, client, 'acme');
  const run = await cli.run([...words, ...(changes.more ?? [])], {
    env: {
      TEST_SECRET: changes.secret ?? env.TEST_SECRET ?? '',
      TEST_PASSWORD: changes.password ?? env.TEST_PASSWORD ?? '',
    },
  });
  if (run.code !== 0) throw new Error(run.err);
}

async function expectSignedOut(): Promise<void> {
  expect(await cli.json(['status', 'acme'])).toMatchObject({ code: 0, value: [{ state: 'signed_out' }] });
  expect(await cli.json(['token', 'acme'])).toMatchObject({
    code: 3,
    value: { error: { code: 'sign_in_needed' } },
  });
}

const wrong = 'not-the-secret-4711';

test.each([
  ['salto-ks', 'password', 'harbour-service', /Salto KS refused the client/],
  ['salto-nebula', 'client_credentials', 'harbour-nebula-service', /Salto Nebula refused the client/],
  ['konexus', 'client_credentials', 'harbour', /Konexus refused the client/],
  ['smartenit', 'password', 'harbour-home-service', /Smartenit refused the client/],
  ['smartenit', 'client_credentials', 'harbour-home-setup', /Smartenit refused the client/],
])('%s (%s) refuses a wrong client secret', async (provider, grant, clientId, message) => {
  const vendor = vendorOf(sandbox.description, provider);
  await addAcme(vendor, clientOf(vendor, grant), { secret: wrong });
  const failure = await expectFailure(cli, ['login', 'acme'], {
    code: 'client_rejected',
    message,
    hint: /Check the client id and secret of acme, and that the environment is sandbox\..*Whom to ask: /,
  });
  expect(failure.message).toContain(clientId);
  expect(JSON.stringify(failure)).not.toContain(wrong);
  await expectSignedOut();
});

test('a server that answers a wrong secret with 401 and a challenge is understood as well', async () => {
  await sandbox.control('POST', '/switches', { 'ks.invalidClientStatus': 401 });
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  await addAcme(vendor, clientOf(vendor, 'password'), { secret: wrong });
  await expectFailure(cli, ['login', 'acme'], {
    code: 'client_rejected',
    message: /Salto KS refused the client harbour-service/,
    hint: /client id and secret/,
  });
});

test.each(['salto-ks', 'smartenit'])('%s refuses a wrong password of the system user', async (provider) => {
  const vendor = vendorOf(sandbox.description, provider);
  await addAcme(vendor, clientOf(vendor, 'password'), { password: wrong });
  const failure = await expectFailure(cli, ['login', 'acme'], {
    code: 'credentials_rejected',
    message: accountOf(vendor, 'password').username,
    hint: /Check both by signing in on the web/,
  });
  expect(JSON.stringify(failure)).not.toContain(wrong);
  await expectSignedOut();
});

describe('a client whose id and secret have reserved characters', () => {
  const reserved = (): { vendor: Vendor; client: Client } => {
    const vendor = vendorOf(sandbox.description, 'salto-ks') as Vendor & { exercises: { clients: Client[] } };
    const client = vendor.exercises.clients.find(({ clientId }) => /[^\w-]/.test(clientId));
    if (client === undefined) throw new Error('The sandbox lists no such client.');
    return { vendor, client };
  };

  test('is signed in with basic', async () => {
    const { vendor, client } = reserved();
    await addAcme(vendor, client);
    const run = await cli.run(['login', 'acme']);
    expect(run.code, run.err).toBe(0);
  });

  test('is refused with basic-raw, and the hint names the option', async () => {
    const { vendor, client } = reserved();
    await addAcme(vendor, client, { more: ['--client-auth', 'basic-raw'] });
    const failure = await expectFailure(cli, ['login', 'acme'], {
      code: 'client_rejected',
      message: client.clientId,
      hint: '--client-auth basic.',
    });
    expect(JSON.stringify(failure)).not.toContain(client.clientSecret);
  });

  test('and a wrong secret under basic: the hint names basic-raw', async () => {
    const { vendor, client } = reserved();
    await addAcme(vendor, client, { secret: `${wrong} %+` });
    await expectFailure(cli, ['login', 'acme'], {
      code: 'client_rejected',
      message: client.clientId,
      hint: '--client-auth basic-raw.',
    });
  });
});

test.each([
  ['salto-ks', 'password'],
  ['salto-nebula', 'client_credentials'],
  ['konexus', 'client_credentials'],
])('%s (%s) refuses a scope that the client does not have', async (provider, grant) => {
  const vendor = vendorOf(sandbox.description, provider);
  await addAcme(vendor, clientOf(vendor, grant), { more: ['--scope', 'everything.at_once'] });
  await expectFailure(cli, ['login', 'acme'], {
    code: 'scope_rejected',
    message: /does not allow this client the scope "everything\.at_once"/,
    hint: 'latchkey connections set acme --scope',
  });
  await expectSignedOut();
});

describe.each([
  ['salto-ks', 'none'],
  ['smartenit', 'post'],
])('%s in a browser', (provider, clientAuth) => {
  const found = (): { vendor: Vendor; client: Client } => {
    const vendor = vendorOf(sandbox.description, provider);
    const client = vendor.clients.find(
      (one) => one.grant === 'authorization_code' && one.clientAuth === clientAuth,
    );
    if (client === undefined) throw new Error('no client');
    return { vendor, client };
  };

  test('a person who refuses is told so on the page, in JSON and on stderr', async () => {
    const { vendor, client } = found();
    await addAcme(vendor, client);
    const ended = await loginInBrowser(
      cli,
      browser,
      'acme',
      accountOf(vendor, 'authorization_code'),
      'refuse',
    );
    expect(ended.events.length).toBe(2);
    checkFailure(
      { code: ended.code, value: ended.events[1], err: ended.err },
      {
        code: 'authorization_denied',
        message: /refused or cancelled in the browser/,
        hint: /Sign in again and allow access/,
      },
    );
    expect(ended.page.text).toMatch(/refused or cancelled/);
    expect(ended.page.text).not.toMatch(/you are signed in/i);
    await expectSignedOut();
  });

  test.each([
    ['with --json', ['--json']],
    ['for people', []],
  ])('Ctrl-C while it waits cancels, and frees the port, %s', async (_, options) => {
    const { vendor, client } = found();
    await addAcme(vendor, client);
    const child = cli.start(['login', 'acme', '--no-browser', ...options]);
    const out: string[] = [];
    const err: string[] = [];
    if (!child.stdout || !child.stderr) throw new Error('no pipes');
    const closed = once(child, 'close');
    const address = new Promise<URL>((resolve) => {
      for (const [stream, lines] of [
        [child.stdout, out],
        [child.stderr, err],
      ] as const) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          const url = /http:\/\/127\.0\.0\.1[^"\s]+/.exec(line)?.[0];
          if (url !== undefined) resolve(new URL(url));
        });
      }
    });
    const redirect = new URL((await address).searchParams.get('redirect_uri') ?? '');
    expect(await isFree(Number(redirect.port))).toBe(false);
    child.kill('SIGINT');
    const [code] = (await closed) as [number | null];
    const expected: Expected = {
      code: 'cancelled',
      message: 'The sign-in was cancelled.',
      hint: /Start it again/,
    };
    if (options.length > 0) {
      checkFailure({ code, value: JSON.parse(out.at(-1) ?? 'null') as unknown }, expected);
      expect(out.length).toBe(2);
    } else {
      expect(code).toBe(3);
      expect(out).toEqual([]);
      expect(err.join('\n')).toMatch(
        /latchkey: The sign-in was cancelled\.\n {2}Start it again.*\(cancelled\)/,
      );
    }
    expect(await isFree(Number(redirect.port))).toBe(true);
    await expectSignedOut();
  });

  test('a redirect port that is taken is named', async () => {
    const { vendor, client } = found();
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await addAcme(vendor, client, { more: ['--redirect-port', String(port)] });
    await expectFailure(cli, ['login', 'acme', '--no-browser'], {
      code: 'port_unavailable',
      message: `Port ${String(port)} on 127.0.0.1 is in use`,
      hint: '--redirect-port',
    });
    holder.close();
    await once(holder, 'close');
  });
});

test('a server that refuses PKCE is named as such, and nothing is tried without it', async () => {
  await sandbox.control('POST', '/switches', { 'smartenit.pkce': 'rejected' });
  const vendor = vendorOf(sandbox.description, 'smartenit');
  await addAcme(vendor, clientOf(vendor, 'authorization_code'));
  const child = cli.start(['login', 'acme', '--no-browser', '--json']);
  if (!child.stdout) throw new Error('no pipe');
  const closed = once(child, 'close');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await once(reader, 'line');
  const { url } = JSON.parse(lines[0] ?? '') as { url: string };
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const text = await page.locator('body').innerText();
  await context.close();
  const [code] = (await closed) as [number | null];
  checkFailure(
    { code, value: JSON.parse(lines[1] ?? 'null') as unknown },
    {
      code: 'client_rejected',
      message: /Smartenit refused the sign-in because it carries PKCE/,
      hint: /Latchkey never signs in without PKCE/,
    },
  );
  expect(lines.length).toBe(2);
  expect(text).toMatch(/PKCE/);
  const asked = (await log()).filter(({ path }) => path.startsWith('/v2/oauth2/'));
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v2/oauth2/authorize']);
  expect(asked[0]?.query).toMatchObject({ code_challenge_method: 'S256' });
  await expectSignedOut();
});

test.each([
  ['wrong_audience', /failed the audience \(aud\) check/],
  ['wrong_issuer', /failed the issuer \(iss\) check/],
  ['wrong_signature', /failed the signature check/],
  ['expired', /failed the expiry \(exp\) check/],
])('an access token of Konexus that is %s is not taken', async (fault, message) => {
  await sandbox.control('POST', '/switches', { 'konexus.accessToken': fault });
  const vendor = vendorOf(sandbox.description, 'konexus');
  await addAcme(vendor, clientOf(vendor, 'client_credentials'));
  await expectFailure(cli, ['login', 'acme'], {
    code: 'access_token_invalid',
    message,
    hint: /Nothing was stored/,
  });
  await expectSignedOut();
});

test('a renewed access token of Konexus that is no good does not replace the good one', async () => {
  const vendor = vendorOf(sandbox.description, 'konexus');
  await addAcme(vendor, clientOf(vendor, 'client_credentials'));
  expect((await cli.run(['login', 'acme'])).code).toBe(0);
  const good = (await cli.run(['token', 'acme'])).out;
  await sandbox.control('POST', '/switches', { 'konexus.accessToken': 'wrong_signature' });
  await expectFailure(cli, ['refresh', 'acme'], {
    code: 'access_token_invalid',
    message: /signature/,
    hint: /Nothing was stored/,
  });
  expect((await cli.run(['token', 'acme'])).out).toBe(good);
  await sandbox.control('POST', '/switches', { 'konexus.accessToken': 'valid' });
  expect((await cli.run(['refresh', 'acme'])).code).toBe(0);
});

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const outcome = new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false));
  });
  server.listen(port, '127.0.0.1');
  const free = await outcome;
  if (free) {
    server.close();
    await once(server, 'close');
  }
  return free;
}

test('signing in again keeps the lists of the same person, and takes those of another away', async () => {
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const client = vendor.clients.find(
    (one) => one.grant === 'authorization_code' && one.clientAuth === 'none',
  );
  if (client === undefined) throw new Error('no client');
  await addAcme(vendor, client);
  const person = accountOf(vendor, 'authorization_code');
  const offline = async (): Promise<number> => (await cli.run(['installations', 'acme', '--offline'])).code;
  expect((await loginInBrowser(cli, browser, 'acme', person)).code).toBe(0);
  expect((await cli.run(['installations', 'acme'])).code).toBe(0);
  expect((await loginInBrowser(cli, browser, 'acme', person)).code).toBe(0);
  expect(await offline()).toBe(0);
  const other = accountOf(vendor, 'password');
  expect((await loginInBrowser(cli, browser, 'acme', other)).code).toBe(0);
  expect(await offline()).toBe(2);
});
