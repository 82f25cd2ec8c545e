import type { Clock } from '../clock.ts';

export interface IdleLockParts {
  readonly clock: Pick<Clock, 'now'>;
  /** After how many minutes; null = never. Asked each time, for another door may have changed it. */
  readonly minutes: () => number | null;
  /** Somebody is busy elsewhere on our behalf, as in front of a provider's sign-in page: counts as being here. */
  readonly busy: () => boolean;
  readonly lock: () => Promise<unknown>;
  /** How often it looks, in milliseconds. */
  readonly everyMs?: number;
}

export interface IdleLock {
  /** A person did something: the whole time begins again. */
  active(): void;
  stop(): void;
}

/**
 * Locks when nobody did anything for as long as the person set. By the clock, not by a timer of that length: a computer
 * that slept meanwhile locks when it wakes up. Keeps no process alive.
 */
export function startIdleLock(parts: IdleLockParts): IdleLock {
  let since = parts.clock.now();
  let locking = false;
  const timer = setInterval(() => {
    if (locking) return;
    const minutes = parts.minutes();
    const now = parts.clock.now();
    // A clock that was set back says nothing of how long nobody was here.
    if (parts.busy() || now < since) since = now;
    if (minutes === null || now - since < minutes * 60_000) return;
    locking = true;
    void parts.lock().finally(() => {
      locking = false;
      since = parts.clock.now();
    });
  }, parts.everyMs ?? 5_000);
  timer.unref();
  return {
    active: () => {
      since = parts.clock.now();
    },
    stop: () => clearInterval(timer),
  };
}
