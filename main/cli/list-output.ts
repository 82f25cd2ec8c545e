import { type Command, Option } from 'commander';
import { type Failure, type Result, exitCodes, fail, ok } from '../../preload/errors.ts';
import type { ListProgress, Listing, ListOptions as ReadOptions } from '../console/lists.ts';
import { csvLine } from '../exports/csv.ts';
import { type Cell, type ExportFormat, type Table, cellText, exportFormats } from '../exports/table.ts';
import { forTerminal } from './for-terminal.ts';
import { span } from '../clock.ts';
import { jsonText } from './json-text.ts';
import { printFailure, printJson } from './output.ts';
import { type Column, table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** How a list is printed; at most one of the first three. */
export interface ListOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly ndjson?: boolean;
  readonly xlsx?: boolean;
  /** The file to write instead of stdout. */
  readonly out?: string;
  readonly offline?: boolean;
  readonly restart?: boolean;
}

export interface ListShape<Row> {
  /** What the rows are, in the plural. */
  readonly name: string;
  /** What scripts get, in this order. */
  readonly fields: Readonly<Record<string, (row: Row) => Cell>>;
  /** What people get. */
  readonly columns: readonly Column<Row>[];
  /** Several lists were asked for: those that came are printed although others did not. */
  readonly many: boolean;
  /** What people are told where there is nothing to print; "There are none." where missing. */
  readonly none?: string;
  readonly now: () => number;
}

/** Declares how a list can be printed. */
export function withListOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--csv', 'print CSV (RFC 4180, safe to open in a spreadsheet)').conflicts([
        'json',
        'ndjson',
        'xlsx',
      ]),
    )
    .addOption(new Option('--ndjson', 'print one JSON object a line').conflicts(['json', 'csv', 'xlsx']))
    .addOption(new Option('--xlsx', 'write an XLSX file; goes with --out').conflicts(['json', 'csv']))
    .option('--out <file>', 'write a whole file or none, with a line that says whence and of when it is')
    .option('--restart', 'read from the beginning, also where the last reading was cut');
}

/**
 * Reads a list and prints it. A list that did not come whole is an error, with nothing of it printed; where several
 * were asked for, those that came are printed, the others named on stderr, and the exit code is the first one's.
 * @returns the exit code
 */
export async function printListing<Row extends object>(
  terminal: Terminal,
  read: (options: ReadOptions) => Promise<Result<Listing<Row>>>,
  shape: ListShape<Row>,
  options: ListOptions,
): Promise<number> {
  if (options.xlsx === true && options.out === undefined) {
    const missing = fail('input_invalid', 'XLSX cannot be printed.', 'Name a file: --xlsx --out people.xlsx');
    return printFailure(terminal, missing.error, options);
  }
  const file = options.out === undefined ? ok(null) : await fileToWrite({ ...options, out: options.out });
  if (!file.ok) return printFailure(terminal, file.error, options);
  const warnings = new Map<string, Failure>();
  const reached = new Map<string, Pick<ListProgress, 'rows' | 'total'>>();
  const listing = await read({
    signal: terminal.signal,
    offline: options.offline === true,
    restart: options.restart === true,
    resumed: ({ connection, installation, rows, age }) => {
      const before = `after ${rows.toLocaleString('en')} that were read ${span(age)} ago`;
      terminal.note(`${installation ?? connection}: going on ${before}.`);
    },
    progress: ({ connection, installation, rows, total }) => {
      reached.set(nameOf({ connection, installation }), { rows, total });
      const of = total === null ? '' : ` of ${total.toLocaleString('en')}`;
      terminal.progress(
        `${connection}${installation === null ? '' : `, ${installation}`}: ${rows.toLocaleString('en')}${of} ...`,
      );
    },
    waiting: (milliseconds, status) => {
      terminal.progress(`The provider asks to wait (HTTP ${status}): going on in ${span(milliseconds)} ...`);
    },
    warned: (failure) => warnings.set(failure.code, failure),
  });
  terminal.progress('');
  for (const failure of warnings.values()) terminal.note(`Mind: ${failure.message}`);
  if (!listing.ok) {
    const { error } = listing;
    const stopped = error.code === 'cancelled' ? stoppedBefore(shape.name) : error;
    return printFailure(terminal, stopped, options);
  }
  const { lists, fetchedAt } = listing.value;
  const failures = toldFailures(listing.value, shape.name, reached);
  const first = failures[0];
  if (first !== undefined && (!shape.many || listing.value.failures.length === lists)) {
    // One JSON value for scripts; for people all in the same form and order.
    if (options.json) for (const other of failures.slice(1)) terminal.note(describe(other));
    else for (const each of failures) await printFailure(terminal, withPlace(each, failures), options);
    return options.json
      ? printFailure(terminal, withPlace(first, [first]), options)
      : exitCodes[first.failure.code];
  }
  if (fetchedAt !== null)
    terminal.note(`As read ${span(shape.now() - fetchedAt)} ago (${new Date(fetchedAt).toISOString()}).`);
  if (file.value !== null) {
    // A file is whole or not at all: a list that did not come makes it neither.
    if (first !== undefined) return printFailure(terminal, withPlace(first, [first]), options);
    return writeRows(terminal, listing.value, shape, file.value, options);
  }
  const printed = await printRows(terminal, listing.value.rows, shape, options);
  if (!printed.ok) {
    terminal.note(`The list broke off: ${printed.error.message} (${printed.error.code})`);
    return exitCodes[printed.error.code];
  }
  const count = printed.value;
  if (count === 0 && !options.json && !options.csv && !options.ndjson)
    terminal.note(shape.none ?? 'There are none.');
  for (const each of failures) {
    const { message, hint } = each.failure;
    terminal.note(each.connection === null ? `${message} ${hint}` : `Not listed: ${describe(each)}`);
  }
  return first === undefined ? 0 : exitCodes[first.failure.code];
}

