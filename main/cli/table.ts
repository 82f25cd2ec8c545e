import stringWidth from 'string-width';
import { forTerminal } from './for-terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  readonly alignRight?: boolean;
}

const widest = 48;

/** Rows as aligned text with one heading line; an absent value is `-`, a long one is cut with `…`. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(column.value(row))));
  // Not Math.max(...cells): a list is longer than an argument list may be.
  const widths = columns.map((column, index) =>
    cells.reduce((width, line) => Math.max(width, stringWidth(line[index] ?? '')), stringWidth(column.title)),
  );
  const lines = [columns.map((column) => column.title.toUpperCase()), ...cells].map((line) =>
    line
      .map((text, index) => {
        const gap = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
        if (columns[index]?.alignRight) return gap + text;
        return index === line.length - 1 ? text : text + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function cell(value: string | number | null): string {
  if (value === null || value === '') return '-';
  const whole = forTerminal(String(value));
  // A hundred accents on one letter are as narrow as the letter.
  const text = whole.slice(0, widest * 4);
  if (text === whole && stringWidth(text) <= widest) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > widest - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
