const minuteMs = 60_000;
const monthMs = 30 * 24 * 60 * minuteMs;

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
