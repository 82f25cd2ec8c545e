import { span } from '../clock.ts';
import type { SessionOutlook } from '../sessions/status.ts';

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

/** The life of a session's refresh token: as {@link lifeLeft}, "yes, no end known", or null where there is none. */
export function refreshLife(
  {
    status,
    tokens,
  }: Pick<SessionOutlook, 'tokens'> & {
    readonly status: Pick<SessionOutlook['status'], 'refreshExpiresAt'>;
  },
  now: number,
): string | null {
  if (!tokens.includes('refresh')) return null;
  const end = status.refreshExpiresAt;
  return end === null ? 'yes, no end known' : lifeLeft(Date.parse(end), now);
}