/**
 * Prints the rows as they come, window by window, so that a million of them need no more memory than a thousand (but
 * the table for people, whose columns are as wide as their widest cell).
 */
async function printRows<Row extends object>(
  terminal: Terminal,
  windows: AsyncIterable<Result<readonly Row[]>>,
  shape: ListShape<Row>,
  options: ListOptions,
): Promise<Result<number>> {
  const names = Object.keys(shape.fields);
  // CSV has no way to escape a control character: a person's terminal is spared it, a file or pipe gets what is there.
  const csvCell = (value: Cell): string | number | null => {
    const text = cellText(value);
    return typeof text === 'string' && terminal.colours === true ? forTerminal(text) : text;
  };
  let count = 0;
  const forPeople: Row[] = [];
  if (options.json) await terminal.out('[');
  if (options.csv) await terminal.out(csvLine(names));
  for await (const window of windows) {
    // What was printed stays without its end, so that nobody takes it for the whole.
    if (!window.ok) return window;
    const rows = window.value;
    const shaped = rows.map((row) =>
      Object.entries(shape.fields).map(([name, value]) => [name, value(row)] as const),
    );
    if (options.json) {
      const text = shaped.map((cells) => jsonText(Object.fromEntries(cells))).join(',');
      if (text !== '') await terminal.out(count > 0 ? `,${text}` : text);
    } else if (options.ndjson) {
      for (const cells of shaped) await printJson(terminal, Object.fromEntries(cells));
    } else if (options.csv) {
      await terminal.out(shaped.map((cells) => csvLine(cells.map(([, value]) => csvCell(value)))).join(''));
    } else forPeople.push(...rows);
    count += rows.length;
  }
  if (options.json) await terminal.out(']\n');
  if (forPeople.length > 0) await terminal.out(table(shape.columns, forPeople));
  return ok(count);
}

interface FileToWrite {
  readonly out: string;
  /** What the options name, or the end of the file's name. */
  readonly format: ExportFormat;
}

/** What is written where: looked at before anything is read, which may take minutes. Errors: input_invalid, export_failed. */
async function fileToWrite(options: ListOptions & { readonly out: string }): Promise<Result<FileToWrite>> {
  const { out } = options;
  const format = formatOf(options);
  if (format === null) {
    return fail(
      'input_invalid',
      `It cannot be told from "${out}" what kind of file to write.`,
      'Add --csv, --ndjson, --json or --xlsx, or end the name in one of these.',
    );
  }
  const place = await (await import('../exports/whole-file.ts')).checkPlace(out);
  return place.ok ? ok({ out, format }) : place;
}

