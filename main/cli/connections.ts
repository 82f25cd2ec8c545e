import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { noConnectionsYet } from '../connections/connections.ts';
import type { Console } from '../console.ts';
import type { ConnectionInput } from '../connections/describe.ts';
import { parseOverrides } from '../connections/overrides.ts';
import type { CredentialsInput } from '../console/manage-connections.ts';
import { providerIds } from '../providers/catalogue.ts';
import {
  type ClientAuth,
  type EnvironmentId,
  type Grant,
  type ProviderId,
  clientAuths,
  environmentIds,
  grants,
} from '../providers/provider.ts';
import {
  type CommonOptions,
  type Context,
  badInput,
  openConsole,
  readSecretVariable,
  withCommonOptions,
} from './context.ts';
import type { SignedOut } from '../sessions/sign-out.ts';
import { forTerminal } from './for-terminal.ts';
import { printFailure, printJson, withVault } from './output.ts';
import { renewalWait } from './renewal-wait.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { typedName } from '../connections/typed-name.ts';

interface FieldOptions extends CommonOptions {
  name?: string;
  provider?: ProviderId;
  environment?: EnvironmentId;
  grant?: Grant;
  clientId?: string;
  clientSecretEnv?: string;
  clientSecretStdin?: boolean;
  clientAuth?: ClientAuth;
  username?: string;
  passwordEnv?: string;
  passwordStdin?: boolean;
  scope?: string;
  issuer?: string;
  authorizationEndpoint?: string;
  tokenEndpoint?: string;
  apiBase?: string;
  redirectPort?: number[];
  redirectPath?: string;
  set?: string[];
}

/** `latchkey connections add|list|show|set|remove` */
export function declareConnections(program: Command, context: Context): void {
  const group = program.command('connections').description('what you have configured to sign in to');

  withFields(group.command('add').description('add a connection'))
    .requiredOption('--name <name>', 'a short name of your own')
    .addOption(new Option('--provider <provider>', 'the platform').choices(providerIds).makeOptionMandatory())
    .action(async (options: FieldOptions) => {
      context.exitCode = await add(context, options);
    });

  withCommonOptions(group.command('list').description('list the connections')).action(
    async (options: CommonOptions) => {
      const console = await openConsole(context, options);
      const list = console.ok ? console.value.connections.list() : console;
      if (!list.ok) context.exitCode = await printFailure(context.terminal, list.error, options);
      else if (options.json) await printJson(context.terminal, list.value.map(shape));
      else if (list.value.length === 0) context.terminal.note(withVault(noConnectionsYet, options));
      else await context.terminal.out(connectionTable(list.value));
    },
  );

  withCommonOptions(group.command('show <name>').description('show one connection')).action(
    async (name: string, options: CommonOptions) => {
      const console = await openConsole(context, options);
      const found = console.ok ? console.value.connections.find(name) : console;
      context.exitCode = await printConnection(context.terminal, found, options);
    },
  );

  withFields(group.command('set <name>').description('change a connection'))
    .option('--name <name>', 'a new name')
    .action(async (name: string, options: FieldOptions) => {
      context.exitCode = await change(context, name, options);
    });

  withCommonOptions(
    group.command('remove <name>').description('sign out, forget the credentials and remove the connection'),
  ).action(async (name: string, options: CommonOptions) => {
    const { terminal } = context;
    const console = await openConsole(context, options);
    const removed = console.ok
      ? await console.value.connections.remove(name, terminal.signal, renewalWait(terminal, name))
      : console;
    terminal.progress('');
    if (!removed.ok) {
      context.exitCode = await printFailure(terminal, removed.error, options);
      return;
    }
    const { failure } = removed.value;
    if (failure !== null) terminal.note(`The tokens could not be revoked: ${failure.message}`);
    if (options.json) await printJson(terminal, { removed: name, revoked: removed.value.revoked });
    else terminal.note(`Removed ${name}.`);
  });
}

