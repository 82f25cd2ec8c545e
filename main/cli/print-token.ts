import { type CommonOptions, type Context, openConsole } from './context.ts';
import { printFailure } from './output.ts';
import { tokenText } from './token-text.ts';

/** Prints the access token alone on stdout. @returns the exit code */
export async function printToken(context: Context, name: string, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const found = console.value.connections.find(name);
  if (!found.ok) return printFailure(terminal, found.error, options);
  const access = await console.value.sessions.access(found.value, terminal.signal);
  if (!access.ok) return printFailure(terminal, access.error, options);
  const { session, warning } = access.value;
  if (warning !== null) {
    const apart = warning.code.startsWith('vault_') || warning.code === 'sign_in_needed';
    const why = apart ? '' : 'renewing failed, this token still lives: ';
    terminal.note(`latchkey: ${why}${warning.message}`);
    terminal.note(`  ${warning.hint} (${warning.code})`);
  }
  await terminal.out(tokenText(session, options.json === true));
  return 0;
}
