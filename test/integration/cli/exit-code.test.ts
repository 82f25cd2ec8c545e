import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const door = path.resolve(import.meta.dirname, '../../../main/cli.ts');

/** The exit code of the door itself, with a module loaded before it. */
function exitCode(words: readonly string[], before: string): Promise<number | null> {
  const options = ['--disable-warning=ExperimentalWarning', `--import=data:text/javascript,${before}`];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...options, door, ...words], { timeout: 60_000 }, () => {
      resolve(child.exitCode);
    });
  });
}

test('a command that stops in the middle, with nothing left that could go on, has not succeeded', async () => {
  // What it prints is taken by nobody, and nobody says so.
  expect(await exitCode(['--version'], 'process.stdout.write=()=>true')).toBe(1);
  expect(await exitCode(['--version'], '')).toBe(0);
});
