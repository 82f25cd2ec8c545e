import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { forTerminal } from '../../../main/cli/for-terminal.ts';
import { isoTime, lifeLeft, refreshLife } from '../../../main/cli/life.ts';
import { span } from '../../../main/clock.ts';
import { type ListShape, printListing } from '../../../main/cli/list-output.ts';
import { jsonText } from '../../../main/cli/json-text.ts';
import { printFailure, withVault } from '../../../main/cli/output.ts';
import { table } from '../../../main/cli/table.ts';
import type { ListFailure, ListOptions, ListProgress, Listing } from '../../../main/console/lists.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import { type TestTerminal, testTerminal } from './terminal.ts';

describe('a text for the terminal', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '·[31mred·[0m'],
    ['\u009b31m', '·31m'],
    ['a\r\nb\tc\u0007', 'a··b·c·'],
    ['evil\u202Egnp.exe', 'evil·gnp.exe'],
    ['\u2066\u2069\u200f\u061c', '····'],
    ['José Ødegård 李雷 👩‍👩‍👧', 'José Ødegård 李雷 👩‍👩‍👧'],
  ])('%j is %j', (text, safe) => {
    expect(forTerminal(text)).toBe(safe);
  });
});

describe('a table', () => {
  interface Row {
    a: string | null;
    n: number | null;
  }
  const lines = (rows: Row[]): string[] =>
    table(
      [
        { title: 'name', value: (row: Row) => row.a },
        { title: 'users', value: (row: Row) => row.n, alignRight: true },
      ],
      rows,
    )
      .trimEnd()
      .split('\n');

  test('is as wide as its widest cell, whatever it is written in', () => {
    const names = ['Zoë', 'e\u0301', '李雷', '👩‍👩‍👧 family', 'שלום', '\u001b[2J', 'x'.repeat(200), ''];
    const printed = lines(names.map((a, n) => ({ a, n })));
    expect(printed[0]).toMatch(/^NAME {46}USERS$/);
    expect(new Set(printed.map((line) => stringWidth(line)))).toEqual(new Set([55]));
    expect(printed[7]).toBe(`${'x'.repeat(47)}…  ${'6'.padStart(5)}`);
    expect(printed.at(-1)).toMatch(/^- +7$/);
  });

  test('cuts between characters, and a letter with a thousand accents too', () => {
    const [, wide, accents] = lines([
      { a: '李'.repeat(40), n: 1 },
      { a: `a${'\u0301'.repeat(5000)}`, n: 2 },
    ]);
    expect(wide).toBe(`${'李'.repeat(23)}…${' '.repeat(6)}1`);
    expect((accents ?? '').length).toBeLessThan(400);
  });

  test('holds more rows than a function takes arguments', () => {
    expect(lines(Array.from({ length: 200_000 }, (_, n) => ({ a: 'x', n })))).toHaveLength(200_001);
  });

  test('of nothing is its heading', () => {
    expect(lines([])).toEqual(['NAME  USERS']);
  });
});