async function writeRows<Row extends object>(
  terminal: Terminal,
  listing: Listing<Row>,
  shape: ListShape<Row>,
  { out, format }: FileToWrite,
  options: ListOptions,
): Promise<number> {
  const [{ encode }, { writeWholeFile }, { xlsxWorker }, { version }] = await Promise.all([
    import('../exports/encode.ts'),
    import('../exports/whole-file.ts'),
    import('../entry-points.ts'),
    import('../version.ts'),
  ]);
  let count = 0;
  async function* cells(): Table['rows'] {
    for await (const rows of listing.rows) {
      yield rows.ok
        ? ok(rows.value.map((row) => Object.values(shape.fields).map((value) => value(row))))
        : rows;
    }
  }
  const read = listing.fetchedAt === null ? shape.now() : listing.fetchedAt;
  const table: Table = {
    name: shape.name,
    columns: Object.keys(shape.fields),
    expected: null,
    rows: cells(),
    provenance: (rows) => {
      count = rows;
      return ok({
        program: `Latchkey ${version}`,
        exportedAt: new Date(shape.now()).toISOString(),
        rows,
        lists: listing.lists,
        oldestReadAt: new Date(read).toISOString(),
      });
    },
  };
  const content = encode(table, format, xlsxWorker, {
    signal: terminal.signal,
    progress: (rows) => terminal.progress(`${rows.toLocaleString('en')} written ...`),
  });
  const written = await writeWholeFile(out, content);
  terminal.progress('');
  if (!written.ok) return printFailure(terminal, written.error, options);
  if (options.json === true) {
    await printJson(terminal, { file: out, format, rows: count, bytes: written.value });
  } else terminal.note(`${count.toLocaleString('en')} ${shape.name} written to ${out}.`);
  return 0;
}

/** `--json` says how the command answers as well, so the name of the file comes before it. */
function formatOf({ csv, ndjson, xlsx, json, out = '' }: ListOptions): ExportFormat | null {
  if (csv === true) return 'csv';
  if (ndjson === true) return 'ndjson';
  if (xlsx === true) return 'xlsx';
  const named = exportFormats.find((format) => out.toLowerCase().endsWith(`.${format}`));
  return named ?? (json === true ? 'json' : null);
}

/** A list, or null where it is of all that were stopped. */
interface PlacedFailure {
  readonly connection: string | null;
  readonly installation: string | null;
  readonly failure: Failure;
}

function describe({ connection, installation, failure }: PlacedFailure): string {
  const place = nameOf({ connection, installation });
  return `${place === '' ? '' : `${place}: `}${failure.message} (${failure.code})`;
}

function nameOf({ connection, installation }: Pick<PlacedFailure, 'connection' | 'installation'>): string {
  return [connection, installation].filter((part) => part !== null).join(', ');
}

const goingOn = 'Within an hour the next run goes on from there; --restart begins anew.';

function stoppedBefore(what: string): Failure {
  return {
    code: 'cancelled',
    message: `Stopped before any ${what} were read.`,
    hint: 'Start it again when you like.',
  };
}

/**
 * The failures, with whether the next run goes on; what was stopped (Ctrl-C stops all lists at once) as one of them, with how
 * much was read.
 */
function toldFailures<Row>(
  { failures, lists }: Listing<Row>,
  what: string,
  reached: ReadonlyMap<string, Pick<ListProgress, 'rows' | 'total'>>,
): readonly PlacedFailure[] {
  const stopped = failures.filter(({ failure }) => failure.code === 'cancelled');
  const others = failures
    .filter((each) => !stopped.includes(each))
    .map((each) =>
      each.goesOn ? { ...each, failure: { ...each.failure, hint: `${goingOn} ${each.failure.hint}` } } : each,
    );
  const [first] = stopped;
  if (first === undefined) return others;
  const begun = stopped.map((list) => reached.get(nameOf(list)) ?? { rows: 0, total: null });
  const rows = begun.reduce((sum, list) => sum + list.rows, 0);
  const [total = null] = begun.map((list) => list.total);
  const count = rows.toLocaleString('en');
  const read =
    lists > 1
      ? `${stopped.length} of ${lists} lists are not whole; ${count} ${what} of those were read`
      : `${count}${total === null ? '' : ` of ${total.toLocaleString('en')}`} ${what} of ${first.installation ?? first.connection} were read`;
  const failure: Failure = {
    code: 'cancelled',
    message: `Stopped: ${read}.`,
    hint: stopped.some(({ goesOn }) => goesOn) ? goingOn : 'The next run begins anew.',
  };
  return [...others, { connection: null, installation: null, failure }];
}

/** With what it is about before it, as far as that is not clear: the connection where there are several. */
function withPlace(
  { connection, installation, failure }: PlacedFailure,
  all: readonly PlacedFailure[],
): Failure {
  if (connection === null) return failure;
  const several = all.some((other) => other.connection !== connection);
  // "acme is not signed in." says already whom it is about.
  const named = failure.message.startsWith(`${connection} is `);
  const place = [several && !named ? connection : null, installation]
    .filter((part) => part !== null)
    .join(', ');
  return place === '' ? failure : { ...failure, message: `${place}: ${failure.message}` };
}
