import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database } from './database.ts';
import type { Cells } from './kinds.ts';
import { createSlabs, type Slice } from './slabs.ts';

/** A vendor's page as two texts of JSON. */
export interface Page {
  /** An array of the rows' cells. */
  readonly cells: string;
  /** The records as they came: an array as long as the other, or an object that has it as a member; in UTF-8 or as text. */
  readonly raw: Uint8Array | string;
}

/** As HTTP decodes: without a byte order mark, unreadable bytes replaced. */
const utf8 = new TextDecoder();

/** One record of a page's raw text; undefined where the text does not hold as many records as there are rows. */
export function recordAt({ cells, raw }: Page, at: number): unknown {
  const answer = JSON.parse(typeof raw === 'string' ? raw : utf8.decode(raw)) as unknown;
  const { length } = readCells(cells);
  const candidates: unknown[] =
    typeof answer === 'object' && answer !== null
      ? [answer, ...Object.values(answer as Record<string, unknown>)]
      : [];
  const records = candidates.find((each) => Array.isArray(each) && each.length === length);
  return (records as unknown[] | undefined)?.[at];
}

/** Far above any page (1000 records of 1 kB are a megabyte); a damaged or hostile file cannot fill the memory. */
const maxPageBytes = 256 * 1024 * 1024;

/** A page's text: cells, line break, records. They repeat their member names and shrink to about a tenth, at half a millisecond a thousand. */
function pack(text: Uint8Array): Uint8Array {
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** Throws where the bytes are not a packed page. */
export function unpackPage(bytes: Uint8Array): Page {
  return readText(zstdDecompressSync(bytes, { maxOutputLength: maxPageBytes }));
}

function readText(text: Buffer): Page {
  const line = text.indexOf(10); // JSON.stringify writes no line break
  if (line < 0) throw new Error('not a page');
  return { cells: text.toString('utf8', 0, line), raw: text.subarray(line + 1) };
}

/** Throws where the text is not an array of rows. */
export function readCells(text: string): readonly Cells[] {
  const cells: unknown = JSON.parse(text);
  if (!Array.isArray(cells) || !cells.every((row) => Array.isArray(row) && typeof row[0] === 'string')) {
    throw new Error('not rows');
  }
  return cells as Cells[];
}

/** The pages of all lists; a page is compressed when there is time, or when too many wait for it. */
export interface Pages {
  /** Gives the new page's number. */
  add(list: number, page: Page | Uint8Array): number;
  page(no: number): Page | undefined;
  packed(no: number): Uint8Array | undefined;
  numbers(list: number): readonly number[];
  /** Pages of `from` now belong to `to`, in the place of what `to` had. */
  move(from: number, to: number): void;
  remove(list: number): void;
  /** Compresses one page; false when there was none to do. */
  step(): boolean;
}

/** Bytes that may wait uncompressed: a hundred thousand records of a kilobyte. */
const maxWaiting = 100_000_000;

export function createPages(db: Database): Pages {
  const waiting = new Map<number, { list: number; readonly text: Slice }>();
  const slabs = createSlabs();
  let size = 0;
  let last = 0;

  function store(no: number, list: number, bytes: Uint8Array): void {
    db.run('INSERT INTO page VALUES (?, ?, ?)', no, list, bytes);
  }

  function forget(no: number, text: Slice): void {
    waiting.delete(no);
    size -= text.bytes.length;
    text.release();
  }

  function step(): boolean {
    const [next] = waiting;
    if (!next) return false;
    const [no, { list, text }] = next;
    store(no, list, pack(text.bytes));
    forget(no, text);
    return true;
  }

  function packed(no: number): Uint8Array | undefined {
    const raw = waiting.get(no);
    if (raw) return pack(raw.text.bytes);
    return db.get('SELECT bytes FROM page WHERE page = ?', no)?.['bytes'] as Uint8Array | undefined;
  }

  function remove(list: number): void {
    for (const [no, entry] of waiting) if (entry.list === list) forget(no, entry.text);
    db.run('DELETE FROM page WHERE list = ?', list);
  }

  return {
    step,
    packed,
    remove,
    add(list, page) {
      last += 1;
      if (page instanceof Uint8Array) store(last, list, page);
      else {
        const text = slabs.keep(page);
        waiting.set(last, { list, text });
        size += text.bytes.length;
        while (size > maxWaiting) step();
      }
      return last;
    },
    page(no) {
      const raw = waiting.get(no);
      if (raw) return readText(raw.text.bytes);
      const bytes = packed(no);
      return bytes && unpackPage(bytes);
    },
    numbers(list) {
      const stored = db.all('SELECT page FROM page WHERE list = ?', list).map(({ page }) => Number(page));
      const raw = [...waiting].filter(([, entry]) => entry.list === list).map(([no]) => no);
      return [...stored, ...raw].toSorted((a, b) => a - b);
    },
    move(from, to) {
      remove(to);
      for (const entry of waiting.values()) if (entry.list === from) entry.list = to;
      db.run('UPDATE page SET list = ? WHERE list = ?', to, from);
    },
  };
}
