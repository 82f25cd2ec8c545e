import type { Command } from 'commander';
import { exitCodes } from '../../preload/errors.ts';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { forTerminal } from './for-terminal.ts';
import { printFailure, printJson } from './output.ts';

/** `latchkey doctor`: looks at everything a sign-in depends on. Exit 6 where the vault is not open, 1 for other finds. */
export function declareDoctor(program: Command, context: Context): void {
  withCommonOptions(
    program
      .command('doctor')
      .description('check vault, profile, settings, proxy, certificates, hosts and clock'),
  ).action(async (options: CommonOptions) => {
    const { terminal } = context;
    const console = await openConsole(context, options);
    if (!console.ok) {
      context.exitCode = await printFailure(terminal, console.error, options);
      return;
    }
    const diagnosis = await console.value.diagnose(terminal.signal);
    if (options.json) await printJson(terminal, diagnosis);
    else {
      const lines = diagnosis.checks.map(
        ({ name, ok, message, hint }) =>
          `${ok === null ? '-   ' : ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(24)}  ${message}${hint === '' ? '' : `\n${' '.repeat(32)}${hint}`}`,
      );
      await terminal.out(`${lines.map((line) => line.split('\n').map(forTerminal).join('\n')).join('\n')}\n`);
    }
    if (diagnosis.vault.state !== 'open') {
      context.exitCode = exitCodes[diagnosis.vault.state === 'locked' ? 'vault_locked' : 'vault_absent'];
    } else if (diagnosis.checks.some((check) => check.ok === false)) context.exitCode = exitCodes.unexpected;
  });
}
