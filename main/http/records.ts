import type { RequestRecord } from './seam.ts';

/** The last records, bounded. */
export interface RecordRing {
  add(record: RequestRecord): void;
  /** Oldest first; a copy. */
  all(): readonly RequestRecord[];
}

export function createRecordRing(limit: number): RecordRing {
  const records: RequestRecord[] = [];
  return {
    add(record) {
      records.push(record);
      if (records.length > limit) records.shift();
    },
    all: () => [...records],
  };
}

/**
 * An address that may be shown: origin and path stay, as do the names in the query, every value becomes `…`; user info
 * and fragment go. A query that is no list of names and values, or a name too long to be one, becomes `…` whole.
 */
export function redactUrl(url: URL): string {
  const names = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => /^([^=]{1,40})=/.exec(part)?.[1])
    .map((name) => (name === undefined ? '…' : `${name}=…`));
  return `${url.origin}${url.pathname}${names.length === 0 ? '' : `?${names.join('&')}`}`;
}