function withFields(command: Command): Command {
  return withCommonOptions(command)
    .addOption(new Option('--environment <environment>', 'which hosts').choices(environmentIds))
    .addOption(new Option('--grant <grant>', 'how to sign in').choices(grants))
    .option('--client-id <id>', 'the client id you got from the provider')
    .option('--client-secret-env <VAR>', 'environment variable that holds the client secret')
    .option('--client-secret-stdin', 'read the client secret from stdin')
    .addOption(new Option('--client-auth <method>', 'how the client proves itself').choices(clientAuths))
    .option('--username <name>', "the system user's sign-in name (password grant)")
    .option('--password-env <VAR>', "environment variable that holds the system user's password")
    .option('--password-stdin', "read the system user's password from stdin")
    .option('--scope <scopes>', 'space-separated scopes')
    .option('--issuer <url>', 'issuer to discover the endpoints from')
    .option('--authorization-endpoint <url>')
    .option('--token-endpoint <url>')
    .option('--api-base <url>', 'base address of the resource API')
    .option(
      '--redirect-port <ports>',
      'ports for the way back from the browser, in order (default: any free one)',
      parsePorts,
    )
    .option('--redirect-path <path>', 'path of the redirect URI (default: /callback)')
    .option(
      '--set <key=value>',
      'override anything else; may be repeated',
      (text: string, all: string[] | undefined) => [...(all ?? []), text],
    );
}

function parsePorts(text: string): number[] {
  const ports = text.split(',').map((port) => (/^\s*\d{1,5}\s*$/.test(port) ? Number(port) : NaN));
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new InvalidArgumentError('Ports are whole numbers from 1 to 65535, separated by commas.');
  }
  return ports;
}

async function add(context: Context, options: FieldOptions): Promise<number> {
  const { terminal } = context;
  const input = connectionInput(options);
  if (!input.ok) return printFailure(terminal, input.error, options);
  const credentials = await readCredentials(terminal, options);
  if (!credentials.ok) return printFailure(terminal, credentials.error, options);
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const added = await console.value.connections.add(
    options.provider ?? 'oidc',
    input.value,
    credentials.value,
  );
  if (added.ok) noteCautions(terminal, console.value, added.value);
  return printConnection(
    terminal,
    added,
    options,
    `Next: latchkey login ${added.ok ? typedName(added.value) : ''}`,
  );
}

async function change(context: Context, name: string, options: FieldOptions): Promise<number> {
  const { terminal } = context;
  const input = connectionInput(options);
  if (!input.ok) return printFailure(terminal, input.error, options);
  const credentials = await readCredentials(terminal, options);
  if (!credentials.ok) return printFailure(terminal, credentials.error, options);
  const { overrides = {}, ...fields } = input.value;
  if ([fields, overrides].every((given) => Object.keys(given).length === 0) && !hasAny(credentials.value)) {
    const nothing = badInput(
      'Nothing to change is given.',
      'latchkey connections set --help lists what can be changed.',
    );
    return printFailure(terminal, nothing.error, options);
  }
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const { connections } = console.value;
  const changed = await connections.change(name, input.value, credentials.value, terminal.signal);
  if (!changed.ok) return printFailure(terminal, changed.error, options);
  const { connection, signedOut } = changed.value;
  if (options.grant !== undefined) noteCautions(terminal, console.value, connection);
  noteUntried(terminal, connection, credentials.value);
  if (signedOut !== null) noteSignedOut(terminal, connection, signedOut);
  else if (hasAny(credentials.value))
    terminal.note(withVault(`  Try it: latchkey login ${typedName(connection)}`, options));
  return printConnection(terminal, ok(connection), options);
}

const hasAny = (credentials: CredentialsInput): boolean => Object.keys(credentials).length > 0;

/** Storing is what was asked for; whether the server takes it is another question. */
function noteUntried(
  terminal: Terminal,
  { name }: Connection,
  { clientSecret, password }: CredentialsInput,
): void {
  const stored = [
    ...(clientSecret === undefined ? [] : ['client secret']),
    ...(password === undefined ? [] : ['password']),
  ];
  if (stored.length === 0) return;
  terminal.note(
    `The ${stored.join(' and the ')} of ${name} ${stored.length > 1 ? 'are' : 'is'} stored in place of what was there, and not tried yet.`,
  );
}

/** The tokens of before belong to other settings. */
function noteSignedOut(terminal: Terminal, connection: Connection, { revoked, failure }: SignedOut): void {
  if (failure?.code.startsWith('vault_')) {
    terminal.note(
      `If ${connection.name} was signed in, it no longer is: tokens are not used for other settings.`,
    );
    terminal.note(`  They could not be taken from the vault: ${failure.message}`);
    return;
  }
  const how = {
    done: 'they are revoked',
    unsupported: 'the server offers no way to revoke them, so they end by themselves',
    failed: `they could not be revoked and end by themselves${failure === null ? '' : ` (${failure.message})`}`,
    nothing_to_revoke: 'there was nothing left to revoke',
  }[revoked];
  terminal.note(`${connection.name} is signed out: its tokens were made for the settings of before; ${how}.`);
  terminal.note(`  Sign in again: latchkey login ${typedName(connection)}`);
}

