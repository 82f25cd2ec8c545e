import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from './clock.ts';

const temporaryEnd = '.tmp';

/**
 * Replaces a file as a whole: after a crash, of the machine too, the old content or the new one is there. Mode 0600.
 * Throws what the file system or the content throws; then the old content is there and no temporary file. There is no
 * second way that writes in place (conf has one, for EXDEV and inside a snap): a file is replaced as a whole or not at all.
 */
export async function replaceFile(
  file: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<void> {
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

/** No {@link replaceFile} writes nothing for so long, in milliseconds. */
const abandonedAfterMs = 60 * 60_000;

/**
 * Removes the temporary files in a folder that crashed writers left, for folders whose files have many writers and no lock:
 * those that nobody has written to for an hour. What cannot be removed stays for the next time.
 */
export async function sweepAbandoned(folder: string): Promise<void> {
  const before = systemClock.now() - abandonedAfterMs;
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(temporaryEnd))) {
    const file = path.join(folder, name);
    const written = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (written < before) await rm(file, { force: true }).catch(() => undefined);
  }
}

export interface RenameParts {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * Renames; on Windows again and again for about two seconds, where a virus scanner may hold a file for a moment after it was
 * written. Throws what the last try threw.
 */
export async function renamePatiently(
  from: string,
  to: string,
  parts: RenameParts = { platform: process.platform, rename, clock: systemClock },
): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      await parts.rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const passing = parts.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code ?? '');
      if (!passing || wait > 1_000) throw error;
      await parts.clock.sleep(wait);
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
