// `npm start`: installs and builds what has changed, then opens the console: as a desktop window where there is an
// Electron runtime and a display, else in the browser.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { findRuntime, runtimeProgram } from './electron-runtime.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';

install();
build();

const [program, ...words] = chooseDoor();
const door = spawn(program, [...words, ...process.argv.slice(2)], {
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

function chooseDoor() {
  const browser = [node, path.join(root, 'out', 'main', 'cli.js'), 'serve'];
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) {
    console.log('There is no display for a desktop window, so the console opens in your browser.');
    return browser;
  }
  const runtime = findRuntime();
  if (runtime === null) {
    console.log("Electron's runtime cannot be had here, so the console opens in your browser.");
    return browser;
  }
  return [runtimeProgram(runtime), path.join(root, 'out', 'main', 'desktop.js')];
}
