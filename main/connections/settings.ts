import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { withLock } from '../lock.ts';
import { type Settings, settingsSchema } from './connection.ts';
import { loadConf } from './load-conf.ts';

const fileName = 'settings.json';
const lastGoodName = 'settings.last-good.json';

const noSettings: Settings = v.parse(settingsSchema, { version: 1, connections: [] });

/**
 * Reads the settings file as it is on disk now, so that every door sees what another has just written. Without waiting:
 * it is a few kilobytes, and `node:fs/promises` takes longer to load than the file to read (`latchkey token`'s budget).
 * A missing file is an empty profile. Errors: settings_corrupt (nothing is reset or overwritten then).
 */
export function readSettings(home: string): Result<Settings> {
  let text: string;
  try {
    text = readFileSync(path.join(home, fileName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok(noSettings);
    return fail(
      'settings_corrupt',
      `The settings file cannot be read: ${(error as Error).message}`,
      repairHint(home),
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('settings_corrupt', 'The settings file is not valid JSON.', repairHint(home));
  }
  const parsed = v.safeParse(settingsSchema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = v.getDotPath(issue) ?? 'the top';
    return fail(
      'settings_corrupt',
      `The settings file is damaged at ${where}: ${issue.message}`,
      repairHint(home),
    );
  }
  return ok(parsed.output);
}

/**
 * Changes the settings under the profile's lock (all doors share it), so that two changes at once both last. The write
 * is atomic (conf's temporary file and rename); the settings before it stay as `settings.last-good.json`.
 * `change` returns the new settings or a failure, which is passed on with nothing written.
 * Errors: settings_corrupt, timeout (another process keeps the lock), unexpected (the folder cannot be written).
 */
export async function changeSettings(
  home: string,
  change: (settings: Settings) => Result<Settings>,
): Promise<Result<Settings>> {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    return notWritten(home, error);
  }
  const outcome = await withLock(path.join(home, 'locks', 'settings'), { timeoutMs: 20_000 }, async () => {
    const before = readSettings(home);
    if (!before.ok) return before;
    const after = change(before.value);
    if (!after.ok) return after;
    // conf is loaded only to write: its schema library would double the start-up of `latchkey token`.
    const Conf = await loadConf();
    const file = path.join(home, fileName);
    try {
      if (existsSync(file)) copyFileSync(file, path.join(home, lastGoodName));
      const conf = new Conf<Settings>({ cwd: home, configName: 'settings', configFileMode: 0o600 });
      conf.store = after.value;
    } catch (error) {
      return notWritten(home, error);
    }
    return after;
  });
  return outcome.ok ? outcome.value : outcome;
}

/** Removes the settings, with the copy of those before, under the profile's lock. Errors: timeout, unexpected. */
export async function removeSettings(home: string): Promise<Result<void>> {
  const outcome = await withLock(
    path.join(home, 'locks', 'settings'),
    { timeoutMs: 20_000 },
    (): Promise<Result<void>> => {
      try {
        for (const name of [fileName, lastGoodName]) rmSync(path.join(home, name), { force: true });
        return Promise.resolve(ok(undefined));
      } catch (error) {
        return Promise.resolve(notWritten(home, error));
      }
    },
  );
  return outcome.ok ? outcome.value : outcome;
}

function notWritten(home: string, error: unknown): Result<never> {
  return fail(
    'unexpected',
    `The settings cannot be written: ${(error as Error).message}`,
    `Check that ${home} can be written to and has space; the settings of before are still there.`,
  );
}

function repairHint(home: string): string {
  return `Nothing was changed. Repair ${path.join(home, fileName)}, or put ${lastGoodName} beside it in its place.`;
}
