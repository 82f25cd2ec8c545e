import type { Command } from 'commander';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { printFailure, printJson } from './output.ts';
import { renewalWait } from './renewal-wait.ts';

/** `latchkey logout N`: revokes where the server can, always removes the session; the credentials stay. */
export function declareLogout(program: Command, context: Context): void {
  withCommonOptions(program.command('logout <name>').description('sign a connection out')).action(
    async (name: string, options: CommonOptions) => {
      const { terminal } = context;
      const console = await openConsole(context, options);
      const found = console.ok ? console.value.connections.find(name) : console;
      const signedOut =
        console.ok && found.ok
          ? await console.value.sessions.signOut(
              found.value,
              terminal.signal,
              renewalWait(terminal, found.value.name),
            )
          : null;
      terminal.progress('');
      if (!found.ok) context.exitCode = await printFailure(terminal, found.error, options);
      else if (signedOut?.ok === false)
        context.exitCode = await printFailure(terminal, signedOut.error, options);
      else if (console.ok && signedOut?.ok) {
        const { revoked, failure } = signedOut.value;
        const forgotten = await (await console.value.lists()).forget(found.value.id);
        if (!forgotten.ok) {
          context.exitCode = await printFailure(terminal, forgotten.error, options);
          return;
        }
        if (failure !== null)
          terminal.note(`The tokens could not be revoked at the server: ${failure.message}`);
        if (options.json) await printJson(terminal, { connection: found.value.name, revoked });
        else
          terminal.note(
            `${found.value.name} is signed out${revoked === 'done' ? ', its tokens are revoked' : ''}.`,
          );
      }
    },
  );
}
