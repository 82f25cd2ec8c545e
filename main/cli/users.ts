import type { Command } from 'commander';
import type { UserRow } from '../directory/rows.ts';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { type ListOptions, printListing, withListOptions } from './list-output.ts';
import { printFailure } from './output.ts';

interface UsersOptions extends CommonOptions, ListOptions {
  search?: string;
  filter?: string;
  offline?: boolean;
}

/** `latchkey users N [INSTALLATION]`: of one installation (by id or name), or of all. */
export function declareUsers(program: Command, context: Context): void {
  withListOptions(withCommonOptions(program.command('users <name> [installation]').description('list users')))
    .option(
      '--search <text>',
      'only people whose name or e-mail has these words in it; one or two letters begin a word',
    )
    .option('--filter <filter>', "the provider's own filter, passed on as typed")
    .option('--offline', 'show what was read last, without a network')
    .action(async (name: string, installation: string | undefined, options: UsersOptions) => {
      context.exitCode = await users(context, name, installation, options);
    });
}

async function users(
  context: Context,
  name: string,
  installation: string | undefined,
  options: UsersOptions,
): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const found = console.value.connections.find(name);
  if (!found.ok) return printFailure(terminal, found.error, options);
  const lists = await console.value.lists();
  const query = {
    ...(options.search !== undefined && options.search.trim() !== '' && { search: options.search }),
    ...(options.filter !== undefined && { filter: options.filter }),
  };
  return printListing(
    terminal,
    (listOptions) => lists.users(found.value, installation ?? null, query, listOptions),
    { name: 'users', fields, columns, many: false, now: () => console.value.clock.now() },
    options,
  );
}

const fields = {
  connection: (row: UserRow) => row.connection,
  installation: (row: UserRow) => row.installation,
  id: (row: UserRow) => row.id,
  displayName: (row: UserRow) => row.displayName,
  email: (row: UserRow) => row.email,
  roles: (row: UserRow) => row.roles,
  status: (row: UserRow) => row.status,
};

const columns = [
  { title: 'name', value: fields.displayName },
  { title: 'e-mail', value: fields.email },
  { title: 'installation', value: (row: UserRow) => row.installationName },
  { title: 'roles', value: (row: UserRow) => row.roles.join(', ') },
  { title: 'status', value: fields.status },
];
