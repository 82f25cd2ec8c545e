import { parentPort, workerData } from 'node:worker_threads';
import writeXlsxFile, { type Row } from 'write-excel-file/node';
import type { FromWriter, ToWriter, WriterData } from './xlsx.ts';

/** Writes one XLSX file on a thread of its own: collects the rows, then sends the file. */

const port = parentPort;
if (!port) throw new Error('XLSX files are written on a worker thread.');

const { name, columns } = workerData as WriterData;
const rows: Row[] = [columns.map((value) => ({ value, fontWeight: 'bold' }))];

const say = (reply: FromWriter): void => port.postMessage(reply);

port.on('message', (message: ToWriter) => {
  // A plain text is written as text: only a cell of the type "Formula" would be one.
  if ('rows' in message) for (const row of message.rows) rows.push([...row]);
  else {
    write(Object.entries(message.end)).catch((error: unknown) =>
      say({ error: error instanceof Error ? error.message : String(error) }),
    );
  }
});

async function write(facts: Row[]): Promise<void> {
  const file = writeXlsxFile([
    { data: rows, sheet: name, stickyRowsCount: 1 },
    { data: facts, sheet: 'provenance' },
  ]);
  const stream = await (file.toStream as () => Promise<NodeJS.ReadableStream>)();
  for await (const chunk of stream) say({ bytes: new Uint8Array(chunk as Buffer) });
  say({ bytes: null });
}
