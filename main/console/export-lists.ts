import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { Directory } from '../directory/directory.ts';
import type {
  CompareQuery,
  CompareWindow,
  Filter,
  InstallationRow,
  ListState,
  Query,
  UserRow,
} from '../directory/rows.ts';
import { encode } from '../exports/encode.ts';
import { cancelled } from '../exports/text.ts';
import { maxSheetRows } from '../exports/xlsx.ts';
import type { Cell, EncodeOptions, Encoded, ExportFormat, Provenance, Table } from '../exports/table.ts';
import { xlsxWorker } from '../entry-points.ts';
import { version } from '../version.ts';

/** What is to be written: the rows of a list, or the people of a comparison. */
export type ExportOf =
  | { readonly what: 'users'; readonly query: Query<'users'> }
  | { readonly what: 'installations'; readonly query: Query<'installations'> }
  | { readonly what: 'comparison'; readonly query: CompareQuery };

export interface ExportRequest {
  readonly of: ExportOf;
  readonly format: ExportFormat;
  readonly bom: boolean;
  /** Export although a list is not whole. */
  readonly partial: boolean;
  /** What was asked for, in words, for the line of provenance. */
  readonly filter: string;
}

/** An export that can be written. Nothing has been read yet. */
export interface ReadyExport {
  /** `latchkey-users-2026-11-22.csv`; with a byte order mark `latchkey-users-2026-11-22-bom.csv` */
  readonly fileName: string;
  readonly format: ExportFormat;
  readonly rows: number;
  content(options: Pick<EncodeOptions, 'signal' | 'progress'>): Encoded;
}

/**
 * Makes an export ready. Errors: `export_failed` (nothing to export, a list that is not whole, more rows than XLSX
 * holds), `cancelled`, and those of the directory.
 */
export async function prepareExport(
  directory: Directory,
  connections: readonly Connection[],
  request: ExportRequest,
  now: number,
  signal?: AbortSignal,
): Promise<Result<ReadyExport>> {
  const { of, format, bom, partial, filter } = request;
  const lists = await directory.lists();
  if (!lists.ok) return lists;
  const sources = lists.value.filter((state) => isSource(state, of));
  const cut = sources.filter(({ complete }) => !complete);
  if (cut.length > 0 && !partial) return { ok: false, error: notWhole(cut, connections) };

  const expected = await countOf(directory, of, signal);
  if (signal?.aborted === true) return cancelled;
  if (!expected.ok) return expected;
  if (format === 'xlsx' && expected.value >= maxSheetRows) {
    return fail(
      'export_failed',
      `A sheet of an XLSX file holds ${maxSheetRows.toLocaleString('en')} rows, one of them the head; these are ${expected.value.toLocaleString('en')}.`,
      'Narrow the list, or choose CSV or JSON.',
    );
  }
  const names = new Map(connections.map((connection) => [connection.id, connection]));
  const table: Table = {
    ...tableOf(directory, of, names),
    expected: expected.value,
    async provenance(rows) {
      if (rows !== expected.value) {
        // Rows may have come or gone; what was written must be what is there now.
        const count = await countOf(directory, of);
        if (!count.ok) return count;
        if (rows !== count.value) return changed;
      }
      return ok(provenanceOf(rows, sources, cut.length, filter, now));
    },
  };
  return ok({
    fileName: `latchkey-${of.what}-${new Date(now).toISOString().slice(0, 10)}${bom ? '-bom' : ''}.${format}`,
    format,
    rows: expected.value,
    content: (options) => encode(table, format, xlsxWorker, { bom, ...options }),
  });
}

const changed = fail(
  'export_failed',
  'The lists changed while they were being exported.',
  'Start it again when reading has ended.',
);

const userColumns: readonly (readonly [string, (row: UserRow, of: Names) => Cell])[] = [
  ['connection', (row, of) => of.get(row.connection)?.name ?? row.connection],
  ['provider', (row, of) => of.get(row.connection)?.provider ?? null],
  ['installation', (row) => row.installation],
  ['installationName', (row) => row.installationName],
  ['id', (row) => row.id],
  ['displayName', (row) => row.displayName],
  ['email', (row) => row.email],
  ['roles', (row) => row.roles],
  ['status', (row) => row.status],
  ['expiresAt', (row) => (row.expiresAt === null ? null : new Date(row.expiresAt).toISOString())],
];
const installationColumns: readonly (readonly [string, (row: InstallationRow, of: Names) => Cell])[] = [
  ['connection', (row, of) => of.get(row.connection)?.name ?? row.connection],
  ['provider', (row) => row.provider],
  ['id', (row) => row.id],
  ['name', (row) => row.name],
  ['state', (row) => row.state],
  ['timeZone', (row) => row.timeZone],
  ['userCount', (row) => row.userCount],
];

type Names = ReadonlyMap<string, Connection>;

