import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeychain } from '../../main/vault/keychain.ts';
import { openChromium, signInThere } from '../support/browser.ts';
import { type CommandLine, type RunningSandbox, commandLine, startSandboxProcess } from '../support/cli.ts';
import {
  type Client,
  type Vendor,
  accountOf,
  addCommand,
  clientOf,
  nameOf,
  vendorOf,
} from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';
import { type Place, type Secret, commandLines, filesBelow, findSecrets } from '../support/secret-scan.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;
let cli: CommandLine;
let home: string;
let temporary: string;

/** Everything that a command wrote or showed, but what `token` is there to print. */
const shown: Place[] = [];
const secrets = new Map<string, string>();
const ids = new Map<string, string>();

const keep = (what: string, value: string | null | undefined): void => {
  if (value) secrets.set(value, what);
};
const show = (where: string, text: string): void => void shown.push({ where, data: Buffer.from(text) });

async function run(words: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const { code, out, err } = await cli.run(words, { env });
  const told = words.join(' ');
  if (words[0] === 'token' && code === 0) keep(`what ${told} printed`, out.trim());
  else show(`stdout of ${told}`, out);
  show(`stderr of ${told}`, err);
  return code;
}

async function expectDone(words: readonly string[], env: Record<string, string> = {}): Promise<void> {
  expect(await run(words, env), `${words.join(' ')}: ${String(shown.at(-1)?.data)}`).toBe(0);
}

/** A person in a browser; what the process and the page show in the meantime is looked at too. */
async function signInByBrowser(vendor: Vendor, client: Client, name: string): Promise<void> {
  const child = cli.start(['login', name, '--no-browser']);
  if (!child.stdout || !child.stderr) throw new Error('no pipes');
  const closed = once(child, 'close');
  const address = Promise.withResolvers<string>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => show(`stdout of login ${name}`, text));
  createInterface({ input: child.stderr }).on('line', (line) => {
    show(`stderr of login ${name}`, line);
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) address.resolve(url);
  });
  const url = await address.promise;
  shown.push(...(await commandLines(child.pid ?? 0)));
  const page = await signInThere(browser, url, accountOf(vendor, client.grant));
  show(`page after ${name}`, page.text);
  show(`address after ${name}`, page.address);
  expect((await closed)[0]).toBe(0);
}

interface Stored {
  credentials: { clientSecret?: string; password?: string };
  session: { accessToken: string; refreshToken: string | null; idToken: string | null } | null;
}

/** What the keychain itself holds, read past the command line. */
async function fromKeychain(item: string): Promise<string> {
  const vault = openKeychain({ isolation: 'helper', env: keyring.env });
  const read = await vault.read(item);
  await vault.close();
  if (!read.ok || read.value === null) throw new Error(`The keychain has no ${item}.`);
  return read.value;
}

async function keepStored(name: string): Promise<Stored> {
  const stored = JSON.parse(await fromKeychain(`connection:${ids.get(name) ?? ''}`)) as Stored;
  keep(`${name}: client secret in the keychain`, stored.credentials.clientSecret);
  keep(`${name}: password in the keychain`, stored.credentials.password);
  keep(`${name}: access token in the keychain`, stored.session?.accessToken);
  keep(`${name}: refresh token in the keychain`, stored.session?.refreshToken);
  keep(`${name}: ID token in the keychain`, stored.session?.idToken);
  return stored;
}

async function places(): Promise<Place[]> {
  return [...shown, ...(await filesBelow(home)), ...(await filesBelow(temporary))];
}
const allSecrets = (): Secret[] => [...secrets].map(([value, what]) => ({ what, value }));

beforeAll(async () => {
  [keyring, sandbox, browser] = await Promise.all([startKeyring(), startSandboxProcess(), openChromium()]);
  ({ home } = await newProfile(keyring.env));
  temporary = path.join(keyring.folder, 'tmp');
  await mkdir(temporary);
  cli = commandLine({ ...keyring.env, LATCHKEY_HOME: home, TMPDIR: temporary, LATCHKEY_DEBUG: '1' });
});
afterAll(async () => {
  await browser.close();
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
});

