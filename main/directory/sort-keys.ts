import { giveBack } from './give-back.ts';
import type { SortKeys } from './merge-sort.ts';

/** The values of a column as keys to sort by, taken in one by one. They compare as SQLite compares them. */
export interface ColumnKeys {
  /** The value of the next item: a text, a number that is not negative, or null, which comes first. */
  add(value: unknown): void;
  /** Of all items so far; no more may come. */
  keys(): SortKeys;
  /** Gives the memory back; the keys are empty afterwards. */
  release(): void;
}

/** Characters of a text that go into its number: 6 bytes of Latin, and 2^48 is a whole number. */
const prefixLength = 6;

/** Bytes of a text that memory is made for at first. */
const usualLength = 40;

/** @param items how many are expected; more may come */
export function createColumnKeys(items: number): ColumnKeys {
  let count = 0;
  let first = new Float64Array(Math.max(16, items));
  let starts = new Float64Array(first.length + 1);
  let bytes = Buffer.allocUnsafeSlow(first.length * usualLength);
  let end = 0;

  const larger = (old: Float64Array, length: number): Float64Array<ArrayBuffer> => {
    const made = new Float64Array(length);
    made.set(old);
    giveBack(old);
    return made;
  };

  /** Makes room for one more item, whose text has at most so many bytes. */
  function grow(most: number): void {
    if (count === first.length) {
      first = larger(first, count * 2);
      starts = larger(starts, count * 2 + 1);
    }
    if (end + most > bytes.length) {
      const more = Buffer.allocUnsafeSlow((end + most) * 2);
      more.set(bytes.subarray(0, end));
      giveBack(bytes);
      bytes = more;
    }
  }

  const rest = (a: number, b: number): number => {
    const ends = [starts[a + 1] ?? 0, starts[b + 1] ?? 0] as const;
    let left = starts[a] ?? 0;
    let right = starts[b] ?? 0;
    for (; left < ends[0] && right < ends[1]; left += 1, right += 1) {
      const difference = (bytes[left] ?? 0) - (bytes[right] ?? 0);
      if (difference !== 0) return difference;
    }
    return ends[0] - left - (ends[1] - right);
  };

  return {
    add(value) {
      grow(typeof value === 'string' ? value.length * 3 : 0);
      if (typeof value === 'string') {
        const length = bytes.write(value, end);
        let prefix = 0;
        for (let index = 0; index < prefixLength; index += 1) {
          prefix = prefix * 256 + (index < length ? (bytes[end + index] ?? 0) : 0);
        }
        first[count] = prefix;
        end += length;
      } else first[count] = value === null ? -1 : Number(value);
      count += 1;
      starts[count] = end;
    },
    keys: () => ({ first, rest: end === 0 ? null : rest }),
    release() {
      for (const each of [first, starts, bytes]) giveBack(each);
    },
  };
}
