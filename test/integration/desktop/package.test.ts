import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import type { Configuration } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import burnFurtherFuses from '../../../scripts/fuses.ts';
import { startKeyring } from '../../support/keyring.ts';
import { newHome, removeHomes, startDesktop } from '../../e2e/desktop/desktop.ts';

// What electron-builder packs, into a runtime that is none: contents, archive and fuses are those of a release.

/** `Required`: a fuse that electron-builder learns of does not compile until it is stated here, and below in the test. */
const fuses: Required<NonNullable<Configuration['electronFuses']>> = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
  resetAdHocDarwinSignature: true,
};
/** electron-builder has no name for the last one yet: scripts/fuses.ts burns it. One more in Electron would not compile. */
const wire = {
  [FuseV1Options.RunAsNode]: fuses.runAsNode,
  [FuseV1Options.EnableCookieEncryption]: fuses.enableCookieEncryption,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: fuses.enableNodeOptionsEnvironmentVariable,
  [FuseV1Options.EnableNodeCliInspectArguments]: fuses.enableNodeCliInspectArguments,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: fuses.enableEmbeddedAsarIntegrityValidation,
  [FuseV1Options.OnlyLoadAppFromAsar]: fuses.onlyLoadAppFromAsar,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: fuses.loadBrowserProcessSpecificV8Snapshot,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: fuses.grantFileProtocolExtraPrivileges,
  [FuseV1Options.WasmTrapHandlers]: true,
} satisfies Record<FuseV1Options, boolean>;

/** What stands before the fuses in an executable (`SENTINEL` of @electron/fuses, which it does not export). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** How an enabled fuse is written in the executable: the digit one. */
const enabled = '1'.charCodeAt(0);

const root = path.resolve(import.meta.dirname, '../../..');
const target = `${process.platform}-${process.arch}`;
const largestArchive = 4 * 1024 * 1024;

let folder: string;
let unpacked: string;
let files: string[];

