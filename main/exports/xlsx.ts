import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fail, ok, type Failure } from '../../preload/errors.ts';
import { cancelled } from './text.ts';
import { cellText, type EncodeOptions, type Encoded, type Provenance, type Table } from './table.ts';

/** Rows of a sheet, the head among them (ECMA-376; Excel's "specifications and limits"). */
export const maxSheetRows = 1_048_576;

/** Characters of one cell (the same page). */
const maxCellLength = 32_767;

/** What goes to the thread: portions of rows, then the end of it. */
export type ToWriter =
  { readonly rows: readonly (readonly (string | number | null)[])[] } | { readonly end: Provenance };
/** What comes back: the file, portion by portion, then null; or what went wrong. */
export type FromWriter = { readonly bytes: Uint8Array | null } | { readonly error: string };

export interface WriterData {
  readonly name: string;
  readonly columns: readonly string[];
}

/** An XLSX file can only be written as a whole, so its rows are collected; on a thread of their own, which may grow. */
const writerMemoryMb = 6000;

/**
 * XLSX: one sheet of rows, one of provenance. Texts are written as texts, never as formulas. Fails with `export_failed`
 * where a sheet cannot hold the rows: nothing is left out.
 */
export async function* encodeXlsx(table: Table, workerUrl: URL, options: EncodeOptions): Encoded {
  if (table.expected !== null && table.expected >= maxSheetRows) {
    yield { ok: false, error: tooManyRows(table.expected) };
    return;
  }
  const worker = new Worker(workerUrl, {
    workerData: { name: table.name, columns: table.columns } satisfies WriterData,
    name: 'xlsx',
    resourceLimits: { maxOldGenerationSizeMb: writerMemoryMb },
  });
  const replies: FromWriter[] = [];
  worker.on('message', (reply: FromWriter) => replies.push(reply));
  worker.on('error', (error) =>
    replies.push({ error: error instanceof Error ? error.message : String(error) }),
  );
  const next = async (): Promise<FromWriter> => {
    while (replies.length === 0)
      await Promise.race([once(worker, 'message'), once(worker, 'exit')]).catch(() => null);
    return replies.shift() ?? { error: 'it ended' };
  };
  try {
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
      count += rows.value.length;
      if (count >= maxSheetRows) {
        yield { ok: false, error: tooManyRows(count) };
        return;
      }
      const cells = rows.value.map((row) => row.map((cell) => sheetCell(cellText(cell))));
      if (cells.some((row) => row.some((cell) => typeof cell === 'string' && cell.length > maxCellLength))) {
        yield fail(
          'export_failed',
          `A cell has more than ${maxCellLength.toLocaleString('en')} characters, which XLSX cannot hold.`,
          'Choose CSV or JSON.',
        );
        return;
      }
      worker.postMessage({ rows: cells } satisfies ToWriter);
      options.progress?.(count);
    }
    const provenance = await table.provenance(count);
    if (!provenance.ok) {
      yield provenance;
      return;
    }
    worker.postMessage({ end: provenance.value } satisfies ToWriter);
    for (;;) {
      const reply = await next();
      if (options.signal?.aborted === true) {
        yield cancelled;
        return;
      }
      if ('error' in reply) {
        yield fail(
          'export_failed',
          `The XLSX file could not be written: ${reply.error}.`,
          'Choose CSV or JSON, which need no memory for it.',
        );
        return;
      }
      if (reply.bytes === null) return;
      yield ok(reply.bytes);
    }
  } finally {
    await worker.terminate();
  }
}

function tooManyRows(rows: number): Failure {
  return fail(
    'export_failed',
    `A sheet of an XLSX file holds ${maxSheetRows.toLocaleString('en')} rows, one of them the head; these are ${rows.toLocaleString('en')}.`,
    'Narrow the list, or choose CSV or JSON.',
  ).error;
}

/** XML 1.0 cannot hold most control characters nor half of a surrogate pair, not even escaped. */
function sheetCell(cell: string | number | null): string | number | null {
  if (typeof cell !== 'string') return cell;
  return cell.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
