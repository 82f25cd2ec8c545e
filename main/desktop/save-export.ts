import { homedir } from 'node:os';
import path from 'node:path';
import type { BrowserWindow, Dialog } from 'electron';
import { fail, ok } from '../../preload/errors.ts';
import type { Deliver } from '../bridge/parts.ts';
import { writeWholeFile } from '../exports/whole-file.ts';

/**
 * Asks the person where to save an export, in the system's own dialog, and writes it there. The page never names a path:
 * it could only overwrite what the person chose.
 */
export function saveExport(dialog: Pick<Dialog, 'showSaveDialog'>, window: () => BrowserWindow): Deliver {
  return async (ready, { signal, progress }) => {
    const options = {
      title: 'Export',
      defaultPath: path.join(homedir(), ready.fileName),
      filters: [{ name: ready.format.toUpperCase(), extensions: [ready.format] }],
    };
    const chosen = await dialog.showSaveDialog(window(), options);
    if (chosen.canceled || chosen.filePath === '' || signal.aborted) return notSaved;
    const file = chosen.filePath;
    const content = ready.content({
      signal,
      progress: (rows) => progress({ kind: 'export', rows, total: ready.rows }),
    });
    const written = await writeWholeFile(file, content);
    return written.ok
      ? ok({ kind: 'saved' as const, path: file, rows: ready.rows, bytes: written.value })
      : written;
  };
}

const notSaved = fail('cancelled', 'The export was cancelled.', 'No file was written.');
