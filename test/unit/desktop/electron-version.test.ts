import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The oldest major that Electron's makers still repair at the time of this release: they support the latest three. */
const oldestSupported = 43;

test('Electron is pinned exactly, to a major that is still repaired', () => {
  const file = path.resolve(import.meta.dirname, '../../../package.json');
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number.parseInt(devDependencies.electron ?? '', 10)).toBeGreaterThanOrEqual(oldestSupported);
});
