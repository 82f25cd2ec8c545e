import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { withLock } from '../lock.ts';
import { makeFolder } from '../make-folder.ts';
import { damagedSettings, lastGoodName } from './damaged-settings.ts';
import { type Settings, emptySettings, parseSettings, settingsText } from './settings-format.ts';
import { settingsName, settingsVersion } from './settings-file.ts';

/**
 * Reads the settings file as it is on disk now, so that every door sees what another has just written. Without waiting:
 * it is a few kilobytes, and `node:fs/promises` takes longer to load than the file to read (`latchkey token`'s budget).
 * A missing file is an empty profile; one of an older version is brought up to date in memory.
 * Errors: settings_corrupt (nothing is reset or overwritten, a copy is kept), profile_unusable (the file cannot be read
 * at all, or a newer Latchkey wrote it).
 */
export function readSettings(home: string): Result<Settings> {
  const read = readSettingsText(home);
  if (!read.ok) return read;
  if (read.value === null) return ok(emptySettings());
  const parsed = parseSettings(read.value);
  switch (parsed.kind) {
    case 'good':
      return ok(parsed.settings);
    case 'newer':
      return fail(
        'profile_unusable',
        `A newer Latchkey wrote the settings in ${home} (version ${parsed.version}; this one knows ${settingsVersion}).`,
        'Use the newest Latchkey, or another profile folder: LATCHKEY_HOME. Nothing was changed.',
      );
    case 'damaged':
      return { ok: false, error: damagedSettings(home, parsed.where) };
  }
}

/** The text of the file; null where there is none. Errors: profile_unusable. */
export function readSettingsText(home: string): Result<string | null> {
  const file = path.join(home, settingsName);
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return ok(null);
    const why: Readonly<Record<string, readonly [message: string, hint: string]>> = {
      ENOTDIR: [
        `The profile folder ${home} is no folder, or lies inside something that is none.`,
        'Name a folder in the environment variable LATCHKEY_HOME, or take the file away.',
      ],
      EISDIR: [
        `${file} is a folder, where a file should be.`,
        'Move it away, or name another profile folder in the environment variable LATCHKEY_HOME.',
      ],
      EACCES: [
        `You may not read ${file}.`,
        'Give yourself the right to read it, or name another profile folder in the environment variable LATCHKEY_HOME.',
      ],
    };
    const [says, hint] = why[code] ?? [
      `The settings file cannot be read: ${message}`,
      'Put that right, or name another profile folder in the environment variable LATCHKEY_HOME.',
    ];
    return fail('profile_unusable', says, hint);
  }
}

const lockWaitMs = 60_000;

/** Runs `work` while no other door writes this profile's settings. Errors: timeout, profile_unusable. */
export async function withSettingsLock<T>(home: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    makeFolder(home);
  } catch (error) {
    return notWritten(home, error);
  }
  const outcome = await withLock(path.join(home, 'locks', 'settings'), { timeoutMs: lockWaitMs }, work);
  return outcome.ok ? outcome.value : outcome;
}

/**
 * Changes the settings under the profile's lock (all doors share it), so that two changes at once both last. The file is
 * replaced as a whole, and then its copy, `settings.last-good.json`; what a writer that was killed left is swept.
 * `change` returns the new settings or a failure, which is passed on with nothing written.
 * Errors: those of {@link readSettings}, timeout (another process keeps the lock), profile_unusable (it cannot be written).
 */
export async function changeSettings(
  home: string,
  change: (settings: Settings) => Result<Settings>,
): Promise<Result<Settings>> {
  return withSettingsLock(home, async () => {
    const before = readSettings(home);
    if (!before.ok) return before;
    const after = change(before.value);
    if (!after.ok) return after;
    const written = await writeSettings(home, after.value);
    return written.ok ? after : written;
  });
}

/** Writes the file and its copy. The caller holds the lock. Errors: profile_unusable. */
export async function writeSettings(home: string, settings: Settings): Promise<Result<void>> {
  // Loaded only to write: `latchkey token` never does.
  const { replaceFile, sweepTemporaries } = await import('../replace-file.ts');
  const file = path.join(home, settingsName);
  const lastGood = path.join(home, lastGoodName);
  const text = settingsText(settings);
  try {
    for (const each of [file, lastGood]) await sweepTemporaries(each);
    const older = olderVersion(home);
    if (older !== null) {
      await sweepTemporaries(path.join(home, older.name));
      await replaceFile(path.join(home, older.name), older.text);
    }
    await replaceFile(file, text);
  } catch (error) {
    return notWritten(home, error);
  }
  // Written it is, also where the copy cannot be: the one of before is still there.
  await replaceFile(lastGood, text).catch(() => undefined);
  return ok(undefined);
}

/** A file of an older version is kept once, for whoever has to go back to the older Latchkey. */
function olderVersion(home: string): { readonly name: string; readonly text: string } | null {
  const before = readSettingsText(home);
  if (!before.ok || before.value === null) return null;
  const parsed = parseSettings(before.value);
  if (parsed.kind !== 'good' || parsed.version === settingsVersion) return null;
  return { name: `settings.v${parsed.version}.json`, text: before.value };
}

/** Removes the settings with all their copies, under the profile's lock. Errors: timeout, profile_unusable. */
export async function removeSettings(home: string): Promise<Result<void>> {
  return withSettingsLock(home, () => {
    try {
      for (const name of readdirSync(home)) {
        if (/^settings\..*(?:json|tmp)$/.test(name)) rmSync(path.join(home, name), { force: true });
      }
      return Promise.resolve(ok(undefined));
    } catch (error) {
      return Promise.resolve(notWritten(home, error));
    }
  });
}

function notWritten(home: string, error: unknown): Result<never> {
  return fail(
    'profile_unusable',
    `The settings cannot be written: ${(error as Error).message}`,
    `Check that ${home} can be written to and has space; the settings of before are still there.`,
  );
}
