import type { Command } from 'commander';
import { noConnectionsYet } from '../connections/connections.ts';
import type { SessionOutlook, SessionStatus } from '../sessions/status.ts';
import { type CommonOptions, type Context, openConsole, withCommonOptions } from './context.ts';
import { lifeLeft, refreshLife } from './life.ts';
import { printFailure, printJson, withVault } from './output.ts';
import { statusRemark } from './status-remark.ts';
import { table } from './table.ts';

/** `latchkey status [N]`: where each connection stands, from the vault alone. */
export function declareStatus(program: Command, context: Context): void {
  withCommonOptions(
    program.command('status [name]').description('show who is signed in, and for how long'),
  ).action(async (name: string | undefined, options: CommonOptions) => {
    context.exitCode = await status(context, name, options);
  });
}

async function status(context: Context, name: string | undefined, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const console = await openConsole(context, options);
  if (!console.ok) return printFailure(terminal, console.error, options);
  const { connections, sessions, clock } = console.value;
  const found = name === undefined ? null : connections.find(name);
  if (found?.ok === false) return printFailure(terminal, found.error, options);
  const list = found === null ? connections.list() : { ok: true as const, value: [found.value] };
  if (!list.ok) return printFailure(terminal, list.error, options);
  const rows: SessionOutlook[] = [];
  for (const connection of list.value) {
    const row = await sessions.outlook(connection);
    if (!row.ok) return printFailure(terminal, row.error, options);
    rows.push(row.value);
  }
  if (options.json)
    await printJson(
      terminal,
      rows.map((row) => row.status),
    );
  else if (rows.length === 0) terminal.note(withVault(noConnectionsYet, options));
  else {
    const columns = [
      { title: 'name', value: ({ status: row }: SessionOutlook) => row.name },
      { title: 'provider', value: ({ status: row }: SessionOutlook) => row.provider },
      { title: 'state', value: ({ status: row }: SessionOutlook) => row.state.replaceAll('_', ' ') },
      { title: 'as', value: ({ status: row }: SessionOutlook) => row.displayName ?? row.subject },
      { title: 'access token', value: ({ status: row }: SessionOutlook) => accessLife(row, clock.now()) },
      { title: 'refresh token', value: (row: SessionOutlook) => refreshLife(row, clock.now()) },
      { title: 'vault', value: ({ status: row }: SessionOutlook) => row.vault },
    ];
    await terminal.out(table(columns, rows));
    for (const { status: row } of rows) {
      const remark = statusRemark(row, clock.now());
      if (remark !== null) terminal.note(`${row.name}: ${remark}`);
    }
  }
  return 0;
}

function accessLife({ state, expiresAt }: SessionStatus, now: number): string | null {
  return state === 'signed_out' ? null : lifeLeft(expiresAt === null ? null : Date.parse(expiresAt), now);
}
