import { Command, CommanderError } from 'commander';
import type { Context } from './cli/context.ts';
import { declareServe } from './cli/serve.ts';
import { processTerminal } from './cli/terminal.ts';

// The browser door by itself, for starting it from source; `latchkey serve` is the same.
const context: Context = { terminal: processTerminal(), exitCode: 0, console: null };
const program = new Command('latchkey').exitOverride();
declareServe(program, context);
try {
  await program.parseAsync(['serve', ...process.argv.slice(2)], { from: 'user' });
} catch (error) {
  // Commander has printed it.
  if (error instanceof CommanderError) context.exitCode = error.exitCode === 0 ? 0 : 2;
  else throw error;
}
process.exitCode = context.exitCode;
