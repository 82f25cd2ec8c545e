import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { readSheet } from 'read-excel-file/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { type ExportRequest, prepareExport } from '../../../main/console/export-lists.ts';
import type { Directory } from '../../../main/directory/directory.ts';
import type { Query } from '../../../main/directory/rows.ts';
import { encode } from '../../../main/exports/encode.ts';
import type { Encoded, ExportFormat, Table } from '../../../main/exports/table.ts';
import { checkPlace, writeWholeFile } from '../../../main/exports/whole-file.ts';
import { xlsxWorker } from '../../../main/entry-points.ts';
import { fail, ok } from '../../../preload/errors.ts';
import { fetchedAt, load, open, randomUsers, user, usersOf, value } from '../directory/fixtures.ts';

const rows = 4000;
const connections = [{ id: 'acme', name: 'Acme, "Ltd"', provider: 'salto-ks' }] as unknown as Connection[];

let directory: Directory;
let folder = '';
beforeAll(async () => {
  directory = open();
  const people = randomUsers(rows, 3);
  const hostile = user('hostile', '=HYPERLINK("http://x.example")', {
    email: '+1@site.example',
    status: 'active',
  });
  const broken = user('broken', 'Line\r\nbreak, "quoted"', { status: 'active', roles: ['@SUM(A1)', 'b;c'] });
  await load(directory, usersOf('s1'), [...people, hostile, broken]);
  await load(directory, usersOf('s2'), [user('elsewhere', 'Other Site')]);
});
afterAll(() => directory.close());
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'latchkey-exports-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const query: Query<'users'> = {
  kind: 'users',
  filter: { installation: 's1', status: 'active' },
  sort: { by: 'email', descending: true },
};
const request = (format: ExportFormat, more: Partial<ExportRequest> = {}): ExportRequest => ({
  of: { what: 'users', query },
  format,
  bom: false,
  partial: false,
  filter: 'status active',
  ...more,
});

/** What the filter shows, as the screen gets it, in windows. */
async function shown(): Promise<string[][]> {
  const all: string[][] = [];
  for (let offset = 0; ; offset += 500) {
    const window = value(await directory.window({ ...query, offset, limit: 500 }));
    for (const row of window.rows) {
      all.push([
        'Acme, "Ltd"',
        'salto-ks',
        row.installation,
        row.installationName,
        row.id,
        row.displayName,
        row.email ?? '',
        row.roles.join('; '),
        row.status,
        row.expiresAt === null ? '' : new Date(row.expiresAt).toISOString(),
      ]);
    }
    if (window.rows.length < 500) return all;
  }
}

async function exported(format: ExportFormat, more: Partial<ExportRequest> = {}): Promise<string> {
  const ready = value(await prepareExport(directory, connections, request(format, more), fetchedAt));
  const file = path.join(folder, ready.fileName);
  value(await writeWholeFile(file, ready.content({})));
  return file;
}

const head = [
  'connection',
  'provider',
  'installation',
  'installationName',
  'id',
  'displayName',
  'email',
  'roles',
  'status',
  'expiresAt',
];

test('CSV read by another parser has every row the filter shows, in its order, formulas disarmed', async () => {
  const all = await shown();
  const file = await exported('csv', { bom: true });
  const text = await readFile(file, 'utf8');
  expect(text.startsWith('\uFEFF')).toBe(true);
  const records: string[][] = parse(text, { bom: true });
  expect(records[0]).toEqual(head);
  const disarmed = all.map((row) => row.map((cell) => (/^[=+\-@]/.test(cell) ? `'${cell}` : cell)));
  expect(records.slice(1, -1)).toEqual(disarmed);
  const last = records.at(-1)?.[0] ?? '';
  expect(last).toContain(`rows=${all.length}`);
  expect(last).toContain('newestReadAt=2026-11-22T12:00:00.000Z');
  expect(last).toContain('filter=status active');
  expect(path.basename(file)).toBe('latchkey-users-2026-11-22-bom.csv');
  expect(path.basename(await exported('csv'))).toBe('latchkey-users-2026-11-22.csv');
});