const everyClient = (): [Vendor, Client, string][] =>
  sandbox.description.vendors.flatMap((vendor) =>
    vendor.clients.map((client): [Vendor, Client, string] => [vendor, client, nameOf(vendor, client)]),
  );

test('every vendor and grant is signed in, listed, renewed and inspected', async () => {
  for (const [vendor, client, name] of everyClient()) {
    const { words, env } = addCommand(vendor, client);
    keep(`${name}: client secret given`, client.clientSecret);
    keep(`${name}: password given`, accountOfOrNull(vendor, client)?.password);
    await expectDone(words, env);
    if (client.grant === 'authorization_code' || client.grant === 'implicit')
      await signInByBrowser(vendor, client, name);
    else await expectDone(['login', name]);
  }
  const list = (await cli.json(['connections', 'list'])).value as { name: string; id: string }[];
  for (const { name, id } of list) ids.set(name, id);

  for (const [, client, name] of everyClient()) {
    await keepStored(name);
    await expectDone(['token', name]);
    const lists = !name.startsWith('smartenit-client_credentials');
    const listed = [await run(['installations', name]), await run(['users', name, '--csv'])];
    expect(listed).toEqual(lists ? [0, 0] : [4, 4]);
    if (client.grant !== 'implicit') await expectDone(['refresh', name, '--json']);
    await keepStored(name);
    await expectDone(['token', name]);
    await run(['inspect', '--connection', name]);
    await run(['inspect', '--connection', name, '--json']);
    if (lists) await expectDone(['users', name, '--offline', '--json']);
  }
  for (const words of [
    ['status'],
    ['status', '--json'],
    ['connections', 'list'],
    ['connections', 'show', 'salto-ks-password-basic'],
    ['doctor'],
    ['doctor', '--json'],
    ['installations', '--ndjson'],
  ])
    await run(words);
});

function accountOfOrNull(vendor: Vendor, client: Client): Vendor['accounts'][number] | null {
  return client.grant === 'client_credentials' ? null : accountOf(vendor, client.grant);
}

test('failures of every kind follow, with servers that repeat what they were sent', async () => {
  const fault = (fields: object): Promise<unknown> =>
    sandbox.control('POST', '/faults', { times: 50, ...fields });
  for (const [vendor, client, name] of everyClient()) {
    const { credentials, session } = await keepStored(name);
    const basic = Buffer.from(`${client.clientId}:${credentials.clientSecret ?? ''}`).toString('base64');
    const sent = [
      credentials.clientSecret,
      credentials.password,
      session?.accessToken,
      session?.refreshToken,
    ];
    const echoes = [
      ...sent.flatMap((value) =>
        value ? [`${value} (${encodeURIComponent(value)})`, `${'so long a story '.repeat(11)}${value}`] : [],
      ),
      `Authorization: Basic ${basic}`,
    ];
    for (const [turn, echo] of (client.grant === 'implicit' ? [] : echoes).entries()) {
      await sandbox.control('DELETE', '/faults');
      await fault({
        provider: vendor.provider,
        path: new URL(vendor.tokenEndpoint).pathname,
        status: 400,
        body: { error: turn % 2 === 0 ? 'invalid_client' : 'invalid_scope', error_description: echo },
      });
      await run(['refresh', name, ...(turn % 3 === 0 ? ['--json'] : [])]);
    }
    await sandbox.control('DELETE', '/faults');
    await fault({
      provider: vendor.provider,
      path: '/*',
      status: 403,
      body: {
        error: `Bearer ${session?.accessToken ?? ''}`,
        Message: `The token ${session?.accessToken ?? ''} may not do this`,
        message: `The token ${session?.accessToken ?? ''} may not do this`,
        detail: `The token ${session?.accessToken ?? ''} may not do this`,
      },
    });
    await run(['installations', name]);
    await run(['users', name, '--json']);
    await sandbox.control('DELETE', '/faults');
    await fault({
      provider: vendor.provider,
      path: '/*',
      body: { [session?.accessToken ?? 'x']: session?.accessToken, access_token: session?.accessToken },
    });
    await run(['installations', name]);
    await run(['refresh', name]);
    await sandbox.control('DELETE', '/faults');
    if (client.grant !== 'implicit') await expectDone(['refresh', name]);
    await keepStored(name);
  }
  keyring.pause();
  await run(['status']);
  keyring.resume();
  await keyring.lock();
  await run(['login', 'salto-ks-password-basic']);
  await run(['installations', '--json']);
  await keyring.unlock();
});

