import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../preload/errors.ts';
import type { Encoded } from './table.ts';

/**
 * Writes a file as a whole or not at all: beside it under another name, synced, then renamed over what was there.
 * For the owner's eyes alone: it holds names and addresses. Gives its length in bytes.
 * Errors: those of the content, and `export_failed` (the disk).
 */
export async function writeWholeFile(file: string, content: Encoded): Promise<Result<number>> {
  const temporary = temporaryBeside(file);
  let bytes = 0;
  let made = false;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    made = true;
    try {
      for await (const chunk of content) {
        if (!chunk.ok) return chunk;
        await handle.writeFile(chunk.value);
        bytes += chunk.value.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return ok(bytes);
  } catch (error) {
    return notWritten(file, temporary, error);
  } finally {
    if (made) await rm(temporary, { force: true });
  }
}

/**
 * Whether a file can be written there, before somebody waits for what is to be in it: makes an empty one beside it and takes
 * it away. What is there now stays as it is. Errors: `export_failed`.
 */
export async function checkPlace(file: string): Promise<Result<void>> {
  const temporary = temporaryBeside(file);
  try {
    const there = await stat(file).catch(() => null);
    if (there?.isDirectory()) return misplaced(isFolder(file));
    await (await open(temporary, 'wx', 0o600)).close();
    await rm(temporary, { force: true });
    return ok(undefined);
  } catch (error) {
    return notWritten(file, temporary, error);
  }
}

const temporaryBeside = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);

function notWritten(file: string, temporary: string, error: unknown): Result<never> {
  const place = wrongPlace(file, temporary, error);
  if (place !== null) return misplaced(place);
  return fail(
    'export_failed',
    `The file could not be written: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the folder, its permissions and the free space; no half file was left behind.',
  );
}

function misplaced(message: string): Result<never> {
  return fail('export_failed', message, 'Name a file in a folder that exists and that you may write in.');
}

const isFolder = (file: string): string => `${file} is a folder, so it cannot be a file.`;

/** What is wrong with the place that was named, where it is that; the system's own words name the temporary file. */
function wrongPlace(file: string, temporary: string, error: unknown): string | null {
  const { code, path: of } = error as NodeJS.ErrnoException;
  if (of !== temporary) return null;
  const folder = path.dirname(file);
  switch (code) {
    case 'ENOENT':
      return `The folder ${folder} does not exist.`;
    case 'ENOTDIR':
      return `${folder} is not a folder.`;
    case 'EISDIR':
      return isFolder(file);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Nothing may be written in the folder ${folder}.`;
    default:
      return null;
  }
}
