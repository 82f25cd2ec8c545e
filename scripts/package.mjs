// `npm run package`: packages the desktop console with electron-builder, as electron-builder.yml says.
//   --for-tests        a build that Playwright can drive: exactly one fuse is another (enableNodeCliInspectArguments)
//   --signed           refuses what cannot be signed, and has the macOS app notarised
//   --without-runtime  does not look for Electron's runtime: packs into a folder that can be looked at, not started
//   --output FOLDER    instead of dist
//   --no-build         takes out/ as it is
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { findRuntime } from './electron-runtime.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';

const { values } = parseArgs({
  options: {
    'for-tests': { type: 'boolean', default: false },
    'without-runtime': { type: 'boolean', default: false },
    signed: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});

if (!values['no-build']) {
  install();
  build();
}
if (values.signed) refuseWithoutNotary();
const runtime = values['without-runtime'] ? null : findRuntime();
const standIn = runtime === null ? makeStandIn() : null;
const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
const output = values.output ?? (values['for-tests'] ? 'dist/for-tests' : 'dist');
const work = mkdtempSync(path.join(tmpdir(), 'latchkey-package-'));
const config = path.join(work, 'electron-builder.json');
writeFileSync(
  config,
  JSON.stringify({
    extends: path.join(root, 'electron-builder.yml'),
    files: notReached().map((file) => `!out/main/${file}`),
    // Else electron-builder believes whatever list of checksums lies beside what it downloads.
    electronDownload: { checksums: electronChecksums() },
  }),
);
const settings = [
  `--config=${config}`,
  `-c.directories.output=${output}`,
  ...distribution(),
  ...(values.signed ? ['-c.forceCodeSigning=true', '-c.mac.notarize=true'] : []),
  ...(values['for-tests'] ? ['-c.electronFuses.enableNodeCliInspectArguments=true'] : []),
];
const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
const packaged = spawnSync(node, [builder, ...targets(), ...settings, '--publish', 'never'], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: projectEnvironment(),
});
for (const folder of [work, standIn]) if (folder !== null) rmSync(folder, { recursive: true, force: true });
if (packaged.status !== 0) {
  console.error('Packaging failed; see above.');
  process.exit(packaged.status ?? 1);
}
const tarball = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', output], {
  cwd: root,
  encoding: 'utf8',
  env: projectEnvironment(),
  shell: process.platform === 'win32',
});
if (tarball.status !== 0) {
  console.error(`npm pack failed: ${tarball.stderr}`);
  process.exit(1);
}

const proven = [
  'contents of the archive',
  'every fuse in the executable',
  'only the binary of keytar outside the archive',
  'what the .deb and the .rpm are told to bring (no package of them is made)',
  'that the halves of the macOS app become one (on a skeleton)',
];
const open = [
  'that Electron starts it, and its own sandbox',
  'the check of the archive by Electron (fuse and asar integrity)',
  'that the installers (deb, rpm, AppImage, NSIS, dmg) are made and install; signing, notarisation, updates',
];
console.log(
  `\nThe command line and the browser door: ${path.join(output, tarball.stdout.trim())} (npm install FILE)`,
);
if (runtime === null) {
  console.log(`The desktop: ${output}, WITHOUT Electron's runtime, which is not here. This does not start.`);
  console.log(`  as in a release, and checked by npm test: ${proven.join('; ')}`);
  console.log(`  not proven without the runtime: ${open.join('; ')}`);
} else {
  console.log(`The desktop: ${output}${values.signed ? '' : ', unsigned'}.`);
  console.log('  checked by npm test: the same as without a runtime');
  console.log('  to be tried by hand: that each installer installs, starts, updates and goes again');
}

/**
 * What electron-builder is to make: nothing said is everything that electron-builder.yml lists for this system. Only the
 * folder where there is nothing to install (no runtime), where a test starts it, and where the one runtime that was named
 * is not of every processor that the installers are for.
 */
function targets() {
  const { platform, arch } = process;
  if (runtime === null) return ['--linux', 'dir', `--${arch}`];
  if (!values['for-tests'] && (!named || platform === 'linux')) return [];
  const system = { linux: '--linux', darwin: '--mac', win32: '--win' }[platform];
  return [system, 'dir', `--${arch}`];
}

/** Where the runtime comes from. The installed one is of this computer's processor alone: electron-builder fetches each one's. */
function distribution() {
  const folder = standIn ?? named;
  return folder ? [`-c.electronDist=${folder}`] : [];
}

/** SHA-256 of Electron's release files, as they stand in its npm package, which package-lock.json pins. */
function electronChecksums() {
  return JSON.parse(readFileSync(path.join(root, 'node_modules', 'electron', 'checksums.json'), 'utf8'));
}

/** Without these electron-builder says that it skips the notarisation, and goes on. */
function refuseWithoutNotary() {
  const needed = ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'];
  const missing = process.platform === 'darwin' ? needed.filter((name) => !process.env[name]) : [];
  if (missing.length === 0) return;
  console.error(`--signed needs ${missing.join(', ')} for Apple's notarisation (APPLE_API_KEY is a file).`);
  process.exit(1);
}

/** The built files that neither the desktop door nor a helper of it ever loads: the other doors' own. */
function notReached() {
  const folder = path.join(root, 'out', 'main');
  const reached = new Set();
  const open = ['desktop.js', 'directory-worker.js', 'keytar-helper.js'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = readFileSync(path.join(folder, file), 'utf8');
    open.push(...[...text.matchAll(/["'`]\.\/([\w-]+\.js)["'`]/g)].map(([, imported]) => imported));
  }
  return readdirSync(folder).filter((file) => file.endsWith('.js') && !reached.has(file));
}

/**
 * A folder with an "executable" that is nothing but a fuse wire, so that the fuses are set and can be read: nine places, as
 * Electron 45 has them; the last is off here, so that it shows whether scripts/fuses.ts has run.
 */
function makeStandIn() {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-runtime-'));
  const constants = readFileSync(
    path.join(root, 'node_modules', '@electron', 'fuses', 'dist', 'constants.js'),
    'utf8',
  );
  const [, sentinel] = /SENTINEL = '(\w+)'/.exec(constants);
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101100010')]);
  writeFileSync(path.join(folder, 'electron'), wire, { mode: 0o755 });
  return folder;
}
