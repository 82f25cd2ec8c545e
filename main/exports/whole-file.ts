import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../preload/errors.ts';
import type { Encoded } from './table.ts';

/**
 * Writes a file as a whole or not at all: beside it under another name, synced, then renamed over what was there.
 * For the owner's eyes alone: it holds names and addresses. Gives its length in bytes.
 * Errors: those of the content, and `export_failed` (the disk).
 */
export async function writeWholeFile(file: string, content: Encoded): Promise<Result<number>> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  let bytes = 0;
  try {
    const handle = await open(temporary, 'wx', 0o600);
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
    return fail(
      'export_failed',
      `The file could not be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the folder, its permissions and the free space; no half file was left behind.',
    );
  } finally {
    await rm(temporary, { force: true });
  }
}