test('NDJSON and JSON have every row, and say whence they are', async () => {
  const all = await shown();
  const cells = (row: Record<string, unknown>): string[] =>
    head.map((name) => {
      const cell = row[name];
      return Array.isArray(cell) ? cell.join('; ') : ((cell as string | null) ?? '');
    });
  const lines = (await readFile(await exported('ndjson'), 'utf8')).trimEnd().split('\n');
  const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(objects.slice(0, -1).map(cells)).toEqual(all);
  expect(objects.at(-1)).toEqual({
    provenance: expect.objectContaining({ rows: all.length, lists: 1 }) as unknown,
  });
  const json = JSON.parse(await readFile(await exported('json'), 'utf8')) as {
    readonly users: Record<string, unknown>[];
    readonly provenance: unknown;
  };
  expect(Object.keys(json)).toEqual(['users', 'provenance']);
  expect(json.users.map(cells)).toEqual(all);
  expect(json.provenance).toMatchObject({ rows: all.length, exportedAt: '2026-11-22T12:00:00.000Z' });
});

test('XLSX read by another reader has every row; what looks like a formula is text', async () => {
  const all = await shown();
  const file = await exported('xlsx');
  const sheet = await readSheet<string>(file, 'users', { trim: false });
  expect(sheet[0]).toEqual(head);
  // A line break in a cell is a line feed in XML.
  const expected = all.map((row) => row.map((cell) => (cell === '' ? null : cell.replaceAll('\r\n', '\n'))));
  expect(
    sheet
      .slice(1)
      .map((row) => row.map((cell) => (typeof cell === 'string' ? cell.replaceAll('\r\n', '\n') : cell))),
  ).toEqual(expected);
  const facts = (await readSheet(file, 'provenance')) as unknown[][];
  expect(facts).toContainEqual(['rows', all.length]);
});

test('a list that is not whole is not exported unless that is wanted, and then the file says so', async () => {
  const key = usersOf('s3', 'acme', 'Cut');
  const handle = value(await directory.beginList(key));
  value(await directory.append(handle, [user('1', 'Anna')]));
  const failure = fail('network_unreachable', 'No network.', 'Again.').error;
  value(await directory.finish(handle, { complete: false, failure, total: 9 }));
  const of = { what: 'users', query: { kind: 'users', filter: { installation: 's3' } } } as const;
  expect(await prepareExport(directory, connections, request('csv', { of }), fetchedAt)).toMatchObject({
    ok: false,
    error: { code: 'export_failed', message: expect.stringContaining('Cut') as string },
  });
  const text = await readFile(await exported('csv', { of, partial: true }), 'utf8');
  expect(text).toContain('listsNotWhole=1');
  value(await directory.removeList(key));
});

const tableOf = (portions: Table['rows'], expected: number | null = null): Table => ({
  name: 'users',
  columns: ['id'],
  expected,
  rows: portions,
  provenance: (count) => ok({ rows: count }),
});

async function* breaksOff(): Table['rows'] {
  await Promise.resolve();
  yield ok([['a'], ['b']]);
  yield fail('network_unreachable', 'Gone.', 'Again.');
}

test.each(['csv', 'ndjson', 'json', 'xlsx'] as const)(
  'rows that break off leave no %s file, and what was there before stays',
  async (format) => {
    const file = path.join(folder, `people.${format}`);
    await writeFile(file, 'of yesterday');
    const content: Encoded = encode(tableOf(breaksOff()), format, xlsxWorker);
    expect(await writeWholeFile(file, content)).toMatchObject({
      ok: false,
      error: { code: 'network_unreachable' },
    });
    expect(await readdir(folder)).toEqual([`people.${format}`]);
    expect(await readFile(file, 'utf8')).toBe('of yesterday');
  },
);

test.each(['csv', 'xlsx'] as const)('cancelling leaves no %s file', async (format) => {
  const left = new AbortController();
  const ready = value(await prepareExport(directory, connections, request(format), fetchedAt));
  const content = ready.content({ signal: left.signal, progress: () => left.abort() });
  expect(await writeWholeFile(path.join(folder, 'x'), content)).toMatchObject({
    error: { code: 'cancelled' },
  });
  expect(await readdir(folder)).toEqual([]);
});

