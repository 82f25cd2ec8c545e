#!/usr/bin/env node
import { processTerminal } from './cli/terminal.ts';
import { tokenShortcut } from './cli/token-shortcut.ts';

// The command line door. The process ends by itself when nothing is left to do, so that pipes are written out.
const argv = process.argv.slice(2);
const terminal = processTerminal();
process.exitCode = (await tokenShortcut(argv, terminal)) ?? (await full());

async function full(): Promise<number> {
  const { runCommandLine } = await import('./cli/program.ts');
  const { version } = await import('./version.ts');
  return runCommandLine(argv, terminal, version);
}
