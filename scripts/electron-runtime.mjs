// Electron's runtime: the one named, the one installed, or one downloaded now. Some networks block its release host.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { node, root } from './install.mjs';

const electron = path.join(root, 'node_modules', 'electron');
const refused = path.join(root, 'node_modules', '.latchkey-no-runtime');
const downloadMs = 5 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * The folder of the runtime (`ELECTRON_OVERRIDE_DIST_PATH` wins), or null where none can be had. A download that failed
 * is tried again after a day, so that every start does not wait for it.
 */
export function findRuntime() {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (named) return named;
  if (!existsSync(path.join(electron, 'path.txt')) && !failedLately()) {
    console.log("Downloading Electron's runtime (once) ...");
    spawnSync(node, [path.join(electron, 'install.js')], { stdio: 'ignore', timeout: downloadMs });
    if (!existsSync(path.join(electron, 'path.txt'))) writeFileSync(refused, '');
  }
  return existsSync(path.join(electron, 'path.txt')) ? path.join(electron, 'dist') : null;
}

/** The program inside a runtime's folder. */
export function runtimeProgram(folder) {
  const names = path.join(electron, 'path.txt');
  return path.join(folder, existsSync(names) ? readFileSync(names, 'utf8') : 'electron');
}

function failedLately() {
  return existsSync(refused) && Date.now() - statSync(refused).mtimeMs < dayMs;
}
