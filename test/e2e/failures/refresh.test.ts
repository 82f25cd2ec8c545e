import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { clockAhead } from '../../support/clock-ahead.ts';
import { accountOf, add, login, loginByForm, vendorOf } from '../../support/connect.ts';
import { checkFailure } from '../../support/failure.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let cli: CommandLine;

beforeAll(async () => {
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess()]);
});
/** A person signed in at Salto KS: only the refresh token can renew, and it rotates. */
beforeEach(async () => {
  ({ cli } = await newProfile(keyring.env));
  await signInPerson(cli);
  await sandbox.control('DELETE', '/log');
});
afterEach(() => sandbox.control('POST', '/reset'));
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

async function signInPerson(cli: CommandLine): Promise<void> {
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const client = vendor.clients.find(
    (one) => one.grant === 'authorization_code' && one.clientAuth === 'basic',
  );
  if (client === undefined) throw new Error('no client');
  await login(cli, null, vendor, client, await add(cli, vendor, client, 'acme'));
}

const page = '<!doctype html><title>Blocked by the company proxy</title>';
const fault = (fields: object): Promise<unknown> =>
  sandbox.control('POST', '/faults', { provider: 'salto-ks', path: '/connect/token', ...fields });

interface LogEntry {
  method: string;
  path: string;
  status: number | null;
  body: { grant_type?: string } | null;
}
/** What the token endpoint was asked, and answered. */
async function tokenRequests(): Promise<string[]> {
  const log = (await sandbox.control('GET', '/log')) as LogEntry[];
  return log
    .filter(({ path }) => path === '/connect/token')
    .map(({ body, status }) => `${body?.grant_type ?? '?'} ${String(status)}`);
}

async function token(options = {}): Promise<string> {
  const run = await cli.run(['token', 'acme'], options);
  expect(run.code, run.err).toBe(0);
  return run.out.trim();
}
const state = async (options = {}): Promise<string | undefined> =>
  ((await cli.json(['status', 'acme'], options)).value as { state: string }[])[0]?.state;

/** An hour on, for both sides: the access token has ended, the refresh token has not. */
const anHour = 3_700;
const anHourOn = clockAhead(anHour);
const passAnHour = (): Promise<unknown> => sandbox.control('POST', '/clock', { offsetSeconds: anHour });

const passing = [
  ['429', { status: 429, headers: { 'retry-after': '0' } }, 'rate_limited'],
  ['500', { status: 500, body: page }, 'provider_failed'],
  ['503 without a word', { status: 503 }, 'provider_failed'],
  ['a dropped connection', { drop: true }, 'network_unreachable'],
] as const;

describe('a renewal that meets a passing trouble', () => {
  test.each(passing)('%s leaves the session whole', async (_, trouble, code) => {
    const before = await token();
    await fault({ times: 1, ...trouble });
    checkFailure(await cli.json(['refresh', 'acme']), { code, message: /./, hint: /[Tt]ry again/ });
    expect(await state()).toBe('signed_in');
    expect(await token()).toBe(before);
    const renewed = await cli.run(['refresh', 'acme']);
    expect(renewed.code, renewed.err).toBe(0);
    expect(await token()).not.toBe(before);
    expect((await tokenRequests()).length).toBe(2);
  });

  test.each(passing)(
    '%s with an access token that has ended is an error now, and over later',
    async (_, trouble, code) => {
      const before = await token();
      await passAnHour();
      await fault({ times: 1, ...trouble });
      checkFailure(await cli.json(['token', 'acme'], anHourOn), { code, message: /./, hint: /[Tt]ry again/ });
      expect(await state(anHourOn)).toBe('signed_in');
      expect(await token(anHourOn)).not.toBe(before);
    },
  );
});

test('a token that ends within the minute is still given where renewing fails, with a word on stderr', async () => {
  const before = await token();
  // As long before its end as the minute allows: the commands until then take their time.
  const almostAnHour = 3_545;
  await sandbox.control('POST', '/clock', { offsetSeconds: almostAnHour });
  await fault({ times: 1, status: 500 });
  const run = await cli.run(['token', 'acme'], clockAhead(almostAnHour));
  expect(run).toMatchObject({ code: 0, out: `${before}\n` });
  expect(run.err).toMatch(/renewing failed, this token still lives: Salto KS/);
});

