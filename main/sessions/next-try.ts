import type { Failure } from '../../preload/errors.ts';
import type { Effect, Trouble } from './session.ts';

const passing = { firstMs: 5_000, longestMs: 5 * 60_000 };
/** What was refused is not refused by accident: it is tried again rarely. */
const refused = { firstMs: 5 * 60_000, longestMs: 60 * 60_000 };
/** No `Retry-After` keeps a session waiting longer than this. */
const longestAskedMs = 60 * 60_000;

/** How a try to renew failed. */
export interface FailedTry {
  readonly failure: Failure;
  readonly effect: Effect;
  /** Milliseconds that the server asked to wait (RFC 9110 10.2.3), null where it named no time. */
  readonly retryAfterMs: number | null;
  /** A server has judged a person's name and password: nobody offers them again unasked, for accounts get locked by that. */
  readonly passwordJudged: boolean;
}

/**
 * What is remembered of a failed try at `now`, with the time of the next: after 5 s, doubling up to 5 min, or at the
 * time that the server named; after a refusal in 5 min, doubling up to an hour. A session that has ended is not
 * tried again.
 */
export function troubleAfter(failed: FailedTry, before: Trouble | null, now: number): Trouble {
  const { failure, effect } = failed;
  const tries = before !== null && before.effect === effect ? before.tries + 1 : 1;
  const trouble = { failure, at: now, effect, tries };
  if (effect === 'ended' || (effect === 'refused' && failed.passwordJudged))
    return { ...trouble, nextTryAt: null, waits: true };
  const { firstMs, longestMs } = effect === 'refused' ? refused : passing;
  const pause = Math.min(firstMs * 2 ** Math.min(tries - 1, 20), longestMs);
  if (effect === 'kept' && failed.retryAfterMs !== null)
    return { ...trouble, nextTryAt: now + Math.min(failed.retryAfterMs, longestAskedMs), waits: true };
  return { ...trouble, nextTryAt: now + pause, waits: effect === 'refused' };
}

/** Whether whoever is no person has to wait for the next try. */
export function isWaiting({ waits, nextTryAt, at }: Trouble, now: number): boolean {
  // A clock that was put back must not make anybody wait for days: the time counts from when it was written.
  return waits && (nextTryAt === null || (now < nextTryAt && now >= at));
}
