import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../main/clock.ts';

/** A clock on which waiting ends only when the test lets time pass. */
export interface SteppedClock extends Clock {
  /** Lets time pass: whoever waits goes on at the right moment, in order. */
  pass(milliseconds: number): Promise<void>;
  /** Time passes while every timer stands still, as in a sleeping computer; then they go on where they were. */
  sleepComputer(milliseconds: number): void;
}

export function steppedClock(start: number = Date.UTC(2026, 2, 1, 8)): SteppedClock {
  let now = start;
  let slept = 0;
  const waiting = new Set<{ at: number; go: () => void }>();
  /** Time as timers see it. */
  const awake = (): number => now - slept;
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const sleeper = { at: awake() + milliseconds, go: done };
        function done(): void {
          waiting.delete(sleeper);
          signal?.removeEventListener('abort', done);
          resolve();
        }
        waiting.add(sleeper);
        signal?.addEventListener('abort', done, { once: true });
      }),
    async pass(milliseconds) {
      const end = awake() + milliseconds;
      await settle();
      for (;;) {
        const next = [...waiting].sort((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) break;
        now = Math.max(awake(), next.at) + slept;
        next.go();
        await settle();
      }
      now = end + slept;
      await settle();
    },
    sleepComputer(milliseconds) {
      now += milliseconds;
      slept += milliseconds;
    },
  };
}

/** Everything that follows from what has happened, without any timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
