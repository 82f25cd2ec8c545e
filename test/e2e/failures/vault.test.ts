import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openChromium, signInThere } from '../../support/browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { accountOf, add, addCommand, clientOf, vendorOf } from '../../support/connect.ts';
import { checkFailure, expectFailure } from '../../support/failure.ts';
import { type TestBus, type TestKeyring, startBus, startKeyring } from '../../support/keyring.ts';
import { commandLine } from '../../support/cli.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let emptyBus: TestBus;
let sandbox: RunningSandbox;
let cli: CommandLine;
let home: string;

beforeAll(async () => {
  [keyring, emptyBus, sandbox] = await Promise.all([startKeyring(), startBus(), startSandboxProcess()]);
  ({ cli, home } = await newProfile(keyring.env));
  const vendor = vendorOf(sandbox.description, 'salto-nebula');
  await add(cli, vendor, clientOf(vendor, 'client_credentials'), 'acme');
  const run = await cli.run(['login', 'acme']);
  if (run.code !== 0) throw new Error(run.err);
  // Something for --offline, whose key is in the vault.
  if ((await cli.run(['users', 'acme'])).code !== 0) throw new Error('no list');
  await sandbox.control('DELETE', '/log');
});
afterEach(async () => {
  keyring.resume();
  await keyring.unlock();
  await sandbox.control('DELETE', '/log');
});
afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await emptyBus.stop();
  await removeProfiles();
});

/** The session bus's address aside, what a process needs. */
const bare = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: keyring.folder,
  LATCHKEY_HOME: home,
});

const conditions = [
  {
    what: 'there is no session bus',
    cli: () => commandLine(bare()),
    begin: () => Promise.resolve(),
    code: 'vault_absent',
    message: /no D-Bus session bus/,
    hint: /dbus-run-session.*--vault file/,
    state: { state: 'absent', reason: 'no_dbus' },
  },
  {
    what: 'nobody offers the Secret Service',
    cli: () => commandLine({ ...emptyBus.env, LATCHKEY_HOME: home }),
    begin: () => Promise.resolve(),
    code: 'vault_absent',
    message: /no program on the session bus offers the Secret Service/,
    hint: /gnome-keyring.*--vault file/,
    state: { state: 'absent', reason: 'no_service' },
  },
  {
    what: 'the keychain is locked',
    cli: () => cli,
    begin: () => keyring.lock(),
    code: 'vault_locked',
    message: /The keychain is locked\./,
    hint: /Unlock it and try again.*--vault file/,
    state: { state: 'locked', reason: 'locked' },
  },
  {
    what: 'the keychain hangs',
    cli: () => cli,
    begin: () => {
      keyring.pause();
      return Promise.resolve();
    },
    code: 'vault_absent',
    message: /does not answer/,
    hint: /Restart it and try again.*--vault file/,
    state: { state: 'absent', reason: 'service_hung' },
  },
] as const;

const commands = [
  ...['token acme', 'status', 'login acme', 'refresh acme', 'logout acme', 'connections remove acme'],
  ...['installations acme', 'users acme --offline', 'inspect --connection acme'],
];

/** A keychain that hangs held processes for up to 50 s before it was asked without keytar. */
const endsWithinMs = 30_000;

describe.each(conditions)('where $what', ({ cli: cliOf, begin, code, message, hint, state }) => {
  test('every command that needs a secret says so and ends', async () => {
    await begin();
    const startedAt = performance.now();
    await Promise.all(
      commands.map((words) => expectFailure(cliOf(), words.split(' '), { code, message, hint })),
    );
    expect(performance.now() - startedAt).toBeLessThan(endsWithinMs);
    // Nothing is asked of the provider where the answer could not be kept.
    expect(await sandbox.control('GET', '/log')).toEqual([]);
  });

  test('connections add says so and saves nothing', async () => {
    const vendor = vendorOf(sandbox.description, 'konexus');
    const { words, env } = addCommand(vendor, clientOf(vendor, 'client_credentials'), 'second');
    await begin();
    await expectFailure(cliOf(), words, { code, message, hint }, { env });
    expect((await cli.json(['connections', 'list'])).value).toMatchObject([{ name: 'acme' }]);
  });

  test('doctor says so', async () => {
    await begin();
    const run = await cliOf().json(['doctor']);
    expect(run.code).toBe(6);
    expect(run.value).toMatchObject({ vault: { kind: 'keychain', ...state } });
  });

  test('what needs no secret goes on', async () => {
    await begin();
    expect((await cliOf().json(['connections', 'list'])).value).toMatchObject([{ name: 'acme' }]);
    expect((await cliOf().run(['connections', 'show', 'acme'])).code).toBe(0);
    expect((await cliOf().json(['inspect', 'not-a-token'])).code).toBe(7);
  });

  test('and afterwards the session is what it was', async () => {
    await begin();
    await cliOf().run(['token', 'acme']);
    keyring.resume();
    await keyring.unlock();
    expect(await cli.json(['status', 'acme'])).toMatchObject({ value: [{ state: 'signed_in' }] });
    expect((await cli.run(['token', 'acme'])).code).toBe(0);
  });
});

