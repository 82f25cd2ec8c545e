import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, cliFile, startSandboxProcess } from '../support/cli.ts';
import { add, clientOf, login, vendorOf } from '../support/connect.ts';
import { openChromium } from '../support/browser.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { type Profile, newProfile, removeProfiles } from '../support/profile.ts';

// The examples, run as they are, against the sandbox.

const examples = path.resolve(import.meta.dirname, '../../examples');
const day = new Date().toISOString().slice(0, 10);

let folder: string;
let keyring: TestKeyring;
let sandbox: RunningSandbox;
let profile: Profile;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-examples-'));
  [keyring, sandbox] = await Promise.all([startKeyring(), startSandboxProcess([])]);
  profile = await newProfile(keyring.env);
  const latchkey = path.join(folder, 'latchkey');
  await writeFile(latchkey, `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`);
  await chmod(latchkey, 0o755);
  env = {
    ...keyring.env,
    LATCHKEY_HOME: profile.home,
    PATH: `${folder}:${process.env.PATH ?? ''}`,
    TMPDIR: folder,
    TZ: 'UTC',
  };
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const client = clientOf(vendor, 'password');
  const browser = await openChromium();
  await login(profile.cli, browser, vendor, client, await add(profile.cli, vendor, client, 'harbour-ks'));
  await browser.close();
});

afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await removeProfiles();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(
  file: string,
  words: readonly string[],
  more: Record<string, string> = {},
): Promise<Ended> {
  try {
    const done = await promisify(execFile)(path.join(examples, file), words, { env: { ...env, ...more } });
    return { code: 0, ...done };
  } catch (error) {
    return error as Ended;
  }
}

test('call-api.sh: curl gets a token and the token is nobody else’s', async () => {
  const { apiBase } = vendorOf(sandbox.description, 'salto-ks');
  const answer = await run('call-api.sh', ['harbour-ks', `${apiBase}/v1.1/sites`]);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(answer.stdout).toContain('Harbour House');
});

test('nightly-users.sh: a whole file, or none and an exit code that says why', async () => {
  const reports = await mkdtemp(path.join(folder, 'reports-'));
  expect(await run('nightly-users.sh', ['harbour-ks', reports])).toMatchObject({ code: 0 });
  expect(await readdir(reports)).toEqual([`users-${day}.csv`]);
  const csv = await readFile(path.join(reports, `users-${day}.csv`), 'utf8');
  expect(csv.split('\r\n')[0]).toContain('displayName');
  expect(csv.split('\r\n').length).toBeGreaterThan(20);

  const empty = await mkdtemp(path.join(folder, 'reports-'));
  const refused = await run('nightly-users.sh', ['nobody', empty]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('nobody');
  expect(await readdir(empty)).toEqual([]);
});

test('ci-job.sh: a service lists its users and leaves nothing behind', async () => {
  const vendor = vendorOf(sandbox.description, 'konexus');
  const client = clientOf(vendor, 'client_credentials');
  const before = await readdir(folder);
  const job = await run('ci-job.sh', [], {
    KONEXUS_CLIENT_ID: client.clientId,
    KONEXUS_CLIENT_SECRET: client.clientSecret ?? '',
    ISSUER: vendor.issuer ?? '',
    API_BASE: vendor.apiBase,
  });
  expect(job).toMatchObject({ code: 0 });
  const users = job.stdout.trimEnd().split('\n');
  expect(users.length).toBeGreaterThan(5);
  for (const user of users) expect(JSON.parse(user)).toHaveProperty('displayName');
  expect(job.stderr).not.toContain(client.clientSecret);
  expect(await readdir(folder)).toEqual(before);
});

const powershell = spawnSync('pwsh', ['-Version'], { stdio: 'ignore' }).status === 0;
test.skipIf(!powershell)(
  'blocked-users.ps1: PowerShell gets objects (skipped: no PowerShell is installed)',
  async () => {
    const { stdout } = await promisify(execFile)(
      'pwsh',
      ['-NoProfile', '-File', path.join(examples, 'blocked-users.ps1'), '-Connection', 'harbour-ks'],
      { env },
    );
    expect(stdout).toContain('displayName');
  },
);
