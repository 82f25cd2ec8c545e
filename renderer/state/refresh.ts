/** A question whose answer changes again and again, often faster than it can be answered. */
export interface Refresh {
  /** The question is another: what is under way is given up, and it is asked at once. */
  readonly anew: () => void;
  /** The answer may be another: asked at once, or when the one under way is here. So there is one request at a time. */
  readonly again: () => void;
  /** Nobody waits any more. */
  readonly stop: () => void;
}

/** @param ask does not reject; takes its answer only while its signal is not aborted */
export function createRefresh(ask: (signal: AbortSignal) => Promise<void>): Refresh {
  let asking: AbortController | null = null;
  let changed = false;

  function anew(): void {
    asking?.abort();
    const own = new AbortController();
    asking = own;
    changed = false;
    void ask(own.signal).finally(() => {
      if (asking !== own) return;
      asking = null;
      if (changed) anew();
    });
  }

  return {
    anew,
    again() {
      if (asking === null) anew();
      else changed = true;
    },
    stop() {
      asking?.abort();
      asking = null;
      changed = false;
    },
  };
}
