import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CommandLine,
  type RunningSandbox,
  cliFile,
  commandLine,
  startSandboxProcess,
} from '../support/cli.ts';
import { add, clientOf, vendorOf } from '../support/connect.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';

/** A namespace without interfaces: as root, or as whoever may make one (user namespaces). */
const withoutNetwork = [
  ['unshare', '-n'],
  ['unshare', '-r', '-n'],
].find(([program = '', ...words]) => spawnSync(program, [...words, 'true']).status === 0);

interface Printed {
  readonly kind: string;
  readonly label: string | null;
  readonly verdict: { readonly code: string; readonly message: string };
  readonly signature: { readonly status: string; readonly keyAgeSeconds: number | null };
}

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let folder: string;
let env: Record<string, string>;
let cli: CommandLine;

beforeAll(async () => {
  [keyring, sandbox, folder] = await Promise.all([
    startKeyring(),
    startSandboxProcess(),
    mkdtemp(path.join(tmpdir(), 'latchkey-inspect-')),
  ]);
  env = { ...keyring.env, LATCHKEY_HOME: path.join(folder, 'home') };
  cli = commandLine(env);
  for (const [name, provider, grant] of [
    ['harbour-ks', 'salto-ks', 'password'],
    ['county-alerts', 'konexus', 'client_credentials'],
    ['harbour-nebula', 'salto-nebula', 'client_credentials'],
  ] as const) {
    const vendor = vendorOf(sandbox.description, provider);
    await add(cli, vendor, clientOf(vendor, grant), name);
    expect((await cli.run(['login', name])).code).toBe(0);
  }
});

afterAll(async () => {
  await sandbox.stop();
  await keyring.stop();
  await rm(folder, { recursive: true, force: true });
});

async function tokenOf(name: string): Promise<string> {
  return (await cli.run(['token', name])).out.trim();
}

async function inspected(
  words: readonly string[],
  stdin?: string,
): Promise<{ code: number; value: Printed }> {
  const run = await cli.json(['inspect', ...words], stdin === undefined ? {} : { stdin });
  return { code: run.code, value: run.value as Printed };
}

describe.skipIf(withoutNetwork === undefined)('in a namespace without interfaces', () => {
  async function runThere(words: readonly string[]): Promise<{ code: number | null; out: string }> {
    const [program = '', ...before] = withoutNetwork ?? [];
    const child = spawn(program, [...before, process.execPath, ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out };
  }

  test('nothing can be reached', async () => {
    const { control } = sandbox.description;
    const reach = `fetch('${control}/log').then(() => process.exit(0), () => process.exit(9))`;
    expect((await runThere(['-e', reach])).code).toBe(9);
  });

  test.each(['harbour-ks', 'county-alerts'])(
    'the session’s token of %s is verified all the same',
    async (name) => {
      const { code, out } = await runThere([cliFile, 'inspect', '--connection', name, '--json']);
      const { verdict, signature } = JSON.parse(out) as Printed;
      expect({ code, verdict: verdict.code, signature: signature.status }).toEqual({
        code: 0,
        verdict: 'valid',
        signature: 'verified',
      });
      expect(verdict.message).toMatch(
        /^Signed by http:\/\/127\.0\.0\.1:\d+ with key .* \(fetched \d+ \w+ ago\); valid for 59 more minutes; made for (user_api|tamarack)\.$/,
      );
      expect(signature.keyAgeSeconds).toBeGreaterThanOrEqual(0);
    },
  );
});

test('a pasted token is verified with the kept keys of the issuer it names, without the vault', async () => {
  const token = await tokenOf('harbour-ks');
  const vaultless = commandLine({ ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' });
  const run = await vaultless.json(['inspect', '-'], { stdin: `Authorization: Bearer ${token}` });
  expect(run.code).toBe(0);
  expect((run.value as Printed).verdict.code).toBe('valid');
});

test('the audience that the profile names is checked, and one changed letter is seen', async () => {
  const ks = await tokenOf('harbour-ks');
  expect((await inspected([ks, '--connection', 'county-alerts'])).value.verdict.code).toBe('key_unknown');
  expect(
    (await inspected([ks, '--connection', 'harbour-ks', '--audience', 'core_api'])).value.verdict.code,
  ).toBe('wrong_audience');
  const [header = '', payload = '', signature = ''] = ks.split('.');
  const changed = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const { code, value } = await inspected(['-', '--connection', 'harbour-ks'], changed);
  expect({ code, verdict: value.verdict.code }).toEqual({ code: 7, verdict: 'signature_wrong' });
});

test('a token response is taken apart; what is opaque is said to be', async () => {
  const response = JSON.stringify({
    access_token: await tokenOf('harbour-ks'),
    refresh_token: 'ory_rt_0123456789abcdefghij',
    expires_in: 3600,
  });
  const run = await cli.json(['inspect', '-'], { stdin: response });
  const tokens = run.value as Printed[];
  expect(run.code).toBe(7);
  expect(tokens.map(({ label, verdict }) => [label, verdict.code])).toEqual([
    ['access_token', 'valid'],
    ['refresh_token', 'opaque'],
  ]);
  expect((await inspected(['--connection', 'harbour-nebula'])).value.verdict.code).toBe('opaque');
});

test('two tokens are compared, before and after a renewal', async () => {
  const before = await tokenOf('county-alerts');
  expect((await cli.run(['refresh', 'county-alerts'])).code).toBe(0);
  const run = await cli.run(['inspect', before, await tokenOf('county-alerts'), '--compare']);
  expect(run.code).toBe(0);
  expect(run.out).toContain('Both are valid.');
  expect(run.out).not.toContain(before);
});

test('keys by hand: a shared secret by a variable, a file that is none', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'HS256' })}.${part({ sub: 'x' })}.AAAA`;
  const run = await cli.json(['inspect', unsigned, '--secret-env', 'SHARED'], {
    env: { SHARED: 'x'.repeat(32) },
  });
  expect((run.value as Printed).verdict.code).toBe('signature_wrong');
  const file = path.join(folder, 'keys.pem');
  await writeFile(file, 'no key');
  expect((await cli.json(['inspect', unsigned, '--key', file])).code).toBe(2);
});

test('what is printed for a person and for a ticket lets the token out nowhere', async () => {
  const token = await tokenOf('harbour-ks');
  const [, payload = '', signature = ''] = token.split('.');
  for (const words of [[], ['--explain'], ['--redacted']]) {
    const { out, err } = await cli.run(['inspect', '-', '--connection', 'harbour-ks', ...words], {
      stdin: token,
    });
    for (const secret of [payload, signature]) expect(out + err).not.toContain(secret);
    if (words[0] === '--redacted') expect(out).not.toContain('5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101');
  }
});
