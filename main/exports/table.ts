import type { Result } from '../../preload/errors.ts';

export const exportFormats = ['csv', 'ndjson', 'json', 'xlsx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type Cell = string | number | null | readonly string[];

/** Whence and of when the rows are. Written after the rows, so that a file without it is known to be cut. */
export type Provenance = Readonly<Record<string, string | number>>;

/** Rows on their way to a file. */
export interface Table {
  /** What the rows are, in the plural: the member of a JSON file, the sheet of an XLSX file. */
  readonly name: string;
  readonly columns: readonly string[];
  /** How many rows there will be, as far as is known beforehand. */
  readonly expected: number | null;
  /** Cells in the order of the columns. After a failure the rows have ended. */
  readonly rows: AsyncIterable<Result<readonly (readonly Cell[])[]>>;
  /** Asked for when all rows have come. Fails where what came cannot be all there is. */
  provenance(rows: number): Result<Provenance> | Promise<Result<Provenance>>;
}

export interface EncodeOptions {
  /** CSV: begin with a byte order mark. */
  readonly bom?: boolean;
  readonly signal?: AbortSignal;
  /** Told after every portion of rows. */
  readonly progress?: (rows: number) => void;
}

/** The bytes of a file. After a failure they have ended, and what came is no file. */
export type Encoded = AsyncGenerator<Result<Uint8Array>, void, undefined>;

export function cellText(cell: Cell): string | number | null {
  return typeof cell === 'object' && cell !== null ? cell.join('; ') : cell;
}
