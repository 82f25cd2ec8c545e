import { encodeText } from './text.ts';
import { encodeXlsx } from './xlsx.ts';
import type { EncodeOptions, Encoded, ExportFormat, Table } from './table.ts';

/** A table as the bytes of a file. `xlsxWorker` is the file of the thread that writes XLSX. */
export function encode(
  table: Table,
  format: ExportFormat,
  xlsxWorker: URL,
  options: EncodeOptions = {},
): Encoded {
  return format === 'xlsx' ? encodeXlsx(table, xlsxWorker, options) : encodeText(table, format, options);
}

/** What a browser should take the file for. */
export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