describe('a keychain that is locked while a person signs in', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());

  test('the page in the browser does not say signed in', async () => {
    const vendor = vendorOf(sandbox.description, 'salto-ks');
    const client = vendor.clients.find(
      (one) => one.grant === 'authorization_code' && one.clientAuth === 'none',
    );
    if (client === undefined) throw new Error('no client');
    const { cli: own } = await newProfile(keyring.env);
    await add(own, vendor, client, 'person');
    const child = own.start(['login', 'person', '--no-browser', '--json']);
    if (!child.stdout) throw new Error('no pipe');
    const closed = once(child, 'close');
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await once(reader, 'line');
    await keyring.lock();
    const { url } = JSON.parse(lines[0] ?? '') as { url: string };
    const page = await signInThere(browser, url, accountOf(vendor, 'authorization_code'));
    const [code] = (await closed) as [number | null];
    checkFailure(
      { code, value: JSON.parse(lines[1] ?? 'null') as unknown },
      { code: 'vault_locked', message: 'The keychain is locked.', hint: /Unlock it/ },
    );
    expect(page.text).toContain('The keychain is locked.');
    expect(page.text).not.toMatch(/you are signed in|signed in to/i);
    await keyring.unlock();
    expect(await own.json(['status', 'person'])).toMatchObject({ value: [{ state: 'signed_out' }] });
  });
});

describe('a vault in a file', () => {
  const vault = ['--vault', 'file', '--passphrase-env', 'P'];
  const right = { P: 'three words suffice' };

  test('a wrong passphrase is named as such, and the vault is left as it is', async () => {
    const profile = await newProfile({ PATH: process.env.PATH ?? '' });
    const vendor = vendorOf(sandbox.description, 'salto-nebula');
    const { words, env } = addCommand(vendor, clientOf(vendor, 'client_credentials'), 'acme');
    const added = await profile.cli.run([...words, ...vault], { env: { ...env, ...right } });
    expect(added.code, added.err).toBe(0);
    expect((await profile.cli.run(['login', 'acme', ...vault], { env: right })).code).toBe(0);
    const files = (): Promise<Buffer[]> =>
      Promise.all(['vault.age', 'vault-key.age'].map((file) => readFile(path.join(profile.home, file))));
    const before = await files();

    const wrong = { P: 'three other words' };
    for (const command of ['token', 'login']) {
      const failure = await expectFailure(
        profile.cli,
        [command, 'acme', ...vault],
        { code: 'passphrase_wrong', message: /passphrase does not open .*vault-key\.age/, hint: /Check it/ },
        { env: wrong },
      );
      expect(JSON.stringify(failure)).not.toContain(wrong.P);
    }
    const { words: second, env: secondEnv } = addCommand(
      vendor,
      clientOf(vendor, 'client_credentials'),
      'second',
    );
    const refused = await profile.cli.json([...second, ...vault], { env: { ...secondEnv, ...wrong } });
    expect(refused).toMatchObject({ code: 6, value: { error: { code: 'passphrase_wrong' } } });
    expect(await files()).toEqual(before);
    expect((await readdir(profile.home)).filter((file) => file.includes('tmp'))).toEqual([]);
    const doctor = await profile.cli.json(['doctor', ...vault], { env: wrong });
    expect(doctor).toMatchObject({
      code: 6,
      value: { vault: { kind: 'file', state: 'locked', reason: 'passphrase_wrong' } },
    });

    const token = await profile.cli.run(['token', 'acme', ...vault], { env: right });
    expect(token.code, token.err).toBe(0);
  });
});
