import { ok } from '../../../preload/errors.ts';
import type { JournalEntry } from '../../system-user/journal.ts';
import { checkWanted } from '../../system-user/plan.ts';
import type { JobOptions } from '../../console/system-user.ts';
import { connectionInfo } from '../connection-info.ts';
import type { Call, Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import { forgetOtherLists } from './connections.ts';
import { textFile } from '../text-file.ts';

type Methods = Extract<keyof Handlers, `systemUser.${string}`>;

/** Installations of a service that a screen shows; the rest is counted. */
const mostShown = 500;

export function systemUserHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  const job = ({ signal, progress }: Call): JobOptions => ({
    signal,
    progress: (said) => progress({ kind: 'systemUser', ...said }),
    waiting: (milliseconds) =>
      progress({ kind: 'waiting', connection: null, until: console.clock.now() + milliseconds }),
  });
  let listening = false;
  const open = async () => {
    const rooms = await console.systemUser();
    if (!listening) rooms.open.onChanged(() => parts.systemUserChanged());
    listening = true;
    return rooms.open;
  };
  const service = async () => (await console.systemUser()).service;

  return {
    'systemUser.current': async () => {
      const current = await (await open()).current();
      return current.ok ? ok({ plan: current.value }) : current;
    },

    'systemUser.plan': async ({ connection, sites, ...typed }, call) => {
      const found = console.connections.byId(connection);
      if (!found.ok) return found;
      const wanted = checkWanted({ ...typed, fallbackRole: typed.fallbackRole });
      if (!wanted.ok) return wanted;
      return (await open()).make(found.value, wanted.value, sites, job(call));
    },

    'systemUser.rows': async ({ offset, limit, search, state, only }) =>
      (await open()).rows({
        offset,
        limit,
        ...(search !== undefined && { search }),
        ...(state !== undefined && { state }),
        ...(only !== undefined && { only }),
      }),

    'systemUser.export': async (_, call) => {
      const text = await (await open()).text();
      if (!text.ok) return text;
      return parts.deliver(
        textFile({ fileName: 'system-user-plan.json', format: 'json', rows: 1 }, text.value),
        call,
      );
    },

    'systemUser.open': async ({ json }) => (await open()).open(json),

    'systemUser.close': async () => {
      const closed = await (await open()).close();
      return closed.ok ? ok({}) : closed;
    },

    'systemUser.review': async ({ plan }, call) => {
      const notes = await (await open()).review(plan, job(call));
      return notes.ok ? ok({ notes: [...notes.value] }) : notes;
    },

    'systemUser.apply': async ({ plan }, call) => (await open()).apply(plan, job(call)),

    'systemUser.watch': async ({ plan }, call) => (await open()).watch(plan, job(call)),

    'systemUser.connect': async ({ plan, clientSecret, ...input }, { signal }) => {
      const before = console.connections.find(input.name);
      const connected = await (
        await open()
      ).connect(
        plan,
        { ...input, ...(clientSecret !== undefined && clientSecret !== '' && { clientSecret }) },
        signal,
      );
      const forgotten = before.ok ? await forgetOtherLists(parts, before.value) : ok(undefined);
      parts.connectionsChanged();
      if (!connected.ok) return connected;
      return forgotten.ok ? ok(await connectionInfo(console, connected.value)) : forgotten;
    },

    'systemUser.verify': async ({ plan, connection }, call) => {
      const found = console.connections.byId(connection);
      if (!found.ok) return found;
      const verified = await (await open()).verify(plan, found.value, job(call));
      // It may have signed the system user in.
      parts.connectionsChanged();
      return verified;
    },

    'systemUser.record': async ({ offset, limit }) => {
      const entries = await (await service()).record();
      if (!entries.ok) return entries;
      const rows = doneRows(entries.value);
      return ok({ total: rows.length, rows: rows.slice(offset, offset + limit) });
    },

    'systemUser.reach': async ({ connection, expected }, { signal, progress }) => {
      const found = console.connections.byId(connection);
      if (!found.ok) return found;
      const reach = await (
        await service()
      ).reach(found.value, expected, {
        signal,
        waiting: (milliseconds) =>
          progress({ kind: 'waiting', connection: null, until: console.clock.now() + milliseconds }),
      });
      if (!reach.ok) return reach;
      const { identity, installations, missing, notes } = reach.value;
      return ok({
        identity: [...identity],
        installations: installations
          .slice(0, mostShown)
          .map(({ id, name, roles }) => ({ id, name, roles: [...roles] })),
        more: Math.max(0, installations.length - mostShown),
        missing: [...missing],
        notes: [...notes],
      });
    },
  };
}

type DoneRow = Extract<
  Awaited<ReturnType<Handlers['systemUser.record']>>,
  { ok: true }
>['value']['rows'][number];

/** The record as people read it, newest first: one line a change, with how it ended. */
function doneRows(entries: readonly JournalEntry[]): DoneRow[] {
  const runs = new Map<string, { connection: string; as: string }>();
  const rows = new Map<string, DoneRow>();
  for (const entry of entries) {
    if (entry.event === 'began') runs.set(entry.run, { connection: entry.connection, as: entry.as });
    if (entry.event !== 'intent' && entry.event !== 'result') continue;
    const key = `${entry.run} ${entry.site}`;
    const { connection, as } = runs.get(entry.run) ?? { connection: '', as: '' };
    rows.delete(key);
    rows.set(key, {
      at: Date.parse(entry.at),
      plan: entry.plan,
      connection,
      as,
      site: entry.site,
      action: entry.action,
      outcome: entry.event === 'result' ? entry.outcome : null,
      code: entry.event === 'result' ? entry.code : null,
    });
  }
  return [...rows.values()].reverse();
}
