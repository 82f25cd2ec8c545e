/**
 * The pseudo-random numbers behind the seeded data: all of them are pure functions of a 32-bit key and an index, so that
 * any record can be made from its index alone and nothing has to be kept.
 */

/** Spreads the bits of a 32-bit integer (the finalizer of MurmurHash3). One-to-one: `unmix32` undoes it. */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The inverse of `mix32`: it finds the index inside an id. */
export function unmix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7ed1b41d);
  h = Math.imul(h ^ (h >>> 13) ^ (h >>> 26), 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit key for a seed and a path of names, e.g. `keyOf(7, 'salto-ks', 'site', '0')` (FNV-1a, then mixed). */
export function keyOf(seed: number, ...path: readonly string[]): number {
  let h = mix32(seed ^ 0x811c9dc5);
  for (const part of path) {
    for (let at = 0; at < part.length; at += 1) {
      h = Math.imul(h ^ part.charCodeAt(at), 0x01000193) >>> 0;
    }
    h = Math.imul(h ^ 0xff, 0x01000193) >>> 0;
  }
  return mix32(h);
}

/** The `draw`-th 32-bit number of the record at `index` below `key`. */
export function drawn(key: number, index: number, draw = 0): number {
  return mix32(mix32(index ^ key) + Math.imul(draw, 0x9e3779b9));
}

/** One of a non-empty list by a drawn number. */
export function pick<T>(list: readonly T[], number: number): T {
  const value = list[number % list.length];
  if (value === undefined) throw new RangeError('pick: the list is empty');
  return value;
}
