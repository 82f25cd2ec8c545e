import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.ts';
import * as v from 'valibot';
import { systemUserActions, systemUserOutcomes } from '../../preload/contract.ts';
import { type ErrorCode, type Result, exitCodes, fail, ok } from '../../preload/errors.ts';

export type Outcome = (typeof systemUserOutcomes)[number];

const codes = Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]];
const common = {
  v: v.literal(1),
  /** ISO 8601 */
  at: v.pipe(v.string(), v.isoTimestamp()),
  plan: v.string(),
  run: v.string(),
};

/**
 * One line of the record. Ids and words of our own alone: no address, no name, nothing that a vendor said, so that it may
 * lie in the profile unencrypted and be written before every change, whatever state the vault is in.
 */
const entrySchema = v.variant('event', [
  v.object({
    ...common,
    event: v.literal('began'),
    connection: v.string(),
    /** The subject (`sub`) of whoever was signed in. */
    as: v.string(),
    changes: v.number(),
  }),
  /** Written, and on the disk, before the request leaves. */
  v.object({
    ...common,
    event: v.literal('intent'),
    site: v.string(),
    action: v.picklist(systemUserActions),
    role: v.nullable(v.string()),
  }),
  v.object({
    ...common,
    event: v.literal('result'),
    site: v.string(),
    action: v.picklist(systemUserActions),
    outcome: v.picklist(systemUserOutcomes),
    /** The vendor's id of the user at the site. */
    user: v.nullable(v.string()),
    code: v.nullable(v.picklist(codes)),
  }),
  v.object({ ...common, event: v.literal('ended'), left: v.number() }),
]);
export type JournalEntry = v.InferOutput<typeof entrySchema>;
type New<T> = T extends unknown ? Omit<T, 'v'> : never;

export interface Journal {
  /** Appends a line and waits until it is on the disk. Errors: unexpected (the disk). */
  write(entry: New<JournalEntry>): Promise<Result<void>>;
  /** Everything recorded, oldest first. A last line that a crash cut off is left out. Errors: unexpected. */
  read(): Promise<Result<readonly JournalEntry[]>>;
}

/** Where the record of a profile is. */
export function journalFile(home: string): string {
  return path.join(home, 'system-user', 'record.ndjson');
}

/** The append-only record of a profile. Several processes may write: each line goes in one write at the end. */
export function openJournal(home: string): Journal {
  const file = journalFile(home);
  let last: Promise<unknown> = Promise.resolve();

  async function append(entry: New<JournalEntry>): Promise<Result<void>> {
    try {
      makeFolder(path.dirname(file));
      const handle = await open(file, 'a+', 0o600);
      try {
        const { size } = await handle.stat();
        const end = Buffer.alloc(1);
        if (size > 0) await handle.read(end, 0, 1, size - 1);
        // A crash may have left half a line; it must not swallow this one.
        const start = size > 0 && end[0] !== 0x0a ? '\n' : '';
        await handle.write(`${start}${JSON.stringify({ v: 1, ...entry })}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return ok(undefined);
    } catch (error) {
      return fail(
        'unexpected',
        `The record of what is done cannot be written: ${reasonOf(error)}`,
        `Nothing is changed without it. Check the space and the permissions of ${path.dirname(file)}.`,
      );
    }
  }

  return {
    write(entry) {
      const written = last.then(() => append(entry));
      last = written;
      return written;
    },

    async read() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok([]);
        return fail(
          'unexpected',
          `The record of what was done cannot be read: ${reasonOf(error)}`,
          `Check the permissions of ${file}.`,
        );
      }
      return ok(text.split('\n').flatMap((line) => entryOf(line) ?? []));
    },
  };
}

function entryOf(line: string): JournalEntry | null {
  if (line === '') return null;
  try {
    const parsed = v.safeParse(entrySchema, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the record says of one site of a plan. */
export interface Recorded {
  /** When a change was begun whose end is not recorded, milliseconds since the epoch; null where there is none. */
  readonly openSince: number | null;
  /** The last result, null before the first. */
  readonly result: Extract<JournalEntry, { event: 'result' }> | null;
}

/** What the record says of each site of a plan, by the site's id. */
export function recordedOf(entries: readonly JournalEntry[], plan: string): Map<string, Recorded> {
  const sites = new Map<string, Recorded>();
  for (const entry of entries) {
    if (entry.plan !== plan) continue;
    if (entry.event === 'intent') {
      sites.set(entry.site, {
        openSince: Date.parse(entry.at),
        result: sites.get(entry.site)?.result ?? null,
      });
    } else if (entry.event === 'result') {
      // What is uncertain stays open: the change may be on its way.
      const openSince = entry.outcome === 'uncertain' ? (sites.get(entry.site)?.openSince ?? null) : null;
      sites.set(entry.site, { openSince, result: entry });
    }
  }
  return sites;
}
