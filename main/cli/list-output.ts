import { Option, type Command } from 'commander';
import { csvLine } from '../directory/csv.ts';
import { printJson } from './output.ts';
import { type Column, table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** How a list is printed; at most one of them. */
export interface ListOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly ndjson?: boolean;
}

export function withListOptions(command: Command): Command {
  return command
    .addOption(new Option('--csv', 'print CSV (RFC 4180, safe to open in a spreadsheet)').conflicts(['json', 'ndjson']))
    .addOption(new Option('--ndjson', 'print one JSON object a line').conflicts(['json', 'csv']));
}

type Cell = string | number | null | readonly string[];

/**
 * Prints the rows as they come, window by window, so that a million of them need no more memory than a thousand (but
 * the table for people, whose columns are as wide as their widest cell).
 */
export async function printList<Row extends object>(
  terminal: Terminal,
  windows: AsyncIterable<readonly Row[]>,
  shape: (row: Row) => Readonly<Record<string, Cell>>,
  columns: readonly Column<Row>[],
  options: ListOptions,
): Promise<number> {
  let count = 0;
  const forPeople: Row[] = [];
  if (options.json) await terminal.out('[');
  for await (const rows of windows) {
    if (terminal.signal.aborted) break;
    const shaped = rows.map(shape);
    if (options.json) {
      const text = shaped.map((row) => JSON.stringify(row)).join(',');
      if (text !== '') await terminal.out(count > 0 ? `,${text}` : text);
    } else if (options.ndjson) {
      for (const row of shaped) await printJson(terminal, row);
    } else if (options.csv) {
      const first = shaped[0];
      if (count === 0 && first !== undefined) await terminal.out(csvLine(Object.keys(first)));
      await terminal.out(shaped.map((row) => csvLine(Object.values(row).map(cellText))).join(''));
    } else forPeople.push(...rows);
    count += rows.length;
  }
  if (options.json) await terminal.out(']\n');
  else if (!options.ndjson && !options.csv && count > 0) await terminal.out(table(columns, forPeople));
  return count;
}

function cellText(value: Cell): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.join('; ') : String(value);
}
