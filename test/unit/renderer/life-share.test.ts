import { expect, test } from 'vitest';
import { lifeMarks, lifeShare } from '../../../renderer/overview/life-share.ts';

const minute = 60_000;

test('a session stands on its line by the marks: less than an hour before the hour, a day at the day', () => {
  const at = Object.fromEntries(lifeMarks.map(({ name, share }) => [name, share]));
  expect(lifeMarks.map(({ name }) => name)).toEqual(['hour', 'day', 'week', 'month']);
  expect(at['month']).toBe(1);
  expect(lifeShare(57 * minute, 0)).toBeLessThan(at['hour'] ?? 0);
  expect(lifeShare(61 * minute, 0)).toBeGreaterThan(at['hour'] ?? 1);
  expect(lifeShare(24 * 60 * minute, 0)).toBeCloseTo(at['day'] ?? 0);
  expect(lifeShare(6 * 24 * 60 * minute, 0)).toBeLessThan(at['week'] ?? 0);
  expect(lifeShare(40 * 24 * 60 * minute, 0)).toBe(1);
});
