import type { Command } from 'commander';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { isoTime, lifeLeft } from './life.ts';
import { printFailure, printJson } from './output.ts';

interface LoginOptions extends CommonOptions {
  browser?: boolean;
}

/** `latchkey login N`: every grant; ends when signed in. With `--json` one JSON object a line, each with `event`. */
export function declareLogin(program: Command, context: Context): void {
  withCommonOptions(program.command('login <name>').description('sign a connection in'))
    .option('--no-browser', 'print the address to open instead of opening a browser')
    .action(async (name: string, options: LoginOptions) => {
      context.exitCode = await login(context, name, options);
    });
}

async function login(context: Context, name: string, options: LoginOptions): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const found = console.value.connections.find(name);
  if (!found.ok) return printFailure(terminal, found.error, options);
  const connection = found.value;

  const before = await console.value.sessions.stored(connection);
  const signedIn = await console.value.sessions.signIn(connection, {
    signal: terminal.signal,
    openBrowser: options.browser !== false,
    report: (event) => {
      if (event.event === 'browser_failed') {
        terminal.note(`${event.failure.message} Open the address above yourself.`);
      } else if (options.json) {
        void printJson(terminal, { event: event.event, url: event.url });
      } else {
        terminal.note(
          options.browser === false
            ? 'Open this address in a browser on this computer:'
            : 'A browser tab was opened. If you do not see it, open this address:',
        );
        terminal.note(`  ${event.url}`);
        terminal.note('Waiting for you to sign in there (Ctrl-C cancels) ...');
      }
    },
  });
  if (!signedIn.ok) return printFailure(terminal, signedIn.error, options);
  const { subject, displayName, expiresAt } = signedIn.value;
  if (before.ok && before.value !== null && before.value.subject !== subject) {
    // Another person's lists are not this one's.
    const forgotten = await (await console.value.lists()).forget(connection.id);
    if (!forgotten.ok) return printFailure(terminal, forgotten.error, options);
  }
  if (options.json) {
    await printJson(terminal, {
      event: 'signed_in',
      connection: connection.name,
      subject,
      displayName: displayName ?? null,
      expiresAt: isoTime(expiresAt),
    });
  } else {
    terminal.note(
      `${connection.name} is signed in as ${displayName ? `${displayName} (${subject})` : subject}, ${lifeLeft(expiresAt, console.value.clock.now())}.`,
    );
  }
  return 0;
}
