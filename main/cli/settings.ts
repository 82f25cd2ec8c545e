import path from 'node:path';
import type { Command } from 'commander';
import { type Result, ok } from '../../preload/errors.ts';
import type { PreferencesChange, PreferencesInfo } from '../console/preference-service.ts';
import {
  type CommonOptions,
  type Context,
  badInput,
  openConsole,
  readSecretVariable,
  withCommonOptions,
} from './context.ts';
import { forTerminal } from './for-terminal.ts';
import { printFailure, printJson } from './output.ts';
import type { Terminal } from './terminal.ts';

interface SetOptions extends CommonOptions {
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly passwordStdin?: boolean;
}

const keys = ['proxy', 'noProxy', 'caFile', 'systemCa', 'lockAfterMinutes'] as const;
type Key = (typeof keys)[number];

/** `latchkey settings show|set|unset|repair`: what holds for all connections. */
export function declareSettings(program: Command, context: Context): void {
  const group = program
    .command('settings')
    .description('proxy, certificates and what else holds for all connections');
  const { terminal } = context;

  withCommonOptions(group.command('show').description('show all settings')).action(
    async (options: CommonOptions) => {
      const console = await openConsole(context, options);
      const read = console.ok ? await console.value.preferences.read() : console;
      context.exitCode = await print(terminal, read, options);
    },
  );

  withCommonOptions(group.command('set <key> <value>').description(`change one setting: ${keys.join(', ')}`))
    .option('--username <name>', 'your user name at the proxy, with the setting proxy')
    .option('--password-env <VAR>', 'environment variable that holds your password at the proxy')
    .option('--password-stdin', 'read your password at the proxy from stdin')
    .action(async (key: string, value: string, options: SetOptions) => {
      const change = parse(key, value);
      const credentials = change.ok ? await proxyCredentials(terminal, key, options) : ok(null);
      const wanted = !change.ok
        ? change
        : credentials.ok
          ? ok({ ...change.value, ...(credentials.value && { proxyCredentials: credentials.value }) })
          : credentials;
      context.exitCode = await apply(context, wanted, options);
    });

  withCommonOptions(
    group.command('unset <key>').description('put one setting back to what it is at first'),
  ).action(async (key: string, options: CommonOptions) => {
    context.exitCode = await apply(context, parse(key, null), options);
  });

  withCommonOptions(
    group.command('repair').description('put the last good settings in the place of a damaged file'),
  )
    .option('--empty', 'begin with empty settings where there is no good copy')
    .action(async (options: CommonOptions & { readonly empty?: boolean }) => {
      const console = await openConsole(context, options);
      const repaired = console.ok ? await console.value.preferences.repair(options.empty ?? false) : console;
      if (!repaired.ok) {
        context.exitCode = await printFailure(terminal, repaired.error, options);
        return;
      }
      const { from, connections, copy } = repaired.value;
      if (options.json) await printJson(terminal, repaired.value);
      else if (from === 'nothing_to_repair') terminal.note('The settings are whole; nothing was changed.');
      else {
        const what =
          from === 'empty'
            ? 'The settings are empty now'
            : `The last good settings are back, with ${connections} connections`;
        terminal.note(`${what}. The damaged file is kept as ${copy ?? 'no copy'}.`);
      }
    });
}

async function apply(
  context: Context,
  change: Result<PreferencesChange>,
  options: CommonOptions,
): Promise<number> {
  if (!change.ok) return printFailure(context.terminal, change.error, options);
  const console = await openConsole(context, options);
  const changed = console.ok ? await console.value.preferences.change(change.value) : console;
  return print(context.terminal, changed, options);
}

/** The change that a key and a value mean; a null value is the one it has at first. Errors: input_invalid. */
function parse(key: string, value: string | null): Result<PreferencesChange> {
  const known = keys.find((one) => one.toLowerCase() === key.toLowerCase());
  if (known === undefined) {
    return badInput(`There is no setting "${key}".`, `The settings are: ${keys.join(', ')}.`);
  }
  return parsers[known](value);
}

