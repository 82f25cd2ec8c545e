import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { giveBack, giveBackHeap } from '../../../main/directory/give-back.ts';

test('what nobody holds is gone when the heap was given back, and what somebody holds is not', async () => {
  const held = { text: 'held' };
  const refs = [new WeakRef(held), new WeakRef({ text: 'not held' })];
  await nextTurn(); // a WeakRef holds its object to the end of the turn that made it
  await giveBackHeap();
  expect(refs.map((ref) => ref.deref())).toEqual([held, undefined]);
});

test('an array that has its memory alone is empty when it was given back; a part of another keeps it', () => {
  const whole = new Uint8Array(16);
  const part = whole.subarray(4, 8);
  giveBack(part);
  expect([whole.length, part.length]).toEqual([16, 4]);
  giveBack(whole);
  expect([whole.length, part.length]).toEqual([0, 0]);
});
