import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIdleExit } from '../../../main/browser/idle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it leaves when nobody was there for long enough, counted anew after each visit', () => {
  let left = 0;
  const idle = createIdleExit(1000, () => (left += 1));
  idle.look(0);
  vi.advanceTimersByTime(999);
  idle.look(1);
  vi.advanceTimersByTime(5000);
  idle.look(2);
  idle.look(1);
  vi.advanceTimersByTime(5000);
  expect(left).toBe(0);
  idle.look(0);
  vi.advanceTimersByTime(999);
  expect(left).toBe(0);
  vi.advanceTimersByTime(1);
  expect(left).toBe(1);
});

test('without a time it never leaves, nor after it was closed', () => {
  let left = 0;
  createIdleExit(null, () => (left += 1)).look(0);
  const closed = createIdleExit(1000, () => (left += 1));
  closed.look(0);
  closed.close();
  vi.advanceTimersByTime(100_000);
  expect(left).toBe(0);
});
