import { once } from 'node:events';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../support/browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../support/cli.ts';
import { add, clientOf, login, nameOf, vendorOf } from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;

beforeAll(async () => {
  [keyring, sandbox, browser] = await Promise.all([startKeyring(), startSandboxProcess(), openChromium()]);
});

afterAll(async () => {
  await browser.close();
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

afterEach(async () => {
  await sandbox.control('POST', '/clock', { offsetSeconds: 0 });
  await sandbox.control('DELETE', '/faults');
});

interface LogEntry {
  method: string;
  path: string;
  status: number | null;
  body?: Record<string, unknown>;
}

const paths = [
  { provider: 'salto-ks', grant: 'authorization_code', auth: 'none', renews: 'refresh_token', revokes: true },
  {
    provider: 'salto-ks',
    grant: 'authorization_code',
    auth: 'basic',
    renews: 'refresh_token',
    revokes: true,
  },
  { provider: 'salto-ks', grant: 'password', auth: 'basic', renews: 'password', revokes: true },
  {
    provider: 'salto-nebula',
    grant: 'client_credentials',
    auth: 'post',
    renews: 'client_credentials',
    revokes: true,
  },
  {
    provider: 'konexus',
    grant: 'client_credentials',
    auth: 'post',
    renews: 'client_credentials',
    revokes: true,
  },
  {
    provider: 'smartenit',
    grant: 'authorization_code',
    auth: 'post',
    renews: 'refresh_token',
    revokes: false,
  },
  { provider: 'smartenit', grant: 'password', auth: 'post', renews: 'refresh_token', revokes: false },
  {
    provider: 'smartenit',
    grant: 'client_credentials',
    auth: 'post',
    renews: 'client_credentials',
    revokes: false,
  },
  { provider: 'smartenit', grant: 'implicit', auth: 'none', renews: null, revokes: false },
] as const;

describe.each(paths)('$provider, $grant ($auth)', ({ provider, grant, auth, renews, revokes }) => {
  let cli: CommandLine;
  let name: string;
  const lists = !(provider === 'smartenit' && grant === 'client_credentials');

  beforeAll(async () => {
    ({ cli } = await newProfile(keyring.env));
    const vendor = vendorOf(sandbox.description, provider);
    const client =
      vendor.clients.find((c) => c.grant === grant && c.clientAuth === auth) ?? clientOf(vendor, grant);
    name = await add(cli, vendor, client, nameOf(vendor, client));
  });

  const token = async (): Promise<string> => {
    const run = await cli.run(['token', name]);
    expect(run.code, run.err).toBe(0);
    return run.out.trim();
  };

  const state = async (): Promise<string | undefined> => {
    const { value } = await cli.json(['status', name]);
    return (value as { state: string }[])[0]?.state;
  };

  test('signs in and lists', async () => {
    const vendor = vendorOf(sandbox.description, provider);
    const client =
      vendor.clients.find((c) => c.grant === grant && c.clientAuth === auth) ?? clientOf(vendor, grant);
    expect(await state()).toBe('signed_out');
    await login(cli, browser, vendor, client, name);
    expect(await state()).toBe('signed_in');
    expect(await token()).toMatch(/^\S{20,}$/);
    expect(await token()).toBe(await token());
    const installations = await cli.json(['installations', name]);
    if (lists) expect((installations.value as unknown[]).length).toBe(vendor.installations.length);
    else expect(installations).toMatchObject({ code: 4, value: { error: { code: 'forbidden' } } });
  });

  test(
    renews === null
      ? 'cannot be renewed without a person'
      : 'is renewed when asked, and by itself when it has ended',
    async () => {
      const before = await token();
      if (renews === null) {
        expect(await cli.json(['refresh', name])).toMatchObject({
          code: 3,
          value: { error: { code: 'sign_in_needed' } },
        });
        expect(await token()).toBe(before);
        return;
      }
      const renewed = await cli.run(['refresh', name]);
      expect(renewed.code, renewed.err).toBe(0);
      const after = await token();
      expect(after).not.toBe(before);

      // The provider's clock runs on: the token the vault holds is refused, renewed and the list read all the same.
      await sandbox.control('POST', '/clock', { offsetSeconds: 100_000 });
      await sandbox.control('DELETE', '/log');
      // Konexus has no list of tenants to ask for: its one installation is in the token.
      const listed = await cli.json([provider === 'konexus' ? 'users' : 'installations', name]);
      if (lists) expect(listed.code, JSON.stringify(listed)).toBe(0);
      const log = (await sandbox.control('GET', '/log')) as LogEntry[];
      const asked = log.filter(({ method, body }) => method === 'POST' && body?.grant_type !== undefined);
      expect(asked.map(({ body }) => body?.grant_type)).toEqual([renews]);
      expect(log.some(({ status }) => status === 401)).toBe(true);
      expect(await token()).not.toBe(after);
    },
  );

  test('signs out: revoked where the server can, gone from the vault, and nothing signs in again by itself', async () => {
    if (!(await state())?.includes('signed_in')) throw new Error('not signed in');
    await sandbox.control('DELETE', '/log');
    const out = await cli.json(['logout', name]);
    expect(out.code, out.err).toBe(0);
    expect(out.value).toMatchObject({ revoked: revokes ? 'done' : 'unsupported' });
    const log = (await sandbox.control('GET', '/log')) as LogEntry[];
    expect(log.some(({ path }) => path.endsWith('/revocation') || path.endsWith('/revoke'))).toBe(revokes);
    expect(await state()).toBe('signed_out');
    for (const command of ['token', 'refresh', 'installations']) {
      const run = await cli.json([command, name]);
      expect(run, command).toMatchObject({ code: 3, value: { error: { code: 'sign_in_needed' } } });
    }
  });
});

test('Ctrl-C in the middle of a list says how much was read, and the next run goes on from there', async () => {
  const { cli } = await newProfile(keyring.env);
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const name = await add(cli, vendor, clientOf(vendor, 'password'), 'stopped');
  expect((await cli.run(['login', name])).code).toBe(0);
  const site = vendor.installations.find((each) => each.name === 'Harbour House')!;
  const path = `/v1.1/sites/${site.id}/users`;
  const asked = async (): Promise<number> =>
    ((await sandbox.control('GET', '/log')) as LogEntry[]).filter((entry) => entry.path.startsWith(path))
      .length;
  await sandbox.control('POST', '/faults', { provider: 'salto-ks', path, delayMs: 300, times: 1000 });
  const before = await asked();
  const child = cli.start(['users', name, site.name, '--csv']);
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close');
  await expect.poll(async () => (await asked()) - before, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
  child.kill('SIGINT');
  expect([(await ended)[0], out]).toEqual([3, '']);
  const [, stopped = ''] =
    /^latchkey: Stopped: ([\d,]+) of [\d,]+ users of Harbour House were read\.$/m.exec(err) ?? [];
  expect(stopped, err).not.toBe('');
  expect(err).toContain('Within an hour the next run goes on from there; --restart begins anew. (cancelled)');
  await sandbox.control('DELETE', '/faults');

  const next = await cli.run(['users', name, site.name, '--csv']);
  expect(next.code, next.err).toBe(0);
  expect(next.err).toContain(`Harbour House: going on after ${stopped} that were read `);
  expect(next.out.trimEnd().split('\r\n')).toHaveLength(1 + site.users);
});
