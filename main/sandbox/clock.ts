/** The sandbox's time: the system's (or an injected one), shifted by `POST /clock`. */
export interface ShiftedClock {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Whole seconds by which this clock differs from the system's, which libraries read by themselves. */
  shift: () => number;
  offsetSeconds: () => number;
  setOffset: (seconds: number) => void;
}

export function shiftedClock(base: () => number): ShiftedClock {
  let offset = 0;
  const now = (): number => base() + offset * 1000;
  return {
    now,
    // Rounded: two readings of one clock may lie a millisecond apart, which must not become a second.
    shift: () => Math.round((now() - Date.now()) / 1000),
    offsetSeconds: () => offset,
    setOffset: (seconds) => {
      offset = seconds;
    },
  };
}
