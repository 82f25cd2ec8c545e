import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** How long a one-time address can be opened, in milliseconds. */
export const keyLifeMs = 2 * 60_000;

/** One-time keys that are still good at the same time; more than that nobody is going to open. */
const maxKeys = 8;

export interface Keys {
  /** A new key for a one-time address. */
  issue(): string;
  /** True once for each key that was issued in the last two minutes. */
  redeem(key: string): boolean;
  /** What the cookie of those who redeemed a key holds. */
  readonly cookie: string;
  /** Whether this is the cookie's value. */
  isCookie(value: string | undefined): boolean;
}

/**
 * Who else is on this computer can reach our port, so the address alone must open nothing. A key of 256 random bits is
 * good once and for two minutes: an address that stays in a terminal's scroll-back, a browser's history or a list of
 * processes is worth nothing afterwards. Values are compared by their digests in constant time, so that answering faster
 * or slower tells nothing of how much was right.
 */
export function createKeys(clock: Pick<Clock, 'now'>): Keys {
  const cookie = random();
  const cookieDigest = digest(cookie);
  let issued: { readonly digest: Buffer; readonly until: number }[] = [];
  return {
    cookie,
    isCookie: (value) => value !== undefined && timingSafeEqual(digest(value), cookieDigest),
    issue() {
      const key = random();
      issued = [...issued, { digest: digest(key), until: clock.now() + keyLifeMs }].slice(-maxKeys);
      return key;
    },
    redeem(key) {
      const given = digest(key);
      const now = clock.now();
      const alive = issued.filter(({ until }) => until > now);
      issued = alive.filter((each) => !timingSafeEqual(each.digest, given));
      return issued.length < alive.length;
    },
  };
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
