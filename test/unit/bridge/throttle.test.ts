import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttled } from '../../../main/bridge/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it tells at once, then at most once a pause, and never forgets the last', () => {
  let told = 0;
  const tell = throttled(() => (told += 1), 100);
  for (let call = 0; call < 50; call += 1) tell();
  expect(told).toBe(1);
  vi.advanceTimersByTime(99);
  expect(told).toBe(1);
  vi.advanceTimersByTime(1);
  expect(told).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(told).toBe(2);
  tell();
  expect(told).toBe(3);
});
