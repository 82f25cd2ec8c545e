import { parseHttpDate } from './http-date.ts';

/** Clocks of the origins that answered, by their `Date` headers. */
export interface SkewMeter {
  /** Takes an answer in; `sentMs` and `receivedMs` are our clock's times around it. */
  note(origin: string, headers: Headers, sentMs: number, receivedMs: number): void;
  /** Seconds that the origin's clock is ahead of ours; null before the first answer with a date. */
  skewSeconds(origin: string): number | null;
}

/** More origins than anyone has connections; the oldest is forgotten first. */
const mostOrigins = 200;

export function createSkewMeter(): SkewMeter {
  const skews = new Map<string, number>();
  return {
    note(origin, headers, sentMs, receivedMs) {
      const seconds = skewFrom(headers, sentMs, receivedMs);
      if (seconds === null) return;
      skews.delete(origin);
      skews.set(origin, seconds);
      const [oldest] = skews.keys();
      if (skews.size > mostOrigins && oldest !== undefined) skews.delete(oldest);
    },
    skewSeconds: (origin) => skews.get(origin) ?? null,
  };
}

/**
 * Whole seconds between the `Date` header (RFC 9110 6.6.1) and our clock. The header was cut to full seconds, so half a
 * second is added, and it was written about half a round trip ago. What those two leave open counts as no difference.
 * Null without a usable date, and for an answer that a cache kept (`Age`), whose date is old.
 */
function skewFrom(headers: Headers, sentMs: number, receivedMs: number): number | null {
  const theirs = parseHttpDate(headers.get('date') ?? '', receivedMs);
  if (theirs === null || Number(headers.get('age') ?? '0') > 0) return null;
  const difference = theirs + 500 - (sentMs + receivedMs) / 2;
  const uncertain = 500 + (receivedMs - sentMs) / 2;
  return Math.abs(difference) <= uncertain ? 0 : Math.round(difference / 1000);
}