async function pack(name: string, ...options: string[]): Promise<string> {
  const output = path.join(folder, name);
  const words = ['--without-runtime', '--no-build', '--output', output, ...options];
  const script = path.join(root, 'scripts', 'package.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words], { cwd: root });
  expect(stdout).toContain("WITHOUT Electron's runtime");
  const [packed = ''] = (await readdir(output)).filter((entry) => entry.endsWith('unpacked'));
  return path.join(output, packed);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-package-'));
  unpacked = await pack('release');
  files = listPackage(archive(), { isPack: false }).filter(
    (file) => path.extname(file) !== '' || file === '/LICENSE',
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function archive(): string {
  return path.join(unpacked, 'resources', 'app.asar');
}

/** The fuses as they stand in the packaged executable, by number. */
async function fuseWire(packed: string): Promise<Record<string, boolean>> {
  const states = Object.entries(await getCurrentFuseWire(path.join(packed, 'latchkey-desktop')));
  return Object.fromEntries(
    states.filter(([key]) => key !== 'version').map(([key, state]) => [key, Number(state) === enabled]),
  );
}

test('every fuse is stated in electron-builder.yml, and as it should be', async () => {
  const text = await readFile(path.join(root, 'electron-builder.yml'), 'utf8');
  const block = /^electronFuses:\n((?: {2}.*\n)*)/m.exec(text)?.[1] ?? '';
  const stated = block
    .trim()
    .split('\n')
    .map((line) => line.trim().split(': '));
  expect(Object.fromEntries(stated)).toEqual(
    Object.fromEntries(Object.entries(fuses).map(([name, value]) => [name, String(value)])),
  );
});

test('the executable has these fuses', async () => {
  expect(await fuseWire(unpacked)).toEqual(wire);
});

test('a fuse is burnt that electron-builder has no name for, and one that nobody has decided on ends the packaging', async () => {
  const burn = (places: string): Promise<void> => {
    writeFileSync(
      path.join(folder, 'program'),
      Buffer.concat([Buffer.from(sentinel), Buffer.from([1, places.length]), Buffer.from(places)]),
    );
    return burnFurtherFuses({
      appOutDir: folder,
      electronPlatformName: 'linux',
      packager: { appInfo: { productFilename: 'Program' }, executableName: 'program' },
    });
  };
  await burn('101100010');
  expect((await readFile(path.join(folder, 'program'))).toString('latin1')).toMatch(/101100011$/);
  await expect(burn('1011000110')).rejects.toThrow('fuses that nobody has decided on (number 9)');
});

test('the build for tests is the release but for one fuse', async () => {
  const tested = await pack('tested', '--for-tests');
  const changed = Object.entries(await fuseWire(tested)).filter(
    ([fuse, state]) => state !== new Map(Object.entries(wire)).get(fuse),
  );
  expect(changed).toEqual([[String(FuseV1Options.EnableNodeCliInspectArguments), true]]);
  expect(listPackage(path.join(tested, 'resources', 'app.asar'), { isPack: false })).toEqual(
    listPackage(archive(), { isPack: false }),
  );
});

test('the archive holds what runs on this platform, and nothing else', () => {
  const others = files.filter((file) => !file.startsWith('/out/'));
  expect(others.sort()).toEqual(
    [
      ...['/LICENSE', '/node_modules/keytar/LICENSE.md', '/node_modules/keytar/lib/keytar.js'],
      ...['/node_modules/keytar/package.json', `/node_modules/keytar/prebuilds/${target}/keytar.node`],
      '/package.json',
    ].sort(),
  );
  // The words of the licences under which others' code is in the bundles.
  expect(files.filter((file) => file.endsWith('.txt'))).toEqual([
    '/out/main/THIRD-PARTY.txt',
    '/out/renderer/THIRD-PARTY.txt',
  ]);
  expect(files.filter((file) => file.startsWith('/out/preload/'))).toEqual(['/out/preload/desktop.cjs']);
  expect(files.filter((file) => /\.(map|ts|svelte|md)$/.test(file) && !file.endsWith('LICENSE.md'))).toEqual(
    [],
  );
});

test('everything in it can be reached from what Electron starts, and nothing is missing', () => {
  const packed = new Set(files.filter((file) => /^\/out\/main\/.*\.js$/.test(file)));
  const reached = new Set<string>();
  const open = ['desktop.js', 'directory-worker.js', 'keytar-helper.js'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const file = `/out/main/${name}`;
    if (reached.has(file)) continue;
    reached.add(file);
    const text = extractFile(archive(), file.slice(1)).toString();
    for (const [, imported] of text.matchAll(/["'`]\.\/([\w-]+\.js)["'`]/g))
      if (imported) open.push(imported);
  }
  expect([...packed].filter((file) => !reached.has(file))).toEqual([]);
  expect([...reached].filter((file) => !packed.has(file))).toEqual([]);
});

test('every built script is strict, as the modules are that it was made of', () => {
  const scripts = files.filter((file) => /^\/out\/main\/.*\.js$/.test(file));
  expect(scripts).toContain('/out/main/desktop.js');
  const sloppy = scripts.filter(
    (file) => !extractFile(archive(), file.slice(1)).toString().startsWith('"use strict";'),
  );
  expect(sloppy).toEqual([]);
});

test("Electron starts the desktop door, and only keytar's binary lies outside the archive", async () => {
  const manifest = JSON.parse(extractFile(archive(), 'package.json').toString()) as { main: string };
  expect(manifest.main).toBe('out/main/desktop.js');
  const outside = await readdir(`${archive()}.unpacked`, { recursive: true });
  expect(outside.filter((file) => path.extname(file) !== '')).toEqual([
    path.join('node_modules', 'keytar', 'prebuilds', target, 'keytar.node'),
  ]);
});

test('keytar has a binary for every processor that packages are made for', () => {
  const made = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
  const there = made.filter((name) =>
    existsSync(path.join(root, 'node_modules', 'keytar', 'prebuilds', name, 'keytar.node')),
  );
  expect(there).toEqual(made);
});

interface Installer {
  /** What fpm is told. */
  readonly words: readonly string[];
  readonly entry: string;
  readonly file: string;
}

/** What electron-builder asks of fpm for a .deb and a .rpm of the packed folder, without its runtime. */
async function linuxInstallers(): Promise<Record<'deb' | 'rpm', Installer>> {
  const output = path.join(folder, 'installers');
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  const config = ['--config', 'electron-builder.yml', `-c.directories.output=${output}`];
  await promisify(execFile)(
    process.execPath,
    [builder, '--prepackaged', unpacked, '--linux', 'deb', 'rpm', `--${process.arch}`, ...config],
    {
      cwd: root,
      env: { ...process.env, CUSTOM_FPM_PATH: path.join(root, 'test', 'support', 'fpm-stand-in.mjs') },
    },
  );
  const names = await readdir(output);
  const read = async (ending: string): Promise<Installer> => {
    const file = path.join(output, names.find((name) => name.endsWith(ending)) ?? ending);
    const words = JSON.parse(await readFile(`${file}.json`, 'utf8')) as string[];
    return { words, entry: await readFile(`${file}.desktop`, 'utf8'), file };
  };
  return { deb: await read('.deb'), rpm: await read('.rpm') };
}

/** What follows each mention of a word. */
function all(words: readonly string[], word: string): string[] {
  return words.flatMap((found, at) => (found === word ? [words[at + 1] ?? ''] : []));
}

test('the .deb and the .rpm bring what keytar and the sandbox need, and are found by the desktop', async () => {
  const { deb, rpm } = await linuxInstallers();
  expect(all(deb.words, '-d')).toContain('libsecret-1-0');
  expect(all(deb.words, '--deb-recommends')).toEqual(['gnome-keyring']);
  expect(all(rpm.words, '-d')).toContain('(libsecret or libsecret-1-0)');
  expect(all(rpm.words, '--rpm-rpmbuild-define')).toEqual(['_build_id_links none']);
  for (const { words, entry, file } of [deb, rpm]) {
    expect(words).toContain(`${unpacked}/=/opt/Latchkey`);
    // Desktops look for icons in the sizes of the hicolor theme alone.
    const icons = words.filter((word) => word.endsWith('/apps/latchkey-desktop.png'));
    expect(icons.map((word) => /hicolor\/(\d+)x/.exec(word)?.[1])).toEqual([
      '16',
      '32',
      '48',
      '64',
      '128',
      '256',
      '512',
    ]);
    // The window's app id is `desktopName` of the packed package.json.
    expect(words.some((word) => word.endsWith('=/usr/share/applications/latchkey-desktop.desktop'))).toBe(
      true,
    );
    expect(entry.split('\n')).toEqual(
      expect.arrayContaining([
        'Name=Latchkey',
        'Exec=/opt/Latchkey/latchkey-desktop %U',
        'Icon=latchkey-desktop',
        'StartupWMClass=Latchkey',
        'Categories=Utility;',
      ]),
    );
    for (const script of ['after-install', 'after-remove'])
      await promisify(execFile)('bash', ['-n', `${file}.${script}`]);
  }
  const manifest = JSON.parse(extractFile(archive(), 'package.json').toString()) as { desktopName: string };
  expect(manifest.desktopName).toBe('latchkey-desktop.desktop');
  // The profile that after-install copies to /etc/apparmor.d.
  const profile = await readFile(path.join(unpacked, 'resources', 'apparmor-profile'), 'utf8');
  expect(profile).toContain(
    'profile "latchkey-desktop" "/opt/Latchkey/latchkey-desktop" flags=(unconfined) {\n  userns,',
  );
  expect(await readFile(`${deb.file}.after-install`, 'utf8')).toContain(
    "APPARMOR_PROFILE_TARGET='/etc/apparmor.d/latchkey-desktop'",
  );
});

test('the archive stays small', async () => {
  expect((await stat(archive())).size).toBeLessThan(largestArchive);
});

test('what is packed starts on the stand-in, with a keychain and the sandbox, and needs nothing else', async () => {
  const app = path.join(folder, 'extracted');
  extractAll(archive(), app);
  const keyring = await startKeyring();
  const program = path.join(app, 'out', 'main', 'desktop.js');
  const desktop = await startDesktop(keyring.env, await newHome(), program);
  try {
    await desktop.page.getByRole('contentinfo').getByText('Keychain open').waitFor();
    await desktop.page.getByRole('button', { name: 'Explore with the sandbox' }).click();
    await desktop.page.getByText('4 connections · 0 signed in').waitFor();
    await desktop.page.getByRole('button', { name: 'Sign in: sandbox-konexus' }).click();
    await desktop.page.getByRole('button', { name: 'Renew: sandbox-konexus' }).waitFor();
  } finally {
    expect(await desktop.stop()).toBe(0);
    await keyring.stop();
    await removeHomes();
  }
});
