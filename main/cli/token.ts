import type { Command } from 'commander';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { printFailure, printJson } from './output.ts';
import { isoTime } from './life.ts';

/** `latchkey token N`: the access token alone on stdout, renewed first where it ends soon. */
export function declareToken(program: Command, context: Context): void {
  withCommonOptions(program.command('token <name>').description('print the access token')).action(
    async (name: string, options: CommonOptions) => {
      context.exitCode = await token(context, name, options);
    },
  );
}

async function token(context: Context, name: string, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const found = await console.value.connections.find(name);
  if (!found.ok) return printFailure(terminal, found.error, options);
  const access = await console.value.sessions.access(found.value, terminal.signal);
  if (!access.ok) return printFailure(terminal, access.error, options);
  const { session, warning } = access.value;
  if (warning !== null)
    terminal.note(`latchkey: renewing failed, this token still lives: ${warning.message}`);
  if (options.json) {
    await printJson(terminal, { accessToken: session.accessToken, expiresAt: isoTime(session.expiresAt) });
  } else {
    await terminal.out(`${session.accessToken}\n`);
  }
  return 0;
}
