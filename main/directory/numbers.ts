import { giveBack } from './give-back.ts';

/** Numbers that come one by one, in memory that can be given back: what an array leaves behind stays with an idle thread. */
export interface Numbers<A extends Uint32Array | Float64Array> {
  readonly length: number;
  add(value: number): void;
  /** Those so far; not to be used after more have come. */
  all(): A;
  /** A copy of them that has its memory alone. */
  copy(): A;
  /** Gives the memory back; none may come afterwards. */
  release(): void;
}

/** As many as there is memory for at first. */
const atFirst = 1024;

/** Whole numbers from 0 up to 2^32. */
export const wholeNumbers = (): Numbers<Uint32Array> => numbers((length) => new Uint32Array(length));

/** Any numbers. */
export const anyNumbers = (): Numbers<Float64Array> => numbers((length) => new Float64Array(length));

function numbers<A extends Uint32Array | Float64Array>(make: (length: number) => A): Numbers<A> {
  let values = make(atFirst);
  let count = 0;
  return {
    get length() {
      return count;
    },
    add(value) {
      if (count === values.length) {
        const larger = make(count * 2);
        larger.set(values);
        giveBack(values);
        values = larger;
      }
      values[count] = value;
      count += 1;
    },
    all: () => values.subarray(0, count) as A,
    copy: () => values.slice(0, count) as A,
    release() {
      giveBack(values);
    },
  };
}
