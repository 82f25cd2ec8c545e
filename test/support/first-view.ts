import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** The built screen. */
export const screenFolder = path.resolve(import.meta.dirname, '../../out/renderer');

export interface FirstViewScript {
  /** Gzipped, bytes. */
  readonly size: number;
  readonly files: number;
}

/** The JavaScript that has to be there before the first view is: what the page names, the Overview, and what they import. */
export function firstViewScript(): FirstViewScript {
  const page = readFileSync(path.join(screenFolder, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, name = '']) =>
    path.resolve(screenFolder, name),
  );
  const overview = readdirSync(screenFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /OverviewView-[\w-]+\.js$/.test(file))
    .map((file) => path.join(screenFolder, file));
  if (named.length === 0 || overview.length !== 1) throw new Error('The built screen has no first view.');
  const needed = new Set([...named, ...overview].flatMap((file) => [...neededBy(file)]));
  const size = [...needed].reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  return { size, files: needed.size };
}

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
