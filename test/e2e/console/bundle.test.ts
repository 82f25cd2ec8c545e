import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../../out/renderer');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name));
const texts = (ending: string): string[] =>
  files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(file, 'utf8'));

test('the screen’s JavaScript is at most 90 kB gzipped', () => {
  const size = texts('.js').reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
  expect(size).toBeGreaterThan(0);
  expect(size).toBeLessThanOrEqual(90_000);
});

test('the page has no inline script, no inline style and no data: address', () => {
  const [page = ''] = texts('index.html');
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=|data:|javascript:/i);
  for (const text of [...texts('.js'), ...texts('.css')])
    expect(text).not.toMatch(/url\(["']?data:|data:image/);
});

test('there are no source maps, and nothing of the bridge for development', () => {
  expect(files.filter((file) => /\.map$|dev/.test(path.relative(folder, file)))).toEqual([]);
  for (const text of texts('.js')) expect(text).not.toMatch(/sourceMappingURL|DROP TABLE/);
});
