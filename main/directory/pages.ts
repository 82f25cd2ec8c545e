import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Cells } from './kinds.ts';

/** A vendor's page as two JSON arrays of the same length: the rows' cells, and the records as they came. */
export interface PageText {
  readonly cells: string;
  readonly raw: string;
}

/** Far above any page (1000 records of 1 kB are a megabyte); a damaged or hostile file cannot fill the memory. */
const maxPageBytes = 256 * 1024 * 1024;

/** Records repeat their member names: they shrink to about a tenth, at half a millisecond a thousand. */
export function packPage(page: PageText): Uint8Array {
  return zstdCompressSync(`${page.cells}\n${page.raw}`, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
  });
}

/** Throws where the bytes are not a packed page. */
export function unpackPage(bytes: Uint8Array): PageText {
  const text = zstdDecompressSync(bytes, { maxOutputLength: maxPageBytes }).toString('utf8');
  const line = text.indexOf('\n'); // JSON.stringify writes none
  if (line < 0) throw new Error('not a page');
  return { cells: text.slice(0, line), raw: text.slice(line + 1) };
}

/** Throws where the text is not an array of rows. */
export function readCells(text: string): readonly Cells[] {
  const cells: unknown = JSON.parse(text);
  if (!Array.isArray(cells) || !cells.every((row) => Array.isArray(row) && typeof row[0] === 'string')) {
    throw new Error('not rows');
  }
  return cells as Cells[];
}
