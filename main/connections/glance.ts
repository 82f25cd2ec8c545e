import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Connection } from './connection.ts';
import { sameName } from './same-name.ts';
import { settingsName, settingsVersion } from './settings-file.ts';

/**
 * The connection of that name as the settings have it, read without the schema, which takes longer to load than all the
 * rest of `latchkey token`. So its fields may have other shapes than they say: nothing is to be built on one that is not
 * compared with something known. Null, or any error thrown: read the settings whole (settings.ts).
 */
export function glanceAtConnection(home: string, name: string): Connection | null {
  const settings = JSON.parse(readFileSync(path.join(home, settingsName), 'utf8')) as {
    readonly version: unknown;
    readonly connections: readonly Connection[];
  };
  if (settings.version !== settingsVersion) return null;
  return settings.connections.find((connection) => sameName(connection.name, name)) ?? null;
}
