/**
 * A process of its own for the lock: `hold` takes it, says so and keeps it until stdin ends or it is killed; `count`
 * adds one to the number in a file so many times, each time under the lock.
 *
 * Arguments: JSON of {@link LockOrder}.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { withLock } from '../../main/lock.ts';

export type LockOrder =
  | { readonly job: 'hold'; readonly lock: string }
  | { readonly job: 'count'; readonly lock: string; readonly file: string; readonly times: number };

const order = JSON.parse(process.argv[2] ?? '') as LockOrder;
if (order.job === 'hold') {
  await withLock(order.lock, { timeoutMs: 60_000 }, async () => {
    console.log(JSON.stringify('held'));
    await once(process.stdin.resume(), 'end');
  });
} else {
  for (let turn = 0; turn < order.times; turn += 1) {
    const counted = await withLock(order.lock, { timeoutMs: 60_000 }, async () => {
      const number = Number(await readFile(order.file, 'utf8'));
      await writeFile(order.file, String(number + 1));
    });
    if (!counted.ok) console.log(JSON.stringify(counted));
  }
}
