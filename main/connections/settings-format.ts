import * as v from 'valibot';
import { connectionSchema } from './connection.ts';
import { settingsVersion } from './settings-file.ts';
import { defaultPreferences, preferencesSchema } from './preferences.ts';

const settingsSchema = v.object({
  version: v.literal(settingsVersion),
  connections: v.array(connectionSchema),
  preferences: preferencesSchema,
});
export type Settings = v.InferOutput<typeof settingsSchema>;

type Json = Readonly<Record<string, unknown>>;

/** From each version to the next one. */
const migrations: Readonly<Record<number, (before: Json) => Json>> = {
  1: (before) => ({ ...before, version: 2, preferences: {} }),
};

export type ParsedSettings =
  /** `version` is the one of the text, before it was brought up to date. */
  | { readonly kind: 'good'; readonly settings: Settings; readonly version: number }
  | { readonly kind: 'newer'; readonly version: number }
  /** `where`: the first thing that does not fit, e.g. `connections.0.name`, `''` for the whole; null: it is no JSON. */
  | { readonly kind: 'damaged'; readonly where: string | null };

/** A profile without a settings file. */
export function emptySettings(): Settings {
  return { version: settingsVersion, connections: [], preferences: defaultPreferences };
}

/** What a settings file says, whichever version of Latchkey wrote it. */
export function parseSettings(text: string): ParsedSettings {
  let json: unknown;
  try {
    // Some editors begin a file with a byte order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { kind: 'damaged', where: null };
  }
  const version = versionOf(json);
  if (version === null) return { kind: 'damaged', where: 'version' };
  if (version > settingsVersion) return { kind: 'newer', version };
  let current = json as Json;
  for (let at = version; at < settingsVersion; at += 1) current = migrations[at]?.(current) ?? current;
  const parsed = v.safeParse(settingsSchema, current);
  if (parsed.success) return { kind: 'good', settings: parsed.output, version };
  return { kind: 'damaged', where: v.getDotPath(parsed.issues[0]) ?? '' };
}

/** As it is written: for people too, who may have to repair it. */
export function settingsText(settings: Settings): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function versionOf(json: unknown): number | null {
  const version = (json as { version?: unknown } | null)?.version;
  return typeof version === 'number' && Number.isInteger(version) && version >= 1 ? version : null;
}
