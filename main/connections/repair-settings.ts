import { type Result, fail, ok } from '../../preload/errors.ts';
import { keepDamaged, lastGoodSettings } from './damaged-settings.ts';
import { readSettings, withSettingsLock, writeSettings } from './settings.ts';
import { emptySettings } from './settings-format.ts';

export interface Repaired {
  /** What the settings are now. */
  readonly from: 'last_good' | 'empty' | 'nothing_to_repair';
  readonly connections: number;
  /** The name of the damaged file's copy in the profile folder. */
  readonly copy: string | null;
}

/**
 * Puts the last good settings in the place of a damaged file, of which a copy stays; settings that are whole are left
 * alone. `empty`: begin anew where there is no good copy. Errors: settings_corrupt (no good copy), profile_unusable,
 * timeout.
 */
export async function repairSettings(home: string, empty: boolean): Promise<Result<Repaired>> {
  return withSettingsLock<Repaired>(home, async () => {
    const now = readSettings(home);
    if (now.ok)
      return ok({ from: 'nothing_to_repair', connections: now.value.connections.length, copy: null });
    if (now.error.code !== 'settings_corrupt') return now;
    const good = lastGoodSettings(home);
    if (good === null && !empty) return now;
    const copy = keepDamaged(home);
    if (copy === null) {
      return fail(
        'profile_unusable',
        `No copy of the damaged settings file can be kept in ${home}, so it was not replaced.`,
        'Make room there and see that you may write to it.',
      );
    }
    const settings = good?.settings ?? emptySettings();
    const written = await writeSettings(home, settings);
    if (!written.ok) return written;
    return ok({
      from: good === null ? 'empty' : 'last_good',
      connections: settings.connections.length,
      copy,
    });
  });
}
