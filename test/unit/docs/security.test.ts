import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root, securityRows } from './security-tables.ts';

test('the tables are found, and no two rows have one name', () => {
  expect(securityRows.length).toBeGreaterThan(100);
  const names = securityRows.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('the Electron checklist has its twenty points', () => {
  const points = securityRows.filter(({ name }) => name.startsWith('Electron '));
  expect(points.map(({ name }) => name)).toEqual(
    Array.from({ length: 20 }, (_, index) => `Electron ${index + 1}`),
  );
  for (const { line } of points) {
    // The first file named after the rule's words; rules of one file each are in one folder.
    const rule = /`([\w./-]+\.(?:ts|yml|json))`/.exec(line)?.[1] ?? '';
    const places = [rule, path.join('main', 'desktop', 'security', rule)];
    expect(
      places.some((place) => existsSync(path.join(root, place))),
      line,
    ).toBe(true);
  }
});

test('the stand-in that points are tried on is no second Electron: 600 lines in all', () => {
  const folder = path.join(root, 'test', 'support', 'electron-stand-in');
  const lines = readdirSync(folder).map(
    (name) => readFileSync(path.join(folder, name), 'utf8').split('\n').length - 1,
  );
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(600);
});

test.each(securityRows)('$file, "$name": each test that it names is there', ({ tests, line }) => {
  if (tests.length === 0) {
    expect(line, 'a row without a test says why').toMatch(/not offered.*\| - \|$/);
    return;
  }
  for (const place of tests) {
    const base = path.join(root, 'test', place);
    expect(existsSync(base) || existsSync(`${base}.test.ts`), place).toBe(true);
  }
});
