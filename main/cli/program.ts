import { Command, CommanderError } from 'commander';
import type { Failure } from '../../preload/errors.ts';
import { declareConnections } from './connections.ts';
import type { Context } from './context.ts';
import { declareDoctor } from './doctor.ts';
import { earlyOption } from './early-option.ts';
import { eatenOption } from './eaten-option.ts';
import { guarded } from './guarded.ts';
import { declareInspect } from './inspect.ts';
import { declareInstallations } from './installations.ts';
import { declareLogin } from './login.ts';
import { declareLogout } from './logout.ts';
import { printFailure } from './output.ts';
import { declareRefresh } from './refresh.ts';
import { declareSandbox } from './sandbox.ts';
import { declareServe } from './serve.ts';
import { declareSettings } from './settings.ts';
import { declareStatus } from './status.ts';
import { declareSystemUser } from './system-user.ts';
import type { Terminal } from './terminal.ts';
import { declareToken } from './token.ts';
import { declareUsers } from './users.ts';

/** Answered by a package that is loaded for them alone. */
const completionCommands = ['completion', 'complete'];

/**
 * Runs one command line.
 * @returns the exit code (design: 0 done, 1 unexpected, 2 bad usage, 3 sign-in needed, 4 refused, 5 network, 6 vault,
 * 7 found wanting)
 */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  const context: Context = { terminal, exitCode: 0, console: null };
  const json = argv.includes('--json');
  const usage: string[] = [];
  const help: string[] = [];
  const program = new Command('latchkey')
    .description(
      'Sign in to access-control and alerting platforms, keep the tokens safe, list installations and users.',
    )
    .version(version)
    .showHelpAfterError('(latchkey --help lists the commands)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => help.push(text),
      writeErr: (text) => usage.push(text),
    });
  for (const declare of [
    declareConnections,
    declareLogin,
    declareToken,
    declareStatus,
    declareLogout,
    declareRefresh,
    declareInstallations,
    declareUsers,
    declareInspect,
    declareSystemUser,
    declareSandbox,
    declareServe,
    declareSettings,
    declareDoctor,
  ]) {
    declare(program, context);
  }
  if (completionCommands.includes(argv[0] ?? '')) {
    const { declareCompletion } = await import('./completion.ts');
    declareCompletion(program, terminal.env);
  } else {
    program.command('completion <shell>').description('print completions for zsh, bash, fish or powershell');
  }
  return guarded(context, { json }, async () => {
    if (!newEnough(process.versions.node)) {
      const message = `Latchkey needs Node ${oldestNode} or newer; this is Node ${process.versions.node}.`;
      const hint = `Install a newer one (nodejs.org), or call it with that one: /path/to/node ${process.argv[1] ?? 'latchkey'}.`;
      return printFailure(terminal, { code: 'runtime_missing', message, hint }, { json });
    }
    const eaten = eatenOption(program, argv);
    if (eaten !== null) return printFailure(terminal, eaten, { json });
    try {
      await program.parseAsync([...argv], { from: 'user' });
      return context.exitCode;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) {
        const failure = usageFailure(error, usage, argv, earlyOption(program, argv));
        return printFailure(terminal, failure, { json });
      }
      await terminal.out(help.join(''));
      return 0;
    }
  });
}

/** The oldest Node whose SQLite has what the directory needs (package.json, engines). */
const oldestNode = 24;

/** Whether this version of Node ("24.21.0") is new enough. */
export function newEnough(version: string): boolean {
  return Number(version.split('.')[0]) >= oldestNode;
}

/** The command that has commands of its own and was given none. */
function groupOf([first]: readonly string[]): string | null {
  return first === undefined || first.startsWith('-') ? null : first;
}

/** @param early the hint where an option stands before its command, else null */
function usageFailure(
  error: CommanderError,
  usage: readonly string[],
  argv: readonly string[],
  early: string | null,
): Failure {
  if (error.code === 'commander.help') {
    const asked = argv[argv.indexOf('help') + 1];
    if (argv.includes('help') && asked !== undefined) {
      return {
        code: 'input_invalid',
        message: `There is no command '${asked}'.`,
        hint: 'latchkey --help lists the commands.',
      };
    }
    const group = groupOf(argv);
    return {
      code: 'input_invalid',
      message: group === null ? 'A command is missing.' : `A command is missing after ${group}.`,
      hint: `latchkey ${group === null ? '' : `${group} `}--help lists the commands.`,
    };
  }
  const text = (usage[0] ?? error.message)
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  const message = text.charAt(0).toUpperCase() + text.slice(1);
  return {
    code: 'input_invalid',
    message: /[.)]$/.test(message) ? message : `${message}.`,
    hint:
      error.code === 'commander.unknownOption' && early !== null
        ? early
        : 'latchkey --help lists the commands, latchkey COMMAND --help the options of one.',
  };
}
