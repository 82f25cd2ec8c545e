/**
 * Calls `leave` once nobody was here for `milliseconds`; `look` is told how many are here whenever that changes. Null
 * milliseconds: never.
 */
export function createIdleExit(
  milliseconds: number | null,
  leave: () => void,
): { look(here: number): void; close(): void } {
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    look(here) {
      if (here > 0) stop();
      else if (timer === null && milliseconds !== null) timer = setTimeout(leave, milliseconds);
    },
    close: stop,
  };
}
