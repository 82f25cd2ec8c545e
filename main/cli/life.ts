import { span } from '../clock.ts';

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
