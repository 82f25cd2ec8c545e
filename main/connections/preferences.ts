import { type Result, ok } from '../../preload/errors.ts';
import type { Preferences } from './connection.ts';
import { changeSettings, readSettings } from './settings.ts';

/** What a person set for the whole profile. Errors: settings_corrupt. */
export function readPreferences(home: string): Result<Preferences> {
  const settings = readSettings(home);
  return settings.ok ? ok(settings.value.preferences) : settings;
}

/** Changes what is given; gives what holds now. Errors: those of {@link changeSettings}. */
export async function changePreferences(
  home: string,
  changes: Partial<Preferences>,
): Promise<Result<Preferences>> {
  const changed = await changeSettings(home, (settings) =>
    ok({ ...settings, preferences: { ...settings.preferences, ...changes } }),
  );
  return changed.ok ? ok(changed.value.preferences) : changed;
}
