// `npm run tour`: installs, builds, and shows the whole path once, against the sandbox, with a keychain as real as this
// computer has one.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';
import { installSystemPackages, keychainPackages } from './system-packages.mjs';

install();
build();

const cli = path.join(root, 'out', 'main', 'cli.js');
const tour = path.join(root, 'scripts', 'tour-walk.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-tour-'));
const env = { ...projectEnvironment(), LATCHKEY_HOME: path.join(folder, 'profile') };

const [command, ...commandLine] = chooseKeychain();
// Ctrl-C reaches the tour itself, which ends what it started; this process only waits for it.
process.on('SIGINT', () => undefined);
const child = spawn(command, commandLine, { cwd: root, stdio: 'inherit', env });
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  throwAway(5);
  process.exitCode = signal === null ? (code ?? 1) : 1;
});

/** The command that runs the tour: with the user's keychain, with one of its own, or with an encrypted file. */
function chooseKeychain() {
  const doctor = spawnSync(node, [cli, 'doctor', '--json'], { encoding: 'utf8', env });
  const vault = readVault(doctor.stdout);
  if (vault?.state === 'open') {
    console.log('Keychain: yours. The tour takes its entries out again at the end.');
    return [node, tour];
  }
  const why = vault?.reason ? ` (${vault.reason.replaceAll('_', ' ')})` : '';
  if (process.platform === 'linux' && installSystemPackages(keychainPackages).length === 0) {
    console.log(
      `Keychain: none is open here${why}, so the tour runs with a gnome-keyring of its own, thrown away afterwards.`,
    );
    Object.assign(env, {
      HOME: folder,
      XDG_DATA_HOME: path.join(folder, 'data'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
      XDG_RUNTIME_DIR: folder,
      LATCHKEY_TOUR_NODE: node,
      LATCHKEY_TOUR: tour,
      LATCHKEY_TOUR_KEYRING: randomBytes(18).toString('base64url'),
    });
    const script =
      'printf %s "$LATCHKEY_TOUR_KEYRING" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; ' +
      'unset LATCHKEY_TOUR_KEYRING; exec "$LATCHKEY_TOUR_NODE" "$LATCHKEY_TOUR" 2>&3';
    // The bus's own remarks on standard error are not for a newcomer; the tour's are, by descriptor 3.
    return ['sh', '-c', 'exec dbus-run-session -- sh -c "$0" 3>&2 2>/dev/null', script];
  }
  console.log(
    `Keychain: none is open here${why}, so the tour keeps its tokens in a file encrypted with a passphrase of its own.`,
  );
  env.LATCHKEY_TOUR_PASSPHRASE = randomBytes(18).toString('base64url');
  return [node, tour];
}

function readVault(text) {
  try {
    return JSON.parse(text).vault;
  } catch {
    return null;
  }
}

/** The keyring writes once more while it ends with its bus, so its folder is removed until it stays away. */
function throwAway(times) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (times > 1) setTimeout(() => throwAway(times - 1), 400);
}
