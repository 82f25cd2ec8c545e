import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { readSheet } from 'read-excel-file/node';
import type { Connection } from '../../main/connections/connection.ts';
import { prepareExport } from '../../main/console/export-lists.ts';
import { type Directory, openDirectory } from '../../main/directory/directory.ts';
import type { Query } from '../../main/directory/rows.ts';
import type { ExportFormat } from '../../main/exports/table.ts';
import { writeWholeFile } from '../../main/exports/whole-file.ts';
import { load, randomUsers, usersOf, value } from '../unit/directory/fixtures.ts';
import { type Bench, type BenchRow, row } from './row.ts';

const wanted = 100_000;
const connections = [{ id: 'acme', name: 'acme', provider: 'salto-ks' }] as unknown as Connection[];
const query: Query<'users'> = { kind: 'users', filter: { installation: 's1' }, sort: { by: 'email' } };

/** 100,000 filtered users in each format, each file read again by another parser: whole, in order, cell for cell. */
export const exportsBench: Bench = async ({ say }) => {
  const directory = openDirectory();
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'));
  try {
    const people = randomUsers(wanted, 7);
    await load(directory, usersOf('s1'), people);
    await load(directory, usersOf('s2'), people.slice(0, 20_000));
    value(await directory.settled());
    const shown = await rowsShown(directory);
    const rows: BenchRow[] = [];
    for (const format of ['csv', 'ndjson', 'json', 'xlsx'] as const) {
      const ready = value(
        await prepareExport(
          directory,
          connections,
          { of: { what: 'users', query }, format, bom: false, partial: false, filter: 'installation s1' },
          Date.now(),
        ),
      );
      const file = path.join(folder, ready.fileName);
      const begin = performance.now();
      value(await writeWholeFile(file, ready.content({})));
      const taken = performance.now() - begin;
      const got = await readers[format](file);
      if (got.length !== wanted) throw new Error(`${format}: ${got.length} rows instead of ${wanted}`);
      got.forEach((cells, at) => {
        const same = JSON.stringify(cells) === JSON.stringify(shown[at]);
        if (!same) throw new Error(`${format}: row ${at} is ${JSON.stringify(cells)}`);
      });
      say(`${format}: ${wanted.toLocaleString('en')} rows whole and right`);
      const megabytes = (await stat(file)).size / 1_000_000;
      rows.push(
        row(`export of 100,000 filtered users as ${format}`, taken, 'ms', {
          note: `${megabytes.toFixed(1)} MB, read again by another parser: every row, in order`,
        }),
      );
    }
    return rows;
  } finally {
    await directory.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Id, name and e-mail address of every row, as the screen gets them. */
async function rowsShown(directory: Directory): Promise<string[][]> {
  const all: string[][] = [];
  for await (const rows of directory.rows(query)) {
    for (const { id, displayName, email } of value(rows)) all.push([id, displayName, email ?? '']);
  }
  return all;
}

const idAt = 4;
const cellsOf = (row: readonly unknown[]): string[] =>
  row.slice(idAt, idAt + 3).map((cell) => (cell === null ? '' : (cell as string)));
const cellsOfObject = ({ id, displayName, email }: Record<string, unknown>): string[] =>
  [id, displayName, email].map((cell) => (cell === null ? '' : (cell as string)));

const readers: Readonly<Record<ExportFormat, (file: string) => Promise<string[][]>>> = {
  async csv(file) {
    const all: string[][] = [];
    for await (const record of createReadStream(file).pipe(parse({ from: 2 }))) {
      all.push(cellsOf(record as string[]));
    }
    return all.slice(0, -1);
  },
  async ndjson(file) {
    const all: string[][] = [];
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const object = JSON.parse(line) as Record<string, unknown>;
      if (object['provenance'] === undefined) all.push(cellsOfObject(object));
    }
    return all;
  },
  async json(file) {
    const { users } = JSON.parse(await readFile(file, 'utf8')) as { users: Record<string, unknown>[] };
    return users.map(cellsOfObject);
  },
  async xlsx(file) {
    return (await readSheet(file, 'users', { trim: false })).slice(1).map(cellsOf);
  },
};
