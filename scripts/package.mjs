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
const runtime = values['without-runtime'] ? null : findRuntime();
const standIn = runtime === null ? makeStandIn() : null;
const output = values.output ?? (values['for-tests'] ? 'dist/for-tests' : 'dist');
const work = mkdtempSync(path.join(tmpdir(), 'latchkey-package-'));
const config = path.join(work, 'electron-builder.json');
writeFileSync(
  config,
  JSON.stringify({
    extends: path.join(root, 'electron-builder.yml'),
    files: notReached().map((file) => `!out/main/${file}`),
  }),
);
const settings = [
  `--config=${config}`,
  `-c.electronDist=${runtime ?? standIn}`,
  `-c.directories.output=${output}`,
  ...(values.signed ? ['-c.forceCodeSigning=true', '-c.mac.notarize=true'] : []),
  ...(values['for-tests'] ? ['-c.electronFuses.enableNodeCliInspectArguments=true'] : []),
];
// Without a runtime there is nothing to install: only the folder is made.
const targets = runtime === null ? ['--linux', 'dir', `--${process.arch}`] : [];
const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
const packaged = spawnSync(node, [builder, ...targets, ...settings, '--publish', 'never'], {
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
];
const open = [
  'that Electron starts it, and its own sandbox',
  'the check of the archive by Electron (fuse and asar integrity)',
  'installers (deb, rpm, AppImage, NSIS, dmg), signing, notarisation, updates',
];
console.log(
  `\nThe command line and the browser door: ${path.join(output, tarball.stdout.trim())} (npm install FILE)`,
);
if (runtime === null) {
  console.log(`The desktop: ${output}, WITHOUT Electron's runtime, which is not here. This does not start.`);
  console.log(`  as in a release, and checked by npm test: ${proven.join('; ')}`);
  console.log(`  not proven without the runtime: ${open.join('; ')}`);
} else {
  console.log(`The desktop: ${output}.`);
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
 * A folder with an "executable" that is nothing but a fuse wire, so that the fuses are set and can be read. The wire of
 * Electron 45 has nine places; the last (WasmTrapHandlers) has no name in electron-builder yet and keeps its default.
 */
function makeStandIn() {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-runtime-'));
  const constants = readFileSync(
    path.join(root, 'node_modules', '@electron', 'fuses', 'dist', 'constants.js'),
    'utf8',
  );
  const [, sentinel] = /SENTINEL = '(\w+)'/.exec(constants);
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101100011')]);
  writeFileSync(path.join(folder, 'electron'), wire, { mode: 0o755 });
  return folder;
}
