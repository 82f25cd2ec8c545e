// Builds `out/` when a source is newer than what was built last.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf, install, node, projectEnvironment, root } from './install.mjs';

const stamp = path.join(root, 'out', '.latchkey-built');

/** The doors and their helpers, the desktop's preload, then the screen. */
const configurations = ['vite.main.config.ts', 'vite.preload.config.ts', 'vite.config.ts'];

function sources() {
  const folders = ['main', 'preload', 'renderer'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  );
  return [...folders, 'package.json', 'package-lock.json', ...configurations].sort();
}

/** Builds where needed; `quiet` says nothing when nothing is to do. Ends the process where it fails. */
export function build() {
  const wanted = hashOf(sources());
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Building ...');
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  for (const config of configurations) {
    const result = spawnSync(node, [vite, 'build', '--config', config], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: projectEnvironment(),
    });
    if (result.status !== 0) {
      console.error(`Building failed (${config}); see above.`);
      process.exit(result.status ?? 1);
    }
  }
  writeFileSync(stamp, wanted);
}

if (import.meta.filename === process.argv[1] || process.argv[1]?.endsWith('build.mjs')) {
  install();
  build();
}
