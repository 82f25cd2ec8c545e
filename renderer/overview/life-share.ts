const minuteMs = 60_000;
const monthMs = 30 * 24 * 60 * minuteMs;

/** What the line is read by, in minutes, each with the key of its word. */
const marks = [
  ['hour', 60],
  ['day', 24 * 60],
  ['week', 7 * 24 * 60],
  ['month', 30 * 24 * 60],
] as const;

/** Where an hour, a day, a week and a month lie on the line of `lifeShare`, 0 to 1. */
export const lifeMarks = marks.map(([name, minutes]) => ({ name, share: lifeShare(minutes * minuteMs, 0) }));

/**
 * How far a session's end lies on a line from one minute to thirty days, 0 to 1, by the logarithm: an hour and a day are
 * both to be seen on it. A session without a known end fills it.
 */
export function lifeShare(expiresAt: number | null, now: number): number {
  if (expiresAt === null) return 1;
  const left = expiresAt - now;
  if (left <= minuteMs) return 0;
  return Math.min(1, Math.log(left / minuteMs) / Math.log(monthMs / minuteMs));
}
