import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, 'docs', file), 'utf8');

/** Rows of tables with a column "test", as the words of their cells. */
function rows(file: string): { line: string; tests: string }[] {
  const found: { line: string; tests: string }[] = [];
  let column = -1;
  for (const line of read(file).split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (!line.startsWith('|')) column = -1;
    else if (column === -1) column = cells.findIndex((cell) => /^(further )?test$/.test(cell));
    else if (column > 0 && !/^[-| ]+$/.test(line)) found.push({ line, tests: cells[column] ?? '' });
  }
  return found;
}

const all = ['security.md', 'requirements.md'].flatMap((file) =>
  rows(file).map(({ line, tests }) => ({ file, line, tests, name: line.split('|')[1]?.trim() ?? '' })),
);

test('the tables are found', () => {
  expect(all.length).toBeGreaterThan(60);
});

test.each(all)('$file, "$name": each test that it names is there', ({ tests, line }) => {
  if (tests === '-') {
    expect(line, 'a row without a test says why').toMatch(/not offered/);
    return;
  }
  const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place);
  expect(named).not.toEqual([]);
  for (const place of named) {
    const base = path.join(root, 'test', place);
    expect(existsSync(base) || existsSync(`${base}.test.ts`), place).toBe(true);
  }
});
