import type { Command } from 'commander';
import type { InstallationRow } from '../directory/rows.ts';
import type { Connection } from '../connections/connection.ts';
import { noConnectionsYet } from '../connections/connections.ts';
import type { Result } from '../../preload/errors.ts';
import { ok } from '../../preload/errors.ts';
import type { Console } from '../console.ts';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { type ListOptions, printListing, withListOptions } from './list-output.ts';
import { printFailure, withVault } from './output.ts';

interface InstallationsOptions extends CommonOptions, ListOptions {
  offline?: boolean;
}

/** `latchkey installations [N...]`: of the connections named, or of all. */
export function declareInstallations(program: Command, context: Context): void {
  withListOptions(
    withCommonOptions(program.command('installations [names...]').description('list installations')),
  )
    .option('--offline', 'show what was read last, without a network')
    .action(async (names: string[], options: InstallationsOptions) => {
      context.exitCode = await installations(context, names, options);
    });
}

async function installations(
  context: Context,
  names: readonly string[],
  options: InstallationsOptions,
): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const connections = chosenConnections(console.value, names);
  if (!connections.ok) return printFailure(terminal, connections.error, options);
  const none = emptyWords(console.value, connections.value, options);
  const lists = await console.value.lists();
  return printListing(
    terminal,
    (listOptions) => lists.installations(connections.value, listOptions),
    {
      name: 'installations',
      fields,
      columns,
      many: connections.value.length > 1,
      now: () => console.value.clock.now(),
      ...(none !== null && { none }),
    },
    options,
  );
}

/** Where there is nothing that could be listed, why; null where there is. */
function emptyWords(
  console: Console,
  chosen: readonly Connection[],
  options: InstallationsOptions,
): string | null {
  if (chosen.length > 0) return null;
  const all = console.connections.list();
  return all.ok && all.value.length > 0
    ? 'No connection here has installations: they are of servers that only sign people in.'
    : withVault(noConnectionsYet, options);
}

/** The named ones, or all that can list something. */
function chosenConnections(console: Console, names: readonly string[]): Result<readonly Connection[]> {
  if (names.length === 0) {
    const all = console.connections.list();
    if (!all.ok) return all;
    return ok(all.value.filter(({ provider }) => provider !== 'oidc' && provider !== 'oauth2'));
  }
  const found: Connection[] = [];
  for (const name of names) {
    const connection = console.connections.find(name);
    if (!connection.ok) return connection;
    if (!found.some(({ id }) => id === connection.value.id)) found.push(connection.value);
  }
  return ok(found);
}

const fields = {
  connection: (row: InstallationRow) => row.connection,
  provider: (row: InstallationRow) => row.provider,
  id: (row: InstallationRow) => row.id,
  name: (row: InstallationRow) => row.name,
  state: (row: InstallationRow) => row.state,
  timeZone: (row: InstallationRow) => row.timeZone,
  userCount: (row: InstallationRow) => row.userCount,
};

const columns = [
  { title: 'connection', value: fields.connection },
  { title: 'name', value: fields.name },
  { title: 'state', value: fields.state },
  { title: 'time zone', value: fields.timeZone },
  { title: 'users', value: fields.userCount, alignRight: true },
  { title: 'id', value: fields.id },
];
