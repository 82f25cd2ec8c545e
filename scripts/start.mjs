// `npm start`: installs and builds what has changed, then opens the console.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';

install();
build();

console.log('No desktop window yet, so the console opens in your browser.');
const cli = path.join(root, 'out', 'main', 'cli.js');
const door = spawn(node, [cli, 'serve', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: projectEnvironment(),
});
// Ctrl-C reaches the door itself, which says goodbye to its screens; this process only waits for it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => door.kill('SIGTERM'));
door.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
