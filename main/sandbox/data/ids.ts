import { mix32, unmix32 } from './random.ts';

/**
 * Ids in the vendors' forms. The index sits inside each id, scrambled, so that a record is found by its id without a
 * table: a million users cost no memory. `index*` functions return null for an id that the same key did not make.
 */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function hex8(value: number): string {
  return (
    (HEX[value >>> 24] ?? '') +
    (HEX[(value >>> 16) & 0xff] ?? '') +
    (HEX[(value >>> 8) & 0xff] ?? '') +
    (HEX[value & 0xff] ?? '')
  );
}

function scramble(key: number, index: number): number {
  return mix32((index ^ key) >>> 0);
}

function unscramble(key: number, value: number): number {
  return (unmix32(value) ^ key) >>> 0;
}

function indexIfMade(
  make: (key: number, index: number) => string,
  key: number,
  index: number,
  id: string,
): number | null {
  return make(key, index) === id ? index : null;
}

/** A version 4 UUID in lower case (Salto KS ids). */
export function uuidOf(key: number, index: number): string {
  const last = scramble(key, index);
  const first = mix32(last ^ key);
  const middle = mix32(first + key);
  const m = hex8(middle);
  const tail = hex8(mix32(middle ^ last));
  return `${hex8(first)}-${m.slice(0, 4)}-4${m.slice(4, 7)}-${'89ab'.charAt(middle & 3)}${tail.slice(0, 3)}-${tail.slice(3, 7)}${hex8(last)}`;
}

export function indexOfUuid(key: number, id: string): number | null {
  const lower = id.toLowerCase();
  return indexIfMade(uuidOf, key, unscramble(key, Number.parseInt(lower.slice(-8), 16) >>> 0), lower);
}

/** 24 hexadecimal digits (Smartenit: Mongo ids). */
export function hex24Of(key: number, index: number): string {
  const last = scramble(key, index);
  // A Mongo id starts with its second of creation: somewhere in 2016 to 2018.
  const second = 0x56b00000 + (mix32(last ^ key) % 0x05000000);
  return hex8(second) + hex8(mix32(key + 1)) + hex8(last);
}

export function indexOfHex24(key: number, id: string): number | null {
  return indexIfMade(hex24Of, key, unscramble(key, Number.parseInt(id.slice(-8), 16) >>> 0), id);
}

function base32(value: number, digits: number): string {
  let rest = value;
  let text = '';
  for (let at = 0; at < digits; at += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** A ULID: 26 Crockford base 32 digits, ten of them the time (Nebula ids look like `01FF2G...`). */
export function ulidOf(key: number, index: number): string {
  const last = scramble(key, index);
  const high = mix32(last ^ key);
  // 2021-08-01 plus up to four years, in milliseconds.
  const time = 1_627_776_000_000 + (high % 126_000) * 1_000_000;
  return base32(time, 10) + base32(mix32(high + key), 6) + base32(high & 7, 3) + base32(last, 7);
}

export function indexOfUlid(key: number, id: string): number | null {
  let value = 0;
  for (const digit of id.slice(-7)) {
    const worth = CROCKFORD.indexOf(digit);
    if (worth < 0) return null;
    value = value * 32 + worth;
  }
  return indexIfMade(ulidOf, key, unscramble(key, value >>> 0), id);
}
