import { runCommandLine } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { version } from './version.ts';

// The browser door by itself, for starting it from source; `latchkey serve` is the same.
process.exitCode = await runCommandLine(['serve', ...process.argv.slice(2)], processTerminal(), version);