function tableOf(directory: Directory, of: ExportOf, names: Names): Pick<Table, 'name' | 'columns' | 'rows'> {
  if (of.what === 'installations') {
    return {
      name: 'installations',
      columns: installationColumns.map(([name]) => name),
      rows: cellsOf(directory.rows(of.query), (row) =>
        installationColumns.map(([, cell]) => cell(row, names)),
      ),
    };
  }
  const columns = userColumns.map(([name]) => name);
  const cells = (row: UserRow): readonly Cell[] => userColumns.map(([, cell]) => cell(row, names));
  return {
    name: 'users',
    columns,
    rows: cellsOf(of.what === 'users' ? directory.rows(of.query) : comparedRows(directory, of.query), cells),
  };
}

async function* cellsOf<Row>(
  rows: AsyncIterable<Result<readonly Row[]>>,
  cells: (row: Row) => readonly Cell[],
): AsyncGenerator<Result<readonly (readonly Cell[])[]>, void, undefined> {
  for await (const portion of rows) yield portion.ok ? ok(portion.value.map(cells)) : portion;
}

/** The users of a comparison, those of one person together. Empty portions come while it is made. */
async function* comparedRows(
  directory: Directory,
  query: CompareQuery,
): AsyncGenerator<Result<readonly UserRow[]>, void, undefined> {
  let comparison: number | null = null;
  for (let offset = 0; ; offset += comparedPage) {
    let found = yield* compared(directory, query, offset);
    // One that was under way before the last change was asked for by others.
    if (found.ok && found.value.old && comparison === null) found = yield* compared(directory, query, offset);
    if (!found.ok) {
      yield found;
      return;
    }
    const { people, total, old, comparison: made } = found.value;
    if (old || (comparison !== null && made !== comparison)) {
      yield changed;
      return;
    }
    comparison = made;
    yield ok(people.flatMap(({ users }) => users));
    if (offset + comparedPage >= total) return;
  }
}

const comparedPage = 500;

async function* compared(
  directory: Directory,
  query: CompareQuery,
  offset: number,
): AsyncGenerator<Result<readonly UserRow[]>, Result<CompareWindow>, undefined> {
  const controller = new AbortController();
  let moved = (): void => undefined;
  const answer = directory.compare(query, offset, comparedPage, {
    signal: controller.signal,
    progress: () => {
      moved();
    },
  });
  try {
    for (;;) {
      const step = new Promise<null>((resolve) => {
        moved = () => {
          resolve(null);
        };
      });
      const found = await Promise.race([answer, step]);
      if (found !== null) return found;
      yield ok([]);
    }
  } finally {
    controller.abort();
  }
}

async function countOf(directory: Directory, of: ExportOf, signal?: AbortSignal): Promise<Result<number>> {
  if (of.what !== 'comparison') return directory.count(of.query);
  let count = 0;
  for await (const rows of comparedRows(directory, of.query)) {
    if (signal?.aborted === true) return cancelled;
    if (!rows.ok) return rows;
    count += rows.value.length;
  }
  return ok(count);
}

/** Whether rows of this list can be among those asked for. */
function isSource({ key }: ListState, of: ExportOf): boolean {
  if (key.kind !== (of.what === 'installations' ? 'installations' : 'users')) return false;
  const at = key.kind === 'users' ? key.installation.id : undefined;
  if (of.what === 'comparison') {
    return of.query.places.some(
      ({ connection, installation }) => connection === key.connection && installation === at,
    );
  }
  const { connection, connections, installation }: Filter = of.query.filter ?? {};
  return (
    (connection === undefined || connection === key.connection) &&
    (connections === undefined || connections.includes(key.connection)) &&
    (installation === undefined || installation === at)
  );
}

function notWhole(cut: readonly ListState[], connections: readonly Connection[]): Failure {
  const [first] = cut;
  const name = connections.find(({ id }) => id === first?.key.connection)?.name ?? '';
  const place = first?.key.kind === 'users' ? `${name}, ${first.key.installation.name}` : name;
  const others = cut.length > 1 ? ` and ${cut.length - 1} more` : '';
  return fail(
    'export_failed',
    `The list of ${place}${others} is not here as a whole, so the file would not be.`,
    'Read it to its end first, or narrow to lists that are whole.',
  ).error;
}

function provenanceOf(
  rows: number,
  sources: readonly ListState[],
  cut: number,
  filter: string,
  now: number,
): Provenance {
  const times = sources.flatMap(({ fetchedAt }) => fetchedAt ?? []);
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    program: `Latchkey ${version}`,
    exportedAt: iso(now),
    rows,
    lists: sources.length,
    ...(cut > 0 && { listsNotWhole: cut }),
    ...(times.length > 0 && { oldestReadAt: iso(Math.min(...times)), newestReadAt: iso(Math.max(...times)) }),
    filter,
  };
}
