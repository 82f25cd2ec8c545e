import { parseHttpDate } from './http-date.ts';

/** No answer makes anything wait longer than a day. */
const longestMs = 24 * 60 * 60 * 1000;

/**
 * The time in milliseconds that a `Retry-After` field asks to wait (RFC 9110 10.2.3: seconds or an HTTP date), between
 * 0 and one day; null where there is no field or it says nothing that can be understood.
 */
export function retryAfterMs(field: string | null, nowMs: number): number | null {
  const text = field?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestMs);
  const date = parseHttpDate(text, nowMs);
  return date === null ? null : Math.min(Math.max(date - nowMs, 0), longestMs);
}
