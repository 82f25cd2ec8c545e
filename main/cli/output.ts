import { type Failure, exitCodes } from '../../preload/errors.ts';
import { forTerminal } from './for-terminal.ts';
import type { Terminal } from './terminal.ts';

/** How a command prints its result. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** One JSON value on one line. */
export async function printJson(terminal: Terminal, value: unknown): Promise<void> {
  await terminal.out(`${JSON.stringify(value)}\n`);
}

/**
 * Prints a failure: as `{"error":...}` on stdout with `--json`, else two lines on stderr.
 * @returns the exit code that belongs to it
 */
export async function printFailure(
  terminal: Terminal,
  failure: Failure,
  options: OutputOptions,
): Promise<number> {
  const { code, message, hint } = failure;
  if (options.json) await printJson(terminal, { error: { code, message, hint } });
  else {
    terminal.note(`latchkey: ${forTerminal(message)}`);
    terminal.note(`  ${forTerminal(hint)} (${code})`);
  }
  return exitCodes[code];
}
