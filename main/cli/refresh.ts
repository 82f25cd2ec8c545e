import type { Command } from 'commander';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { isoTime, lifeLeft } from './life.ts';
import { printFailure, printJson } from './output.ts';

/** `latchkey refresh N`: renews the session now. */
export function declareRefresh(program: Command, context: Context): void {
  withCommonOptions(program.command('refresh <name>').description('renew a session now')).action(
    async (name: string, options: CommonOptions) => {
      context.exitCode = await refresh(context, name, options);
    },
  );
}

async function refresh(context: Context, name: string, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const found = console.value.connections.find(name);
  if (!found.ok) return printFailure(terminal, found.error, options);
  const renewed = await console.value.sessions.renew(found.value, null, terminal.signal);
  if (!renewed.ok) return printFailure(terminal, renewed.error, options);
  const { expiresAt } = renewed.value;
  if (options.json)
    await printJson(terminal, { connection: found.value.name, expiresAt: isoTime(expiresAt) });
  else terminal.note(`${found.value.name} is renewed, ${lifeLeft(expiresAt, console.value.clock.now())}.`);
  return 0;
}
