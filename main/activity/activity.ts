import type { Failure } from '../../preload/errors.ts';
import type { RequestRecord } from '../http/seam.ts';

/** What happened to a session; `refused`: a renewal failed and the session stays, `ended`: a person has to sign in again. */
export type SessionChange = 'signed_in' | 'renewed' | 'refused' | 'ended' | 'signed_out';

export interface SessionNote {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The connection's id. */
  readonly connection: string;
  readonly change: SessionChange;
  readonly failure: Failure | null;
}

/** `number` counts up in this process. */
export type Entry = { readonly number: number } & (
  ({ readonly kind: 'request' } & RequestRecord) | ({ readonly kind: 'session' } & SessionNote)
);

export interface ActivityFilter {
  readonly connection?: string | undefined;
  /** Only what failed: no answer, an error's status, a session that was not renewed. */
  readonly failed?: boolean | undefined;
  /** Part of a host, path, purpose, status or error code, in any case. */
  readonly search?: string | undefined;
}

/**
 * What this process asked of the network and what became of sessions, in memory alone and bounded: who was talked to and
 * when is nobody's business after the console has ended. Holds nothing secret, since nothing secret comes here
 * (http/redact.ts).
 */
export interface Activity {
  request(record: RequestRecord): void;
  session(note: SessionNote): void;
  /** Newest first. */
  entries(filter?: ActivityFilter): readonly Entry[];
  /** Told of each new entry. */
  onChanged(listener: () => void): void;
}

/** Some hours of work, or the last ten minutes of reading a very long list. */
const keptEntries = 2000;

export function createActivity(limit: number = keptEntries): Activity {
  const kept: Entry[] = [];
  const listeners = new Set<() => void>();
  let number = 0;

  function add(entry: Entry): void {
    kept.push(entry);
    if (kept.length > limit) kept.shift();
    for (const listener of listeners) listener();
  }

  return {
    request: (record) => add({ kind: 'request', number: (number += 1), ...record }),
    session: (note) => add({ kind: 'session', number: (number += 1), ...note }),
    entries: ({ connection, failed = false, search = '' } = {}) =>
      kept
        .filter((entry) => connection === undefined || entry.connection === connection)
        .filter((entry) => !failed || hasFailed(entry))
        .filter((entry) => matches(entry, search.trim().toLowerCase()))
        .toReversed(),
    onChanged: (listener) => void listeners.add(listener),
  };
}

/** An answer with an error's status is a failure for whoever looks for one, though the exchange went well. */
export function hasFailed(entry: Entry): boolean {
  return entry.failure !== null || (entry.kind === 'request' && (entry.status ?? 0) >= 400);
}

function matches(entry: Entry, words: string): boolean {
  if (words === '') return true;
  const { failure } = entry;
  const texts =
    entry.kind === 'request'
      ? [entry.host, entry.path, entry.purpose, entry.method, String(entry.status ?? '')]
      : [entry.change];
  return [...texts, failure?.code ?? ''].some((text) => text.toLowerCase().includes(words));
}
