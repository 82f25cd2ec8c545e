import type { Entry } from './activity.ts';

/** What stands above the entries: enough for a support engineer to know what they look at. */
export interface ExportHead {
  readonly latchkey: string;
  readonly platform: string;
  readonly node: string;
  /** ISO 8601. */
  readonly exportedAt: string;
}

/**
 * Entries as NDJSON, the head first, then oldest first, for a support ticket. Connections are named as their people name
 * them where the names are known. At most `maxCharacters`: the newest are kept, and the head says how many were left out.
 */
export function exportActivity(
  entries: readonly Entry[],
  names: ReadonlyMap<string, string>,
  head: ExportHead,
  maxCharacters = 400_000,
): string {
  const lines: string[] = [];
  let length = 0;
  for (const { number, at, connection, ...entry } of entries) {
    const line = JSON.stringify({
      number,
      at: new Date(at).toISOString(),
      connection: connection === null ? null : (names.get(connection) ?? connection),
      ...entry,
    });
    length += line.length + 1;
    if (length > maxCharacters) break;
    lines.push(line);
  }
  const leftOut = entries.length - lines.length;
  return `${[JSON.stringify({ ...head, entries: lines.length, leftOut }), ...lines.toReversed()].join('\n')}\n`;
}
