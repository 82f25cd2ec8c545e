#!/usr/bin/env node
import { exitCodes } from '../preload/errors.ts';
import { quickToken } from './cli/quick-token.ts';
import { writeAtOnce } from './cli/stdout.ts';
import type { Terminal } from './cli/terminal.ts';

// The command line door. The process ends by itself when nothing is left to do, so that pipes are written out.
const argv = process.argv.slice(2);
// Until it is known how it went: where nothing is left to do in the middle of a command, that is no success.
process.exitCode = exitCodes.unexpected;
void start();

async function start(): Promise<void> {
  const token = await quickToken(argv, process.env, process.platform);
  if (token === null) {
    process.exitCode = await full();
    return;
  }
  process.exitCode = 0;
  const rest = writeAtOnce(token);
  if (rest.length === 0) return;
  await terminal(); // knows what it means when stdout fails
  process.stdout.write(rest);
}

async function full(): Promise<number> {
  const [{ runCommandLine }, { version }] = await Promise.all([
    import('./cli/program.ts'),
    import('./version.ts'),
  ]);
  return runCommandLine(argv, await terminal(), version);
}

async function terminal(): Promise<Terminal> {
  return (await import('./cli/terminal.ts')).processTerminal();
}