describe('a renewal that is refused without an OAuth error', () => {
  const refusals = [
    ['403 and a web page', { status: 403, body: page, headers: { 'content-type': 'text/html' } }],
    ['400 and nothing', { status: 400 }],
    ['401 and nothing', { status: 401 }],
  ] as const;

  test.each(refusals)('%s keeps the tokens, says refused, and is not tried in a loop', async (_, refusal) => {
    const before = await token();
    await fault({ times: 100, ...refusal });
    checkFailure(await cli.json(['refresh', 'acme']), {
      code: 'session_refused',
      message: /Salto KS refused to renew the session with HTTP 40\d/,
      hint: /The tokens are kept\. Sign in again: latchkey login acme/,
    });
    expect(await state()).toBe('signed_in');
    expect(await token()).toBe(before);
    await passAnHour();
    // The five minutes until the next try are over: one more, then everybody waits again.
    for (const command of ['token', 'installations']) {
      expect(await cli.json([command, 'acme'], anHourOn), command).toMatchObject({
        code: 3,
        value: { error: { code: 'session_refused' } },
      });
    }
    expect(await state(anHourOn)).toBe('sign_in_needed');
    expect((await tokenRequests()).length).toBe(2);

    // The tokens are there: a person who asks again gets on without signing in.
    await sandbox.control('DELETE', '/faults');
    const asked = await cli.run(['refresh', 'acme'], anHourOn);
    expect(asked.code, asked.err).toBe(0);
    expect(await state(anHourOn)).toBe('signed_in');
  });
});

test('invalid_grant ends the session, once and for all until the next sign-in', async () => {
  await fault({
    times: 1,
    status: 400,
    body: { error: 'invalid_grant', error_description: 'Token is not active' },
  });
  checkFailure(await cli.json(['refresh', 'acme']), {
    code: 'sign_in_needed',
    message: /Salto KS has ended this session.*"Token is not active"/,
    hint: 'latchkey login acme',
  });
  expect(await state()).toBe('sign_in_needed');
  for (const command of ['token', 'refresh', 'installations']) {
    expect(await cli.json([command, 'acme']), command).toMatchObject({
      code: 3,
      value: { error: { code: 'sign_in_needed' } },
    });
  }
  expect(await tokenRequests()).toEqual(['refresh_token 400']);

  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const again = await loginByForm(cli, 'acme', accountOf(vendor, 'authorization_code'));
  expect(again.code, again.err).toBe(0);
  expect(await state()).toBe('signed_in');
});

describe('an answer that is lost after the server has renewed', () => {
  const lost = () => fault({ times: 1, drop: true, after: true });

  test('keeps the session; a server that keeps refresh tokens goes on', async () => {
    await sandbox.control('POST', '/switches', { 'ks.refreshRotation': 'stable' });
    await lost();
    checkFailure(await cli.json(['refresh', 'acme']), {
      code: 'network_unreachable',
      message: /broke the connection off/,
      hint: /[Tt]ry again/,
    });
    expect(await state()).toBe('signed_in');
    expect((await cli.run(['refresh', 'acme'])).code).toBe(0);
  });

  test('keeps the session; a server that has spent the refresh token ends it by saying so', async () => {
    const before = await token();
    await lost();
    expect((await cli.run(['refresh', 'acme'])).code).toBe(5);
    expect(await state()).toBe('signed_in');
    expect(await token()).toBe(before);
    checkFailure(await cli.json(['refresh', 'acme']), {
      code: 'sign_in_needed',
      message: /has ended this session/,
      hint: 'latchkey login acme',
    });
    expect(await state()).toBe('sign_in_needed');
  });
});

describe('processes that renew at the same time', () => {
  test('lists, tokens and renewals together never lose the session', async () => {
    await passAnHour();
    const runs = await Promise.all(
      ['token', 'refresh', 'installations', 'token', 'refresh', 'users'].map((command) =>
        cli.run([command, 'acme'], anHourOn),
      ),
    );
    expect(runs.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0, 0, 0, 0]);
    expect((await tokenRequests()).every((line) => line === 'refresh_token 200')).toBe(true);
    expect(await state(anHourOn)).toBe('signed_in');
    const listed = await cli.run(['installations', 'acme'], anHourOn);
    expect(listed.code, listed.err).toBe(0);
  });
});
