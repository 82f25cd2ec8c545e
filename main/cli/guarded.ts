import type { Failure } from '../../preload/errors.ts';
import type { Context } from './context.ts';
import { type OutputOptions, printFailure } from './output.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs a command and closes its console, so that the process can end. What nobody foresaw becomes `unexpected`, also
 * where the closing fails. @returns the exit code
 */
export async function guarded(
  context: Context,
  options: OutputOptions,
  work: () => Promise<number>,
): Promise<number> {
  const { terminal } = context;
  let code: number;
  try {
    code = await work();
  } catch (error) {
    terminal.progress('');
    code = await printFailure(terminal, unexpected(error, terminal), options);
  }
  try {
    terminal.progress('');
    await context.console?.close();
  } catch (error) {
    // The result is printed already; a second JSON value would not be one.
    const { message } = unexpected(error, terminal);
    terminal.note(`latchkey: ${message}`);
    return code === 0 ? 1 : code;
  }
  return code;
}

/** What nobody foresaw. Only the kind of error is shown, and where it happened: its text could hold anything. */
function unexpected(error: unknown, terminal: Terminal): Failure {
  if (terminal.env.LATCHKEY_DEBUG && error instanceof Error) {
    for (const line of error.stack?.split('\n') ?? []) if (/^\s+at /.test(line)) terminal.note(line);
  }
  const name = error instanceof Error ? error.name : typeof error;
  const code = (error as { code?: unknown } | null)?.code;
  const kind = typeof code === 'string' && /^\w{1,60}$/.test(code) ? `${name}, ${code}` : name;
  return {
    code: 'unexpected',
    message: `Something failed that should not (${kind}).`,
    hint: 'Run it again with LATCHKEY_DEBUG=1 to see where, and report it.',
  };
}
