import { guarded } from './guarded.ts';
import { printToken } from './print-token.ts';
import type { Context } from './context.ts';
import type { Terminal } from './terminal.ts';

/**
 * `latchkey token NAME [--json]` without the whole command line's option parser: scripts call it for every request, and
 * it has a start-up budget. Everything else about `token` (other options, help, mistakes) goes the common way.
 * @returns the exit code, or null where this is something else
 */
export async function tokenShortcut(argv: readonly string[], terminal: Terminal): Promise<number | null> {
  const [command, name, option, ...rest] = argv;
  if (command !== 'token' || name === undefined || name.startsWith('-')) return null;
  if (rest.length > 0 || (option !== undefined && option !== '--json')) return null;
  const context: Context = { terminal, exitCode: 0, console: null };
  const options = option === undefined ? {} : { json: true };
  return guarded(context, options, () => printToken(context, name, options));
}
