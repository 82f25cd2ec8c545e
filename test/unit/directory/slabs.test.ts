import { expect, test } from 'vitest';
import { createSlabs } from '../../../main/directory/slabs.ts';

const megabyte = 1024 * 1024;

test('pages that wait are there as they came until they are released, whatever is released beside them', () => {
  const slabs = createSlabs();
  // More than one block holds, and one page that is larger than a block.
  const raws = [
    ...Array.from({ length: 6 }, (_, at) => `["${'åß漢😀'.repeat(at * 1000)}"]`),
    'x'.repeat(40 * megabyte),
  ];
  const kept = raws.map((raw, at) => slabs.keep({ cells: `[${at}]`, raw }));
  for (const [at, slice] of kept.entries()) if (at % 2 === 1) slice.release();
  const again = slabs.keep({ cells: '[]', raw: Buffer.from('["again"]') });
  for (const [at, slice] of kept.entries())
    if (at % 2 === 0) expect(slice.bytes.toString()).toBe(`[${at}]\n${raws[at] ?? ''}`);
  expect(again.bytes.toString()).toBe('[]\n["again"]');
});

test('the memory of a block is given back with the last page in it, and so is that of the answer', () => {
  const slabs = createSlabs();
  const answer = new Uint8Array(megabyte).fill(32);
  const [first, second] = [slabs.keep({ cells: '[]', raw: answer }), slabs.keep({ cells: '[]', raw: '[]' })];
  expect(answer).toHaveLength(0);
  first.release();
  expect(second.bytes.toString()).toBe('[]\n[]');
  second.release();
  expect(second.bytes).toHaveLength(0);
});
