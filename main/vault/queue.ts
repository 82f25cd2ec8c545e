/** Runs tasks one at a time in the order given; a task that fails does not stop those after it. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    // Whoever asked hears of the result or the failure; the queue keeps neither: a result may be a secret, and a locked
    // console must have none left.
    last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
}
