import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

/** Without code, where brackets and `#` mean other things. */
function prose(page: string): string {
  return readFileSync(path.join(root, page), 'utf8')
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
}

/** What links and pictures point at, but for other sites. */
function targets(page: string): string[] {
  const all = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return all.filter((target) => !/^[a-z]+:/.test(target));
}

/** Where headings can be linked to, as code hosts name the places. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('pages and their links are found', () => {
  expect(pages).toContain('README.md');
  expect(pages.flatMap(targets).length).toBeGreaterThan(50);
});

test.each(pages)('every link and picture of %s is there', (page) => {
  const missing = targets(page).filter((target) => {
    const [file = '', anchor] = target.split('#');
    const place = file === '' ? page : path.join(path.dirname(page), file);
    if (!existsSync(path.join(root, place))) return true;
    return anchor !== undefined && !anchors(place).includes(anchor);
  });
  expect(missing).toEqual([]);
});

test('CONTRIBUTING.md names the npm scripts that exist, and no other', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
  const named = [...text.matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, name = '']) => name);
  // npm runs `prepack` itself.
  const known = Object.keys(scripts).filter((name) => name !== 'prepack');
  expect([...new Set(named)].sort()).toEqual(known.sort());
});
