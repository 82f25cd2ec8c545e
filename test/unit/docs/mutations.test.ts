import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root, securityRows } from './security-tables.ts';

interface Mutation {
  readonly rows: readonly string[];
  readonly change: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: { readonly file: string; readonly name: string };
}

// Named by a variable: the list is plain JavaScript without types.
const list = path.join(root, 'scripts', 'mutations', 'list.mjs');
const { mutations, withoutMutation } = (await import(list)) as {
  mutations: readonly Mutation[];
  withoutMutation: Readonly<Record<string, string>>;
};
const rowNamed = new Map(securityRows.map((row) => [row.name, row]));

test.each(mutations)('$rows.0: $change', ({ rows, file, find, replace, tests }) => {
  const source = readFileSync(path.join(root, file), 'utf8');
  expect(source.split(find).length - 1, `how often ${file} has what is taken away`).toBe(1);
  expect(replace).not.toBe(find);
  expect(existsSync(path.join(root, tests.file)), tests.file).toBe(true);
  const place = tests.file.replace(/^test\//, '');
  for (const name of rows) {
    const row = rowNamed.get(name);
    expect(row, `the row ${name}`).toBeDefined();
    const named = row?.tests.some((one) => [one, `${one}.test.ts`].includes(place) || place.startsWith(one));
    expect(named, `${name} names ${place}`).toBe(true);
  }
});

test('every row with a rule of ours has a mutation that takes it away', () => {
  const taken = new Set([...mutations.flatMap(({ rows }) => rows), ...Object.keys(withoutMutation)]);
  const rows = securityRows.filter(({ tests }) => tests.length > 0).map(({ name }) => name);
  expect(rows.filter((name) => !taken.has(name))).toEqual([]);
  expect([...taken].filter((name) => !rows.includes(name))).toEqual([]);
});
