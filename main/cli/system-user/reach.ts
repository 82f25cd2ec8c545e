import type { Context } from '../context.ts';
import { forTerminal } from '../for-terminal.ts';
import { printFailure, printJson } from '../output.ts';
import type { ReachCommandOptions } from '../system-user.ts';
import { table } from '../table.ts';
import { openService } from './common.ts';

/** `latchkey system-user reach N`: read-only; exit 7 when one of the expected is missing. */
export async function reach(context: Context, name: string, options: ReachCommandOptions): Promise<number> {
  const { terminal } = context;
  const opened = await openService(context, options);
  if (!opened.ok) return printFailure(terminal, opened.error, options);
  const connection = opened.value.console.connections.find(name);
  if (!connection.ok) return printFailure(terminal, connection.error, options);
  const reached = await opened.value.service.reach(connection.value, options.expect ?? [], {
    signal: terminal.signal,
  });
  if (!reached.ok) return printFailure(terminal, reached.error, options);
  const { identity, installations, missing, notes } = reached.value;
  if (options.json) {
    await printJson(terminal, { identity, installations, missing, notes });
    return missing.length > 0 ? 7 : 0;
  }
  const facts = identity.map(({ label, value }) => `${label.padEnd(18)}${forTerminal(value)}\n`).join('');
  await terminal.out(
    `${facts}\n${table(
      [
        { title: 'installation', value: (row) => row.name },
        { title: 'roles', value: (row) => row.roles.join(', ') },
        { title: 'id', value: (row) => row.id },
      ],
      installations,
    )}`,
  );
  for (const note of notes) terminal.note(note);
  for (const one of missing) terminal.note(`It does not reach ${one}, which it should.`);
  return missing.length > 0 ? 7 : 0;
}
