import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Set by the bundler (vite.main.config.ts); from source it does not exist. */
declare const LATCHKEY_BUILT: boolean | undefined;

/** Where the built screen is: beside the folder of the built doors. */
export const screenFolder = fileURLToPath(
  new URL(typeof LATCHKEY_BUILT === 'undefined' ? '../../out/renderer/' : '../renderer/', import.meta.url),
);

export interface ScreenFile {
  readonly content: Buffer;
  readonly type: string;
  readonly cacheControl: string;
}

/** By the path of its address. */
export type ScreenFiles = ReadonlyMap<string, ScreenFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The screen's files, read once at the start. Path traversal (`/../settings.json`, encoded in ten ways) finds nothing,
 * since no path of a request ever reaches the file system: what is not in this list does not exist. Symbolic links and
 * files of other kinds are left out.
 */
export async function readScreenFiles(folder: string): Promise<ScreenFiles> {
  const files = new Map<string, ScreenFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // not built: the door says so
    throw error;
  });
  for (const entry of entries) {
    const type = types[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    files.set(address, { content: await readFile(file), type, cacheControl: cacheControl(address) });
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** The bundler names what is below `assets` by its content, so it never changes; the rest is asked for each time. */
function cacheControl(address: string): string {
  if (address.startsWith('/assets/')) return 'private, max-age=31536000, immutable';
  return address === '/index.html' ? 'no-store' : 'no-cache';
}
