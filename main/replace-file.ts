import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from './clock.ts';

const temporaryEnd = '.tmp';

/**
 * Replaces a file as a whole: after a crash, of the machine too, the old content or the new one is there. Mode 0600.
 * Throws what the file system throws; then the old content is there and no temporary file.
 */
export async function replaceFile(file: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${randomUUID()}${temporaryEnd}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/**
 * Removes temporary files that a crashed {@link replaceFile} of `file` left. The caller is its only writer: in this process
 * and, by a lock, in all of them.
 */
export async function sweepTemporaries(file: string): Promise<void> {
  const folder = path.dirname(file);
  const start = `${path.basename(file)}.`;
  for (const name of await readdir(folder))
    if (name.startsWith(start) && name.endsWith(temporaryEnd))
      await rm(path.join(folder, name), { force: true });
}

/** On Windows a virus scanner may hold a file for a moment after it was written. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const passing = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code ?? '');
      if (!passing || wait > 1_000) throw error;
      await systemClock.sleep(wait);
    }
  }
}

/** Makes the rename itself last; Windows has no such thing for folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