function noteCautions(terminal: Terminal, console: Console, connection: Connection): void {
  for (const caution of console.cautions(connection)) terminal.note(`Mind: ${caution}`);
}

function connectionInput(options: FieldOptions): Result<ConnectionInput> {
  const overrides = parseOverrides(options.set ?? []);
  if (!overrides.ok) return overrides;
  const { name, environment, grant, clientId, clientAuth, username, scope } = options;
  const { issuer, authorizationEndpoint, tokenEndpoint, apiBase } = options;
  return ok({
    ...defined({ name, environment, grant, clientId, clientAuth, username, scope }),
    ...defined({ redirectPorts: options.redirectPort, redirectPath: options.redirectPath }),
    overrides: { ...overrides.value, ...defined({ issuer, authorizationEndpoint, tokenEndpoint, apiBase }) },
  });
}

/** Where each secret is: in a named variable, or on stdin. */
export type SecretOptions = Pick<
  FieldOptions,
  'clientSecretEnv' | 'clientSecretStdin' | 'passwordEnv' | 'passwordStdin'
>;

/** The secrets that the options point to. Errors: input_invalid. */
export async function readCredentials(
  terminal: Terminal,
  options: SecretOptions,
): Promise<Result<CredentialsInput>> {
  const credentials: { clientSecret?: string; password?: string } = {};
  if (options.clientSecretStdin && options.passwordStdin) {
    return badInput(
      'Only one secret can come from stdin.',
      'Give the other one by --client-secret-env or --password-env.',
    );
  }
  const twice =
    (options.clientSecretStdin && options.clientSecretEnv !== undefined && 'client secret') ||
    (options.passwordStdin && options.passwordEnv !== undefined && 'password');
  if (twice)
    return badInput(`The ${twice} is given twice.`, 'Give it from stdin or by a variable, not both.');
  if (options.clientSecretStdin || options.passwordStdin) {
    const text = await terminal.readStdin();
    if (text === '')
      return badInput(
        'Nothing came on stdin.',
        'For example: printf %s "$SECRET" | latchkey connections set NAME --client-secret-stdin',
      );
    if (options.clientSecretStdin) credentials.clientSecret = text;
    else credentials.password = text;
  }
  if (options.clientSecretEnv !== undefined) {
    const secret = readSecretVariable(
      terminal,
      options.clientSecretEnv,
      'The client secret',
      '--client-secret-env',
    );
    if (!secret.ok) return secret;
    credentials.clientSecret = secret.value;
  }
  if (options.passwordEnv !== undefined) {
    const password = readSecretVariable(terminal, options.passwordEnv, 'The password', '--password-env');
    if (!password.ok) return password;
    credentials.password = password.value;
  }
  return ok(credentials);
}

/** Only the members that were given. */
function defined<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function printConnection(
  terminal: Terminal,
  connection: Result<Connection>,
  options: CommonOptions,
  next?: string,
): Promise<number> {
  if (!connection.ok) return printFailure(terminal, connection.error, options);
  if (options.json) await printJson(terminal, shape(connection.value));
  else {
    const lines = Object.entries(flat(shape(connection.value))).map(
      ([key, value]) => `${key.padEnd(24)}${forTerminal(value)}`,
    );
    await terminal.out(`${lines.join('\n')}\n`);
    if (next !== undefined) terminal.note(withVault(next, options));
  }
  return 0;
}

function connectionTable(connections: readonly Connection[]): string {
  return table<Connection>(
    [
      { title: 'name', value: (row) => row.name },
      { title: 'provider', value: (row) => row.provider },
      { title: 'environment', value: (row) => row.environment },
      { title: 'grant', value: (row) => row.grant },
      { title: 'client', value: (row) => row.clientId },
      { title: 'user', value: (row) => row.username },
    ],
    connections,
  );
}

/** What scripts see of a connection; there is no secret in it. */
function shape({ redirect, ...connection }: Connection): Record<string, unknown> {
  const shown = { ...connection, redirectPorts: redirect.ports, redirectPath: redirect.path };
  // Between the console and its sandbox.
  delete shown.ownSandbox;
  return shown;
}

function flat(value: Record<string, unknown>, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? Object.entries(flat(entry as Record<string, unknown>, `${prefix}${key}.`))
        : [[`${prefix}${key}`, Array.isArray(entry) ? entry.join(', ') || 'any free' : cellText(entry)]],
    ),
  );
}

function cellText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '-';
}