test.each([
  [0, '0 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '119 min'],
  [7_200_000, '2 h'],
  [259_199_000, '71 h'],
  [259_200_000, '3 days'],
])('%i ms are %s', (milliseconds, words) => {
  expect(span(milliseconds)).toBe(words);
});

test('a life in words', () => {
  expect([lifeLeft(null, 0), lifeLeft(3000, 0), lifeLeft(0, 0), lifeLeft(0, 300_000)]).toEqual([
    'no known end',
    '3 s left',
    'ended 0 s ago',
    'ended 5 min ago',
  ]);
  expect([isoTime(null), isoTime(0)]).toEqual([null, '1970-01-01T00:00:00.000Z']);
});

test('a refresh token whose end nobody said is told from none', () => {
  const life = (tokens: readonly ('access' | 'refresh')[], refreshExpiresAt: string | null) =>
    refreshLife({ tokens, status: { refreshExpiresAt } }, 0);
  expect(life(['access', 'refresh'], null)).toBe('yes, no end known');
  expect(life(['access', 'refresh'], '1970-01-01T00:05:00.000Z')).toBe('5 min left');
  expect(life(['access'], null)).toBeNull();
  expect(life([], null)).toBeNull();
});

test('a failure for people and for scripts', async () => {
  const { error } = fail('vault_locked', 'Locked\u001b[2J.', 'Unlock it.');
  const people = testTerminal();
  expect(await printFailure(people, error, {})).toBe(6);
  expect([people.stdout, people.notes]).toEqual([
    '',
    ['latchkey: Locked·[2J.', '  Unlock it. (vault_locked)'],
  ]);
  const scripts = testTerminal();
  expect(await printFailure(scripts, error, { json: true })).toBe(6);
  expect(scripts.notes).toEqual([]);
  expect(JSON.parse(scripts.stdout)).toEqual({ error });
  expect(scripts.stdout.indexOf('\n')).toBe(scripts.stdout.length - 1);
});

test('JSON carries no character that moves a cursor or turns text around, and means the same', () => {
  const value = { name: 'a\u001b[2J\u009b31m\u007f\u202egpj.exe\u2066\u200f', zoë: '李雷 👩‍👩‍👧' };
  const text = jsonText(value);
  expect(text).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
  expect(text).toContain('"zoë":"李雷 👩‍👩‍👧"');
  expect(JSON.parse(text)).toEqual(value);
});

test('a next step for a system user names the vault of this run too', () => {
  const options = { vault: 'file', passphraseEnv: 'PP' };
  expect(withVault('Then: latchkey system-user apply plan.json', options)).toBe(
    'Then: latchkey system-user apply plan.json --vault file --passphrase-env PP',
  );
});

describe('a list', () => {
  interface Person {
    id: string;
    name: string;
    roles: readonly string[];
  }
  const shape: ListShape<Person> = {
    name: 'people',
    fields: { id: ({ id }) => id, name: ({ name }) => name, roles: ({ roles }) => roles },
    columns: [{ title: 'name', value: ({ name }) => name }],
    many: true,
    now: () => 3_600_000,
  };
  const people: Person[][] = [
    [{ id: '1', name: '=1+1', roles: ['a', 'b'] }],
    [],
    [{ id: '2', name: 'Zoë "Z", \n', roles: [] }],
  ];

  async function print(
    windows: Person[][],
    options: { json?: boolean; csv?: boolean; ndjson?: boolean; xlsx?: boolean; out?: string },
    more: {
      failures?: ListFailure[];
      lists?: number;
      fetchedAt?: number;
      many?: boolean;
      /** A person's terminal. */
      colours?: boolean;
      broken?: Result<never>;
      reached?: readonly ListProgress[];
    } = {},
  ): Promise<{ code: number; stdout: string; notes: string[] }> {
    const terminal: TestTerminal = { ...testTerminal(), colours: more.colours ?? false };
    terminal.out = (text) => {
      terminal.stdout += text;
      return Promise.resolve();
    };
    const { failures = [], lists = 2, fetchedAt = null } = more;
    const rows = (async function* () {
      for (const window of windows) yield await Promise.resolve(ok(window));
      if (more.broken) yield more.broken;
    })();
    const read = ({ progress }: ListOptions): Promise<Result<Listing<Person>>> => {
      for (const reached of more.reached ?? []) progress?.(reached);
      return Promise.resolve(ok({ lists, rows, failures, fetchedAt }));
    };
    const code = await printListing(terminal, read, { ...shape, many: more.many ?? true }, options);
    return { code, stdout: terminal.stdout, notes: terminal.notes };
  }

  test('rows that break off are an error, and what was printed has no end', async () => {
    const broken = fail('network_unreachable', 'Gone.', 'Again.');
    const printed = await print([[{ id: '1', name: 'Ada', roles: [] }]], { json: true }, { broken });
    expect(printed.code).toBe(5);
    expect(() => JSON.parse(printed.stdout) as unknown).toThrow();
    expect(printed.notes).toEqual(['The list broke off: Gone. (network_unreachable)']);
  });

  test('a file has every row and its provenance; rows that break off leave none', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-out-'));
    const out = path.join(folder, 'people.ndjson');
    const rows = [[{ id: '1', name: 'Ada', roles: ['a', 'b'] }]];
    expect(await print(rows, { out })).toMatchObject({ code: 0, notes: [`1 people written to ${out}.`] });
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { id: '1', name: 'Ada', roles: ['a', 'b'] },
      { provenance: expect.objectContaining({ rows: 1, lists: 2 }) as unknown },
    ]);
    const broken = fail('network_unreachable', 'Gone.', 'Again.');
    const xlsx = path.join(folder, 'people.xlsx');
    expect(await print(rows, { out: xlsx }, { broken })).toMatchObject({ code: 5 });
    expect(await print(rows, { xlsx: true })).toMatchObject({ code: 2 });
    expect(await print(rows, { out: path.join(folder, 'people') })).toMatchObject({ code: 2 });
    expect(await readdir(folder)).toEqual(['people.ndjson']);
    await rm(folder, { recursive: true });
  });

  test.each([
    ['json', '[]\n', []],
    ['csv', 'id,name,roles\r\n', []],
    ['ndjson', '', []],
    ['table', '', ['There are none.']],
  ])('of nobody as %s', async (format, stdout, notes) => {
    expect(await print([[], []], { [format]: true })).toEqual({ code: 0, stdout, notes });
  });

  test('as JSON is one value on one line, over all windows', async () => {
    const { stdout } = await print(people, { json: true });
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toEqual(people.flat());
  });

  test('as NDJSON is one object a line', async () => {
    const { stdout } = await print(people, { ndjson: true });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(people.flat());
  });

  test('CSV on a person’s terminal is spared what would move the cursor; a pipe gets what is there', async () => {
    const evil = [[{ id: '1', name: 'a\u001b[2Jb', roles: [] }]];
    expect((await print(evil, { csv: true }, { colours: true })).stdout).toContain('a·[2Jb');
    expect((await print(evil, { csv: true })).stdout).toContain('a\u001b[2Jb');
  });

  test('as CSV is quoted, and no formula', async () => {
    const { stdout } = await print(people, { csv: true });
    expect(stdout).toBe('id,name,roles\r\n1,\'=1+1,a; b\r\n2,"Zoë ""Z"", \n",\r\n');
  });

  const failed: ListFailure = {
    connection: 'acme',
    installation: 'Harbour',
    failure: fail('forbidden', 'Not allowed.', 'Ask.').error,
    goesOn: false,
  };
  test('of several prints what came, names what did not, and ends with its exit code', async () => {
    const { code, stdout, notes } = await print(people, { json: true }, { failures: [failed] });
    expect([code, notes]).toEqual([4, ['Not listed: acme, Harbour: Not allowed. (forbidden)']]);
    expect(JSON.parse(stdout)).toHaveLength(2);
  });

  test.each([
    ['that is the only one', { many: false, failures: [failed] }],
    ['of which nothing came', { lists: 1, failures: [failed] }],
  ])('%s is an error, with nothing of it printed', async (_what, more) => {
    const { code, stdout } = await print(people, { json: true }, more);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'forbidden', message: 'Harbour: Not allowed.', hint: 'Ask.' },
    });
  });

  const stopped: ListFailure = {
    connection: 'acme',
    installation: 'Depot',
    failure: fail('cancelled', 'Cancelled.', 'Again.').error,
    goesOn: true,
  };
  test('that was stopped says how much of it was read and whether the next run goes on, once for all lists', async () => {
    const reached = [{ connection: 'acme', installation: 'Depot', rows: 3412, total: 20_000 }];
    const one = await print(people, {}, { many: false, lists: 1, failures: [stopped], reached });
    expect([one.code, one.stdout, one.notes]).toEqual([
      3,
      '',
      [
        'latchkey: Stopped: 3,412 of 20,000 people of Depot were read.',
        '  Within an hour the next run goes on from there; --restart begins anew. (cancelled)',
      ],
    ]);
    const other = { ...stopped, installation: 'Harbour', goesOn: false };
    const all = { many: false, lists: 3, failures: [stopped, other], reached };
    const { code, stdout } = await print(people, { json: true }, all);
    expect([code, JSON.parse(stdout)]).toEqual([
      3,
      {
        error: {
          code: 'cancelled',
          message: 'Stopped: 2 of 3 lists are not whole; 3,412 people of those were read.',
          hint: 'Within an hour the next run goes on from there; --restart begins anew.',
        },
      },
    ]);
    const anew = await print(people, {}, { many: false, failures: [other] });
    expect(anew.notes.at(-1)).toBe('  The next run begins anew. (cancelled)');
    const came = await print(people, { ndjson: true }, { lists: 3, failures: [other] });
    expect([came.code, came.notes]).toEqual([
      3,
      ['Stopped: 1 of 3 lists are not whole; 0 people of those were read. The next run begins anew.'],
    ]);
  });

  test('that broke off where it goes on from says so', async () => {
    const { notes } = await print(people, {}, { many: false, failures: [{ ...failed, goesOn: true }] });
    expect(notes.at(-1)).toBe(
      '  Within an hour the next run goes on from there; --restart begins anew. Ask. (forbidden)',
    );
  });

  test('that was kept says how old it is, on stderr', async () => {
    const { stdout, notes } = await print(people, { ndjson: true }, { fetchedAt: 0 });
    expect(notes).toEqual(['As read 60 min ago (1970-01-01T00:00:00.000Z).']);
    expect(stdout).not.toContain('ago');
  });
});
