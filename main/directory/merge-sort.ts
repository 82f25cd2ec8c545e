import { giveBack } from './give-back.ts';

/** What numbers are sorted by: a number each and, where equal ones have to be told apart, more. */
export interface SortKeys {
  /** Of each item, from 0. */
  readonly first: Float64Array;
  /** Compares two items whose numbers are equal; less than, equal to or more than 0. */
  readonly rest: ((a: number, b: number) => number) | null;
}

/** Sorted with the engine's own sort before merging: a fraction of a millisecond. */
const runLength = 2048;

/** Items placed between two yields: some milliseconds. */
const stepLength = 50_000;

/**
 * Sorts the numbers 0 to n-1 by their keys, equal ones by the number itself. In steps: yields after each, so that
 * others have their turn, and returns the sorted numbers.
 */
export function* sortedByKeys(n: number, { first, rest }: SortKeys): Generator<void, Uint32Array, void> {
  const compare = (a: number, b: number): number => {
    const x = first[a] ?? 0;
    const y = first[b] ?? 0;
    if (x !== y) return x < y ? -1 : 1;
    return rest === null ? 0 : rest(a, b);
  };
  let from = new Uint32Array(n);
  let to = new Uint32Array(n);
  let sorted = false;
  try {
    for (let at = 0; at < n; at += 1) from[at] = at;
    yield;
    for (let at = 0; at < n; at += runLength) {
      from.subarray(at, at + runLength).sort((a, b) => compare(a, b) || a - b);
      if (at % (runLength * 8) === 0) yield;
    }
    let placed = 0;
    for (let length = runLength; length < n; length *= 2) {
      for (let start = 0; start < n; start += 2 * length) {
        const middle = Math.min(n, start + length);
        const end = Math.min(n, start + 2 * length);
        let left = start;
        let right = middle;
        for (let at = start; at < end; at += 1) {
          // Of equal ones the left is the lower number: both halves hold consecutive numbers.
          const takeLeft = left < middle && (right >= end || compare(from[left] ?? 0, from[right] ?? 0) <= 0);
          to[at] = (takeLeft ? from[left] : from[right]) ?? 0;
          if (takeLeft) left += 1;
          else right += 1;
          placed += 1;
          if (placed % stepLength === 0) yield;
        }
      }
      [from, to] = [to, from];
    }
    sorted = true;
    return from;
  } finally {
    giveBack(to);
    if (!sorted) giveBack(from);
  }
}
