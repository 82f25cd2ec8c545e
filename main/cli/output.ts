import { type Failure, exitCodes } from '../../preload/errors.ts';
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

/**
 * A provider's text made safe for a terminal: control characters and direction overrides could move the cursor or make
 * a name read as another one, so each becomes a visible mark.
 */
export function forTerminal(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, '\u00b7');
}
