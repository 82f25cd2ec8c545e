import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { firstViewScript, screenFolder } from '../../support/first-view.ts';

const files = readdirSync(screenFolder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name));
const texts = (ending: string): string[] =>
  files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(file, 'utf8'));

test('the JavaScript before the first view is at most 90 kB gzipped', () => {
  const { size, files: needed } = firstViewScript();
  console.log(`${size} bytes of JavaScript before the first view, in ${needed} files`);
  expect(size).toBeLessThanOrEqual(90_000);
});

test('the page has no inline script, no inline style and no data: address', () => {
  const [page = ''] = texts('index.html');
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=|data:|javascript:/i);
  for (const text of [...texts('.js'), ...texts('.css')])
    expect(text).not.toMatch(/url\(["']?data:|data:image/);
});

test('there are no source maps, and nothing of the bridge for development', () => {
  expect(files.filter((file) => /\.map$|dev/.test(path.relative(screenFolder, file)))).toEqual([]);
  for (const text of texts('.js')) expect(text).not.toMatch(/sourceMappingURL|DROP TABLE/);
});
