import type { Command } from 'commander';
import { type CommonOptions, type Context, withCommonOptions } from './context.ts';

/** `latchkey system-user plan|apply|wait|connect|verify|reach|record` */
export function declareSystemUser(program: Command, context: Context): void {
  const group = program
    .command('system-user')
    .description('set up the system user of a Salto KS server integration, and see what services reach');

  withCommonOptions(
    group
      .command('plan <name>')
      .description('see how the system user stands at each of your sites; changes nothing'),
  )
    .requiredOption('--email <address>', 'the e-mail address of the system user')
    .requiredOption('--first-name <name>', 'its first name')
    .requiredOption('--last-name <name>', 'its last name')
    .option('--role <code>', "the role it should have, a code of the sites' own roles", 'site_owner')
    .option('--fallback-role <code>', 'the role where you may not give that one, such as site_admin')
    .option('--matching <text>', 'only sites whose name contains this')
    .option('--site <site>', 'only this site, by name or id; may be repeated', collect)
    .option('--out <file>', 'write the plan to this file, to be reviewed and applied')
    .action(async (name: string, options: PlanCommandOptions) => {
      const { plan } = await import('./system-user/plan.ts');
      context.exitCode = await plan(context, name, options);
    });

  withCommonOptions(
    group
      .command('apply <plan>')
      .description('make the changes of a plan file, and no other; may be repeated'),
  )
    .option('--yes', 'do not ask')
    .action(async (file: string, options: ApplyCommandOptions) => {
      const { apply } = await import('./system-user/apply.ts');
      context.exitCode = await apply(context, file, options);
    });

  withCommonOptions(
    group.command('wait <plan>').description('wait until the invitations of a plan are accepted'),
  )
    .option('--minutes <n>', 'give up after so many minutes (default: never)')
    .action(async (file: string, options: WaitCommandOptions) => {
      const { waitForInvitations } = await import('./system-user/wait.ts');
      context.exitCode = await waitForInvitations(context, file, options);
    });

  withCommonOptions(
    group.command('connect <plan>').description("add the system user's connection and sign it in"),
  )
    .requiredOption('--name <name>', 'a short name of your own for the connection')
    .requiredOption('--client-id <id>', "the integration's client id, with the password grant enabled")
    .option('--client-secret-env <VAR>', 'environment variable that holds the client secret')
    .option('--client-secret-stdin', 'read the client secret from stdin')
    .option('--password-env <VAR>', "environment variable that holds the system user's password")
    .option('--password-stdin', "read the system user's password from stdin")
    .action(async (file: string, options: ConnectCommandOptions) => {
      const { connect } = await import('./system-user/connect.ts');
      context.exitCode = await connect(context, file, options);
    });

  withCommonOptions(
    group
      .command('verify <plan>')
      .description('compare what the system user reaches with a plan; exit 7 on drift'),
  )
    .requiredOption('--as <name>', "the system user's connection")
    .action(async (file: string, options: VerifyCommandOptions) => {
      const { verify } = await import('./system-user/verify.ts');
      context.exitCode = await verify(context, file, options);
    });

  withCommonOptions(
    group
      .command('reach <name>')
      .description(
        'as whom the credentials of a Nebula, Konexus or Smartenit connection act, and what they reach',
      ),
  )
    .option('--expect <installation>', 'it should reach this one, by name or id; may be repeated', collect)
    .action(async (name: string, options: ReachCommandOptions) => {
      const { reach } = await import('./system-user/reach.ts');
      context.exitCode = await reach(context, name, options);
    });

  withCommonOptions(
    group.command('record').description('what was done on this computer: when, as whom, where'),
  ).action(async (options: CommonOptions) => {
    const { record } = await import('./system-user/record.ts');
    context.exitCode = await record(context, options);
  });
}

export interface PlanCommandOptions extends CommonOptions {
  email: string;
  firstName: string;
  lastName: string;
  role: string;
  fallbackRole?: string;
  matching?: string;
  site?: string[];
  out?: string;
}

export interface ApplyCommandOptions extends CommonOptions {
  yes?: boolean;
}

export interface WaitCommandOptions extends CommonOptions {
  minutes?: string;
}

export interface ConnectCommandOptions extends CommonOptions {
  name: string;
  clientId: string;
  clientSecretEnv?: string;
  clientSecretStdin?: boolean;
  passwordEnv?: string;
  passwordStdin?: boolean;
}

export interface VerifyCommandOptions extends CommonOptions {
  as: string;
}

export interface ReachCommandOptions extends CommonOptions {
  expect?: string[];
}

function collect(text: string, all: string[] = []): string[] {
  return [...all, text];
}
