/** Careful reading of JSON that somebody else wrote: every member may be missing, of another type, or hostile. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object, or null where it is something else (an array is something else). */
export function asRecord(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;
}

/** The first own member among `names` that is there; inherited names such as `constructor` are not members. */
export function member(record: JsonRecord | null, ...names: readonly string[]): unknown {
  if (record === null) return undefined;
  for (const name of names) {
    if (Object.hasOwn(record, name) && record[name] !== undefined) return record[name];
  }
  return undefined;
}

/** Text that shows something, as it came; null for blank text and everything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/**
 * An id as text. Numbers beyond 2^53 are refused: JSON.parse has already rounded them, so they name something else.
 */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return textOf(value);
}

/** A count: a whole number from 0 on, also as digits in text (protobuf JSON writes 64-bit numbers so). */
export function countOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/**
 * A moment in milliseconds since the epoch. A time without a zone is read as UTC, whatever this computer's zone is;
 * the year 1 (.NET's unset value) and the epoch itself (protobuf's) are no moment.
 */
export function momentOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value) || value.startsWith('0001-'))
    return null;
  const zoned = !value.includes('T') || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`;
  const moment = Date.parse(zoned);
  return Number.isNaN(moment) || moment === 0 ? null : moment;
}

/** Names in one line: "Ada Lovelace" from its parts, or null where every part is blank. */
export function joinedName(...parts: readonly unknown[]): string | null {
  let joined = '';
  for (const part of parts) {
    const text = typeof part === 'string' ? part.trim() : '';
    if (text !== '') joined = joined === '' ? text : `${joined} ${text}`;
  }
  return joined === '' ? null : joined;
}
