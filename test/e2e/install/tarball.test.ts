import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type CommandLine, type SandboxDescription, commandLine } from '../../support/cli.ts';
import { add, clientOf, login, vendorOf } from '../../support/connect.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';

// The package as npm makes it, installed into an empty folder and used there alone.

const root = path.resolve(import.meta.dirname, '../../..');
const npm = promisify(execFile);

let folder: string;
let installed: string;
let keyring: TestKeyring;
let cli: CommandLine;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-tarball-'));
  keyring = await startKeyring();
  await npm('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball = ''] = await readdir(folder);
  const place = path.join(folder, 'place');
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  await npm('npm', [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--prefix',
    place,
    path.join(folder, tarball),
  ]);
  installed = path.join(place, 'node_modules', 'latchkey');
  const program = path.join(installed, 'out', 'main', 'cli.js');
  cli = commandLine({ ...keyring.env, LATCHKEY_HOME: path.join(folder, 'profile') }, program);
});

afterAll(async () => {
  for (const end of ends) await end();
  await keyring.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Starts a command that goes on; the first line that it prints. */
async function started(words: readonly string[]): Promise<string> {
  const child = cli.start(words);
  ends.push(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) expect(await once(child, 'exit')).toEqual([0, null]);
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return line;
}

test('brings what runs, one package of others, and no source, map or desktop', async () => {
  const files = await readdir(installed, { recursive: true });
  expect(
    files.filter((file) =>
      /\.(ts|svelte|map)$|desktop\.(js|cjs)$|updater-|^(test|scripts|main|renderer)\//.test(file),
    ),
  ).toEqual([]);
  const others = await readdir(path.dirname(installed));
  expect(others.filter((name) => !name.startsWith('.'))).toEqual(['keytar', 'latchkey', 'node-addon-api']);
  const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect((await cli.run(['--version'])).out.trim()).toBe(manifest.version);
});

test('doctor finds nothing amiss', async () => {
  const { code, value } = await cli.json(['doctor']);
  expect(code, JSON.stringify(value)).toBe(0);
});

test('sandbox, login, installations and users work', async () => {
  const description = JSON.parse(await started(['sandbox', '--json'])) as SandboxDescription;
  const vendor = vendorOf(description, 'salto-ks');
  const client = clientOf(vendor, 'authorization_code');
  const browser = await openChromium();
  await login(cli, browser, vendor, client, await add(cli, vendor, client, 'harbour-ks'));
  await browser.close();
  expect((await cli.run(['installations', 'harbour-ks'])).out).toContain('Harbour House');
  const { value } = await cli.json(['users', 'harbour-ks', 'Harbour House']);
  expect((value as unknown[]).length).toBeGreaterThan(5);
});

test('serve shows the console', async () => {
  const { url } = JSON.parse(await started(['serve', '--no-open', '--json'])) as { url: string };
  const browser = await openChromium();
  const page = await browser.newPage();
  await page.goto(url);
  await page
    .getByRole('contentinfo')
    .getByText('1 signed in')
    .or(page.getByText('harbour-ks'))
    .first()
    .waitFor();
  await browser.close();
});
