/**
 * `tell`, at most once every `milliseconds`: at once the first time, and once more at the end of the pause where there was
 * more to tell. Its timer keeps no process alive.
 */
export function throttled(tell: () => void, milliseconds: number): () => void {
  let pausing = false;
  let more = false;
  const say = (): void => {
    tell();
    pausing = true;
    setTimeout(() => {
      pausing = false;
      if (!more) return;
      more = false;
      say();
    }, milliseconds).unref();
  };
  return () => {
    if (pausing) more = true;
    else say();
  };
}
