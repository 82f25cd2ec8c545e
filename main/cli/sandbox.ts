import { type Command, InvalidArgumentError } from 'commander';
import { once } from 'node:events';
import type { SandboxDescription } from '../sandbox/description.ts';
import type { Failure } from '../../preload/errors.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Context } from './context.ts';
import { wholeNumber } from './number.ts';
import { printFailure, printJson } from './output.ts';
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
      let sandbox: Sandbox;
      try {
        sandbox = await startSandbox({
          ...(options.users !== undefined && { users: options.users }),
          ...(options.port !== undefined && { port: options.port }),
          ...(options.switch !== undefined && { switches: options.switch }),
        });
      } catch (error) {
        context.exitCode = await printFailure(terminal, startFailure(error, options), options);
        return;
      }
      // Asked for before it is printed: whoever reads the description may end us at once.
      const ended = once(terminal.signal, 'abort');
      if (options.json) await printJson(terminal, sandbox.description);
      else await terminal.out(describe(sandbox.description));
      // A signal that came while it started is over.
      if (!terminal.signal.aborted) await ended;
      await sandbox.close();
    });
}

/** The sandbox shares nothing with the rest of the core, so it throws: a RangeError for a switch, the system's for a port. */
function startFailure(error: unknown, { port }: SandboxOptions): Failure {
  if (error instanceof RangeError) {
    return { code: 'input_invalid', message: error.message, hint: 'docs/providers.md lists the switches.' };
  }
  if ((error as { code?: unknown } | null)?.code === 'EADDRINUSE') {
    return {
      code: 'port_unavailable',
      message: `One of the ports ${port ?? 0} to ${(port ?? 0) + 4} is in use.`,
      hint: 'Choose another with --port, or leave it out for any free ones.',
    };
  }
  throw error;
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