const parsers: Readonly<Record<Key, (value: string | null) => Result<PreferencesChange>>> = {
  proxy: (value) => ok({ proxy: value ?? 'system' }),
  noProxy: (value) => ok({ noProxy: value ?? '' }),
  // What is typed is meant from where it is typed.
  caFile: (value) => ok({ caFile: value === null ? null : path.resolve(value) }),
  systemCa: (value) => {
    if (value === null || value === 'on') return ok({ systemCa: true });
    return value === 'off'
      ? ok({ systemCa: false })
      : badInput('The setting systemCa is on or off.', 'For example: latchkey settings set systemCa off');
  },
  lockAfterMinutes: (value) => {
    if (value === null || value === 'never') return ok({ lockAfterMinutes: null });
    return /^\d{1,4}$/.test(value)
      ? ok({ lockAfterMinutes: Number(value) })
      : badInput(
          'The setting lockAfterMinutes is a whole number of minutes, or never.',
          'From 1 to 1440 (a day).',
        );
  },
};

async function proxyCredentials(
  terminal: Terminal,
  key: string,
  options: SetOptions,
): Promise<Result<{ readonly username: string; readonly password: string } | null>> {
  const { username, passwordEnv, passwordStdin = false } = options;
  if (username === undefined && passwordEnv === undefined && !passwordStdin) return ok(null);
  if (key.toLowerCase() !== 'proxy') {
    return badInput(
      'A user name and password go with the setting proxy only.',
      'latchkey settings set proxy ADDRESS --username NAME --password-env VAR',
    );
  }
  if (username === undefined) {
    return badInput('The user name for the proxy is missing.', 'Give it with --username NAME.');
  }
  if (passwordStdin && passwordEnv !== undefined) {
    return badInput('The password is given twice.', 'Give it from stdin or by a variable, not both.');
  }
  if (!passwordStdin) {
    const password = readSecretVariable(terminal, passwordEnv, 'The password', '--password-env');
    return password.ok ? ok({ username, password: password.value }) : password;
  }
  const password = await terminal.readStdin();
  return password === ''
    ? badInput(
        'Nothing came on stdin.',
        'For example: printf %s "$PASSWORD" | latchkey settings set proxy ADDRESS --username NAME --password-stdin',
      )
    : ok({ username, password });
}

async function print(
  terminal: Terminal,
  preferences: Result<PreferencesInfo>,
  options: CommonOptions,
): Promise<number> {
  if (!preferences.ok) return printFailure(terminal, preferences.error, options);
  if (options.json) {
    await printJson(terminal, preferences.value);
    return 0;
  }
  const { proxy, proxyUsername, proxyPassword, noProxy, caFile, systemCa, lockAfterMinutes, environment } =
    preferences.value;
  const credentials = {
    none: 'none',
    stored: `${proxyUsername ?? ''}, with a password in the vault`,
    unknown: 'in the vault, which is not open',
  }[proxyPassword];
  const rows: [string, string][] = [
    ['proxy', proxy],
    ...(proxy === 'system' || proxy === 'none'
      ? []
      : ([['proxy sign-in', credentials]] as [string, string][])),
    ['noProxy', noProxy === '' ? '-' : noProxy],
    ['caFile', caFile ?? '-'],
    ['systemCa', systemCa ? 'on' : 'off'],
    ['lockAfterMinutes', lockAfterMinutes === null ? 'never' : String(lockAfterMinutes)],
  ];
  const named = environment.proxy;
  if (named !== null) rows.push([`(${named.variable})`, named.host ?? 'no address that can be used']);
  if (environment.noProxy !== null) rows.push(['(NO_PROXY)', environment.noProxy]);
  if (environment.caFile !== null) {
    const variable = terminal.env.LATCHKEY_CA_FILE === undefined ? 'NODE_EXTRA_CA_CERTS' : 'LATCHKEY_CA_FILE';
    rows.push([`(${variable})`, environment.caFile]);
  }
  await terminal.out(`${rows.map(([key, value]) => `${key.padEnd(28)}${forTerminal(value)}`).join('\n')}\n`);
  return 0;
}
