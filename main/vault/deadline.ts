/**
 * Calls `over` after so many milliseconds, but reads before that what has arrived: on a busy computer an answer may lie
 * there that this process did not get to (timers run before the poll that reads it, `setImmediate` after:
 * https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick).
 * @returns calls it off
 */
export function deadline(milliseconds: number, over: () => void): () => void {
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    last = setImmediate(over);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}