test('an export that is cancelled while its rows are counted is not made ready', async () => {
  const own = open();
  try {
    await load(
      own,
      usersOf('s1'),
      Array.from({ length: 1300 }, (_, at) => user(String(at), `Person ${at}`)),
    );
    const places = [{ connection: 'acme', installation: 's1' }];
    const asked: number[] = [];
    const left = new AbortController();
    const leaving: Directory = {
      ...own,
      async compare(of, offset, ...more) {
        asked.push(offset);
        left.abort();
        return own.compare(of, offset, ...more);
      },
      async count(of) {
        left.abort();
        return own.count(of);
      },
    };
    const prepared = (of: ExportRequest['of']): ReturnType<typeof prepareExport> =>
      prepareExport(leaving, connections, request('csv', { of }), fetchedAt, left.signal);
    const cancelled = { ok: false, error: { code: 'cancelled' } };
    expect(await prepared({ what: 'comparison', query: { places, find: 'only_first' } })).toMatchObject(
      cancelled,
    );
    expect(asked).toEqual([0]);
    expect(await prepared({ what: 'users', query: { kind: 'users' } })).toMatchObject(cancelled);
  } finally {
    await own.close();
  }
});

test('a comparison is exported whole, and not at all where users change between its pages', async () => {
  const own = open();
  try {
    const people = Array.from({ length: 1300 }, (_, at) => user(String(at), `Person ${at}`));
    await load(own, usersOf('s1'), people);
    await load(own, usersOf('s2'), people.slice(0, 7));
    const places = ['s1', 's2'].map((installation) => ({ connection: 'acme', installation }));
    const of = { what: 'comparison', query: { places, find: 'only_first' } } as const;
    let change = false;
    const changing: Directory = {
      ...own,
      async compare(...asked) {
        const found = await own.compare(...asked);
        if (change) await load(own, usersOf('s2'), people.slice(0, 3));
        change = false;
        return found;
      },
    };
    const ready = async (): Promise<Encoded> =>
      value(await prepareExport(changing, connections, request('ndjson', { of }), fetchedAt)).content({});
    const file = path.join(folder, 'people.ndjson');
    value(await writeWholeFile(file, await ready()));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(0, -1);
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids.toSorted()).toEqual(
      people
        .slice(7)
        .map(({ id }) => id)
        .toSorted(),
    );
    const content = await ready();
    change = true;
    const results: unknown[] = [];
    for await (const portion of content) results.push(portion);
    expect(results.at(-1)).toMatchObject({
      ok: false,
      error: { code: 'export_failed', message: 'The lists changed while they were being exported.' },
    });
  } finally {
    await own.close();
  }
});

test('more rows than a sheet holds are refused by name, before and while they come', async () => {
  const refused = {
    ok: false,
    error: { code: 'export_failed', message: expect.stringContaining('1,048,576') as string },
  };
  async function* none(): Table['rows'] {}
  const before = encode(tableOf(none(), 1_048_576), 'xlsx', xlsxWorker);
  expect((await before.next()).value).toMatchObject(refused);
  async function* many(): Table['rows'] {
    const portion = Array.from({ length: 65_536 }, () => ['a']);
    for (let sent = 0; sent < 17; sent += 1) yield await Promise.resolve(ok(portion));
  }
  const results: unknown[] = [];
  for await (const chunk of encode(tableOf(many()), 'xlsx', xlsxWorker)) results.push(chunk);
  expect(results).toMatchObject([refused]);
});

test('a file that cannot be written is an error that says why', async () => {
  const ready = value(await prepareExport(directory, connections, request('csv'), fetchedAt));
  const file = path.join(folder, 'people.csv');
  await writeFile(file, 'of yesterday');
  const none = path.join(folder, 'none');
  for (const [named, message] of [
    [path.join(none, 'x.csv'), `The folder ${none} does not exist.`],
    [path.join(file, 'x.csv'), `${file} is not a folder.`],
    [folder, `${folder} is a folder, so it cannot be a file.`],
  ] as const) {
    expect(await writeWholeFile(named, ready.content({}))).toMatchObject({
      error: { code: 'export_failed', message },
    });
    expect(await checkPlace(named)).toMatchObject({ error: { code: 'export_failed', message } });
  }
  expect(await checkPlace(file)).toEqual({ ok: true, value: undefined });
  expect(await readFile(file, 'utf8')).toBe('of yesterday');
  expect(await readdir(folder)).toEqual(['people.csv']);
});

test('the same rows give the same bytes', async () => {
  const digest = async (): Promise<string> =>
    createHash('sha256')
      .update(await readFile(await exported('json')))
      .digest('hex');
  expect(await digest()).toBe(await digest());
});
