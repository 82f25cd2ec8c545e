import { type Command, InvalidArgumentError } from 'commander';
import { once } from 'node:events';
import type { SandboxDescription } from '../sandbox/description.ts';
import type { Context } from './context.ts';
import { printJson } from './output.ts';
import { table } from './table.ts';

interface SandboxOptions {
  json?: boolean;
  users?: number;
  port?: number;
  switch?: Record<string, string>;
}

/** `latchkey sandbox`: the four vendors on loopback; runs until a signal ends it (exit 0). */
export function declareSandbox(program: Command, context: Context): void {
  program
    .command('sandbox')
    .description('run the four platforms on this computer, with invented people, to try things out')
    .option('--json', 'print one JSON object once ready')
    .option('--users <n>', 'grow the largest list to n users', wholeNumber(1, 1_000_000))
    .option('--port <p>', 'use ports p to p+4', wholeNumber(1, 65_531))
    .option('--switch <name=value>', 'change an assumption; may be repeated', collectSwitch)
    .action(async (options: SandboxOptions) => {
      const { terminal } = context;
      const { startSandbox } = await import('../sandbox/sandbox.ts');
      const sandbox = await startSandbox({
        ...(options.users !== undefined && { users: options.users }),
        ...(options.port !== undefined && { port: options.port }),
        ...(options.switch !== undefined && { switches: options.switch }),
      });
      const ended = once(terminal.signal, 'abort');
      if (options.json) await printJson(terminal, sandbox.description);
      else await terminal.out(describe(sandbox.description));
      await ended;
      await sandbox.close();
    });
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least || number > most) {
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    }
    return number;
  };
}

function collectSwitch(text: string, all: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('A switch is given as name=value.');
  return { ...all, [text.slice(0, equals)]: text.slice(equals + 1) };
}

function describe({ control, vendors }: SandboxDescription): string {
  const parts = [`The sandbox is ready. Everything in it is invented. Control: ${control}\n`];
  for (const vendor of vendors) {
    parts.push(
      `\n${vendor.provider}\n  token endpoint  ${vendor.tokenEndpoint}\n  API             ${vendor.apiBase}\n\n`,
    );
    parts.push(
      indent(
        table(
          [
            { title: 'grant', value: (client) => client.grant },
            { title: 'client id', value: (client) => client.clientId },
            { title: 'client secret', value: (client) => client.clientSecret },
            { title: 'auth', value: (client) => client.clientAuth },
            { title: 'scope', value: (client) => client.scope },
          ],
          vendor.clients,
        ),
      ),
    );
    if (vendor.accounts.length > 0) {
      parts.push('\n');
      parts.push(
        indent(
          table(
            [
              { title: 'account', value: (account) => account.username },
              { title: 'password', value: (account) => account.password },
              { title: 'role', value: (account) => account.role },
            ],
            vendor.accounts,
          ),
        ),
      );
    }
  }
  parts.push('\nCtrl-C ends it.\n');
  return parts.join('');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
