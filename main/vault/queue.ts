/** Runs tasks one at a time in the order given; a task that fails does not stop those after it. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined); // whoever asked for the task hears of its failure, the next need not
    return result;
  };
}
