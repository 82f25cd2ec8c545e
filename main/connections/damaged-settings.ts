import { constants, copyFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../preload/errors.ts';
import { type Settings, parseSettings } from './settings-format.ts';

export const lastGoodName = 'settings.last-good.json';

/** The copy of the settings that was written last, where it is whole. */
export function lastGoodSettings(home: string): { readonly settings: Settings; readonly at: Date } | null {
  const file = path.join(home, lastGoodName);
  try {
    const parsed = parseSettings(readFileSync(file, 'utf8'));
    return parsed.kind === 'good' ? { settings: parsed.settings, at: statSync(file).mtime } : null;
  } catch {
    return null;
  }
}

/**
 * Keeps a copy of a damaged settings file beside it, once for each time it was written.
 * @returns the copy's name; null where there is no room for one
 */
export function keepDamaged(home: string): string | null {
  const file = path.join(home, 'settings.json');
  try {
    const stamp = statSync(file)
      .mtime.toISOString()
      .replaceAll(/[-:]|\.\d+/g, '');
    const name = `settings.damaged-${stamp}.json`;
    try {
      copyFileSync(file, path.join(home, name), constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return name;
  } catch {
    return null;
  }
}

/** What a damaged settings file means for a person. `where` as in {@link parseSettings}. */
export function damagedSettings(home: string, where: string | null): Failure {
  const copy = keepDamaged(home);
  const good = lastGoodSettings(home);
  const what =
    where === null
      ? 'is not valid JSON'
      : `does not hold what it should (${where === '' ? 'at its top' : where})`;
  return {
    code: 'settings_corrupt',
    message: `The settings file ${path.join(home, 'settings.json')} ${what}. Nothing was overwritten${copy === null ? '' : `, and ${copy} is a copy of it`}.`,
    hint:
      good === null
        ? 'There is no good copy. Repair the file by hand, or begin with empty settings: latchkey settings repair --empty'
        : `Put back the last good settings (${good.settings.connections.length} connections, of ${good.at.toISOString().slice(0, 16).replace('T', ' ')} UTC): latchkey settings repair`,
  };
}
