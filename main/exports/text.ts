import { fail, ok, type Result } from '../../preload/errors.ts';
import { csvLine } from './csv.ts';
import {
  cellText,
  type Cell,
  type EncodeOptions,
  type Encoded,
  type Provenance,
  type Table,
} from './table.ts';

/** The format's own words around and between the rows. */
interface Words {
  readonly begin: string;
  /** One portion of rows; `first` where none came before. */
  readonly rows: (rows: readonly (readonly Cell[])[], first: boolean) => string;
  readonly end: (provenance: Provenance) => string;
}

/** CSV (RFC 4180), NDJSON or JSON, portion by portion: no more is in memory than the rows that have just come. */
export async function* encodeText(
  table: Table,
  format: 'csv' | 'ndjson' | 'json',
  options: EncodeOptions,
): Encoded {
  const words = { csv: csvWords, ndjson: ndjsonWords, json: jsonWords }[format](table);
  const bytes = (text: string): Result<Uint8Array> => ok(encoder.encode(text));
  yield bytes((format === 'csv' && options.bom === true ? '\uFEFF' : '') + words.begin);
  let count = 0;
  for await (const rows of table.rows) {
    if (options.signal?.aborted === true) {
      yield cancelled;
      return;
    }
    if (!rows.ok) {
      yield rows;
      return;
    }
    if (rows.value.length === 0) continue;
    yield bytes(words.rows(rows.value, count === 0));
    count += rows.value.length;
    options.progress?.(count);
  }
  if (options.signal?.aborted === true) {
    yield cancelled;
    return;
  }
  const provenance = await table.provenance(count);
  yield provenance.ok ? bytes(words.end(provenance.value)) : provenance;
}

const encoder = new TextEncoder();

export const cancelled: Result<never> = fail(
  'cancelled',
  'The export was cancelled.',
  'No file was left behind.',
);

/**
 * The line of provenance is the last record, with as many fields as the others (RFC 4180, 2.4); its first field begins
 * with a sign that no id or name of ours does, so that it can be told from a row.
 */
function csvWords({ columns }: Table): Words {
  return {
    begin: csvLine(columns),
    rows: (rows) => rows.map((row) => csvLine(row.map(cellText))).join(''),
    end: (provenance) => csvLine(columns.map((_, at) => (at === 0 ? provenanceLine(provenance) : null))),
  };
}

/** `# Latchkey: exported=...; rows=...` */
export function provenanceLine(provenance: Provenance): string {
  const facts = Object.entries(provenance).map(([name, value]) => `${name}=${value}`);
  return `# Latchkey export: ${facts.join('; ')}`;
}

function objectOf(columns: readonly string[], row: readonly Cell[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
}

/** The last line is `{"provenance": ...}`. */
function ndjsonWords({ columns }: Table): Words {
  return {
    begin: '',
    rows: (rows) => rows.map((row) => `${objectOf(columns, row)}\n`).join(''),
    end: (provenance) => `${JSON.stringify({ provenance })}\n`,
  };
}

/** `{"users": [...], "provenance": {...}}` */
function jsonWords({ name, columns }: Table): Words {
  return {
    begin: `{${JSON.stringify(name)}:[`,
    rows: (rows, first) => (first ? '\n' : ',\n') + rows.map((row) => objectOf(columns, row)).join(',\n'),
    end: (provenance) => `\n],"provenance":${JSON.stringify(provenance)}}\n`,
  };
}
