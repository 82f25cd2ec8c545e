import type { ActivityRow } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import type { Entry } from '../../activity/activity.ts';
import { exportActivity } from '../../activity/export.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import { textFile } from '../text-file.ts';

export function activityHandlers({
  console,
  version,
  deliver,
}: BridgeParts): Pick<Handlers, 'activity.list' | 'activity.export'> {
  /** What connections are called now; damaged settings are no reason to hide what went wrong. */
  function namesNow(): ReadonlyMap<string, string> {
    const list = console.connections.list();
    return new Map(list.ok ? list.value.map(({ id, name }) => [id, name]) : []);
  }

  return {
    'activity.list': ({ offset, limit, ...filter }) => {
      const entries = console.activity.entries(filter);
      const names = namesNow();
      return Promise.resolve(
        ok({
          total: entries.length,
          rows: entries.slice(offset, offset + limit).map((entry) => rowOf(entry, names)),
        }),
      );
    },

    'activity.export': (filter, call) => {
      const exportedAt = new Date(console.clock.now()).toISOString();
      const head = {
        latchkey: version,
        platform: `${process.platform}-${process.arch}`,
        node: process.versions.node,
        exportedAt,
      };
      const entries = console.activity.entries(filter);
      const text = exportActivity(entries, namesNow(), head);
      const stamp = exportedAt.slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-');
      const fileName = `latchkey-activity-${stamp}.ndjson`;
      return deliver(textFile({ fileName, format: 'ndjson', rows: entries.length }, text), call);
    },
  };
}

function rowOf(entry: Entry, names: ReadonlyMap<string, string>): ActivityRow {
  const { connection } = entry;
  return { ...entry, connectionName: connection === null ? null : (names.get(connection) ?? null) };
}