test('a vault in a file holds its secrets sealed', async () => {
  const vault = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  const env = { PASSPHRASE: 'four quiet lantern words' };
  keep('the passphrase', env.PASSPHRASE);
  const vendor = vendorOf(sandbox.description, 'salto-nebula');
  const { words, env: given } = addCommand(vendor, clientOf(vendor, 'client_credentials'), 'in-file');
  await expectDone([...words, ...vault], { ...given, ...env });
  await expectDone(['login', 'in-file', ...vault], env);
  await expectDone(['token', 'in-file', ...vault], env);
  await expectDone(['installations', 'in-file', ...vault], env);
  await run(['token', 'in-file', ...vault], { PASSPHRASE: 'not these words at all' });
});

describe('then', () => {
  test('the keychain had every secret: nothing else could have leaked', async () => {
    for (const [, client, name] of everyClient()) {
      const stored = await keepStored(name);
      expect(stored.session?.accessToken, name).toMatch(/^\S{20,}$/);
      if (client.clientSecret !== null) expect(stored.credentials.clientSecret).toBe(client.clientSecret);
      const printed = await cli.run(['token', name]);
      expect(printed.out.trim(), name).toBe(stored.session?.accessToken);
    }
    keep('the key of the kept lists', await fromKeychain('directory-key'));
    const kinds = [...secrets.values()].map((what) => what.replace(/^.*: /, ''));
    for (const kind of ['refresh token in the keychain', 'ID token in the keychain', 'password given'])
      expect(kinds).toContain(kind);
    expect(secrets.size).toBeGreaterThan(40);
  });

  test('a planted secret is found in every form, so the search works', async () => {
    const planted = `canary/${'Zq7+'.repeat(6)}"é=?&`;
    const bytes = Buffer.from(planted);
    const written = {
      raw: `x${planted}y`,
      json: JSON.stringify({ planted }),
      url: `http://h/?a=${encodeURIComponent(planted)}`,
      form: new URLSearchParams({ planted }).toString(),
      hex: bytes.toString('hex'),
      base64: bytes.toString('base64'),
      'base64 inside': Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('cd')]).toString('base64'),
      'base64url inside': Buffer.concat([Buffer.from('a'), bytes]).toString('base64url'),
      'basic credentials': Buffer.from(`client:${planted}`).toString('base64'),
      cut: planted.slice(-24),
    };
    const folder = path.join(temporary, 'planted');
    await mkdir(folder);
    for (const [form, text] of Object.entries(written)) await writeFile(path.join(folder, form), text);
    const found = findSecrets([{ what: 'planted', value: planted }], await filesBelow(temporary));
    const missed = Object.keys(written).filter(
      (form) => !found.some(({ where }) => where === path.join(folder, form)),
    );
    expect(missed).toEqual(planted.length >= 40 ? [] : ['cut']);

    // And through the command line: what a command prints is looked at.
    const before = shown.length;
    await run(['connections', 'show', planted]);
    expect(findSecrets([{ what: 'planted', value: planted }], shown.slice(before)).length).toBeGreaterThan(0);
    shown.splice(before);
  });

  test('no file, output, page, address or command line has any of them, in any form', async () => {
    const looked = await places();
    expect(looked.length).toBeGreaterThan(100);
    expect(looked.some(({ where }) => where.startsWith('command line'))).toBe(true);
    expect(looked.filter(({ where }) => where.startsWith(home)).length).toBeGreaterThan(10);
    expect(findSecrets(allSecrets(), looked)).toEqual([]);
  });
});
