import { existsSync } from 'node:fs';
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
