import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../../..');

/** A row of the security tables. */
export interface Row {
  readonly file: string;
  /** How mutations name it: its first cell, with the name of the standard before a number. */
  readonly name: string;
  readonly line: string;
  /** The tests that it names, below `test/`. */
  readonly tests: readonly string[];
}

/** What stands before the numbers of a page's section, by the beginning of its heading. */
const standards = ['RFC 8252', 'RFC 9700', 'OWASP ASVS', 'Electron'] as const;

/** Rows of tables with a column "test" or "further test". */
function rowsOf(file: string): Row[] {
  const found: Row[] = [];
  let column = -1;
  let standard = '';
  for (const line of readFileSync(path.join(root, 'docs', file), 'utf8').split('\n')) {
    if (line.startsWith('## ')) standard = standards.find((name) => line.startsWith(`## ${name}`)) ?? '';
    const cells = line.split('|').map((cell) => cell.trim());
    if (!line.startsWith('|')) column = -1;
    else if (column === -1) column = cells.findIndex((cell) => /^(further )?test$/.test(cell));
    else if (column > 0 && !/^[-| ]+$/.test(line)) {
      const name = `${standard.replace('OWASP ', '')} ${cells[1] ?? ''}`.trim();
      const named = [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, place = '']) => place);
      // Each rule of the checklist has a test of its own name besides.
      const own =
        standard === 'Electron'
          ? [...line.matchAll(/`([\w-]+)\.ts`/g)].map(([, rule = '']) => `unit/desktop/security/${rule}`)
          : [];
      found.push({ file, name, line, tests: [...own, ...named] });
    }
  }
  return found;
}

/** All rows of docs/security.md and docs/requirements.md. */
export const securityRows = ['security.md', 'requirements.md'].flatMap(rowsOf);
