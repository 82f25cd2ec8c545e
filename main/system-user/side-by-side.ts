/** Sites worked at side by side: no vendor publishes a rate limit, and this is what lists take. */
export const atOnce = 4;

/** Works through a queue, a few at a time, until it is empty or `over` says so. The queue may grow meanwhile. */
export async function sideBySide<T>(
  queue: T[],
  work: (item: T) => Promise<void>,
  over: () => boolean = () => false,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for (;;) {
      if (over()) return;
      const item = queue.shift();
      if (item === undefined) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
