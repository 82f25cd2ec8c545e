// Debian packages that tests and the tour need: installed through apt when root, else named in a clear message.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
const hasLibrary = (file) =>
  ['/usr/lib', '/lib'].some((folder) =>
    ['x86_64-linux-gnu', 'aarch64-linux-gnu', 'arm-linux-gnueabihf', '.'].some((part) =>
      existsSync(`${folder}/${part}/${file}`),
    ),
  );

/** Debian's name of each package and how to see that it is there. */
export const keychainPackages = {
  dbus: () => has('dbus-daemon') && has('dbus-run-session'),
  'gnome-keyring': () => has('gnome-keyring-daemon'),
  'libsecret-1-0': () => hasLibrary('libsecret-1.so.0'),
};
export const testPackages = {
  ...keychainPackages,
  chromium: () => has('chromium'),
  xvfb: () => has('Xvfb'),
  curl: () => has('curl'),
  'bash-completion': () => existsSync('/usr/share/bash-completion/bash_completion'),
};

/**
 * Installs what is missing.
 * @returns the packages that are still missing afterwards (empty = all there)
 */
export function installSystemPackages(packages) {
  const missing = () =>
    Object.entries(packages)
      .filter(([, present]) => !present())
      .map(([name]) => name);
  const wanted = missing();
  if (wanted.length === 0 || process.platform !== 'linux') return wanted;
  if (process.getuid?.() !== 0 || !has('apt-get')) return wanted;
  console.log(`Installing Debian packages: ${wanted.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'pipe'], env, encoding: 'utf8' };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], quiet);
  if (result.status !== 0) console.error(result.stderr);
  return missing();
}
