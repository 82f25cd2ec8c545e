#!/usr/bin/env node
import { runCommandLine } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { version } from './version.ts';

// The command line door. The process ends by itself when nothing is left to do, so that pipes are written out.
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal(), version);
