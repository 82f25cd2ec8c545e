/** ISO 8601, or null. */
export function isoTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

/** "42 min left", "ended 3 h ago", "no known end". */
export function lifeLeft(expiresAt: number | null, now: number): string {
  if (expiresAt === null) return 'no known end';
  const left = expiresAt - now;
  return left > 0 ? `${span(left)} left` : `ended ${span(-left)} ago`;
}

/** The largest unit that gives a number of at least one, rounded down. */
export function span(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
