import { unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';
import { settingsName } from './settings-file.ts';

const everyMs = 1000;

/**
 * Tells whenever the settings file has become another one, whichever door wrote it. It is looked at once a second: unlike
 * the file system's own events, that works everywhere alike, also where the folder is not there yet. Keeps no process alive.
 * @returns stops it
 */
export function watchSettings(home: string, changed: () => void): () => void {
  const file = path.join(home, settingsName);
  const look = (now: { ino: number; mtimeMs: number; size: number }, before: typeof now): void => {
    if (now.ino !== before.ino || now.mtimeMs !== before.mtimeMs || now.size !== before.size) changed();
  };
  watchFile(file, { interval: everyMs, persistent: false }, look);
  return () => unwatchFile(file, look);
}
