export type CsvCell = string | number | boolean | null;

/**
 * One CSV record with its CRLF (RFC 4180). A text that a spreadsheet would run as a formula (it begins with `=`, `+`,
 * `-`, `@`, a tab or a line break) gets a leading apostrophe: names and e-mail addresses are typed by strangers.
 * Numbers are numbers and stay as they are; null is an empty field.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvField).join(',')}\r\n`;
}

function csvField(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = startsFormula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The full-width forms are read as formulas too by spreadsheets with an East Asian locale. */
const startsFormula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
