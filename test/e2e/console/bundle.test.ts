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

/** The files that a module needs before it can run, itself among them: its static imports, and theirs. */
function neededBy(file: string, before = new Set<string>()): Set<string> {
  if (before.has(file)) return before;
  before.add(file);
  const text = readFileSync(file, 'utf8');
  // What stands in import(...) is loaded later.
  for (const [, other = ''] of text.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g))
    neededBy(path.resolve(path.dirname(file), other), before);
  return before;
}

test('the JavaScript before the first view is at most 90 kB gzipped', () => {
  const [page = ''] = texts('index.html');
  const entries = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, name = '']) =>
    path.resolve(folder, name),
  );
  const overview = files.filter((file) => /OverviewView-[\w-]+\.js$/.test(file));
  expect(entries.length).toBeGreaterThan(0);
  expect(overview).toHaveLength(1);
  const needed = new Set([...entries, ...overview].flatMap((file) => [...neededBy(file)]));
  const size = [...needed].reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  console.log(`${size} bytes of JavaScript before the first view, in ${needed.size} files`);
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
