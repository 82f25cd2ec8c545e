import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import { createQueue } from '../../../main/vault/queue.ts';

test('what is written is read back until it is removed or the vault is closed', async () => {
  const vault = openMemoryVault();
  expect(await vault.state()).toEqual({ state: 'open' });
  expect(await vault.read('a')).toEqual({ ok: true, value: null });
  await vault.write('a', 'text');
  await vault.write('b', '');
  expect(await vault.read('a')).toEqual({ ok: true, value: 'text' });
  expect(await vault.read('b')).toEqual({ ok: true, value: '' });
  await vault.remove('a');
  expect(await vault.read('a')).toEqual({ ok: true, value: null });
  await vault.close();
  expect(await vault.read('b')).toMatchObject({ ok: false, error: { code: 'vault_absent' } });
});

test('a queue runs its tasks one at a time in order, also after one that failed', async () => {
  const queue = createQueue();
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    if (name === 'a') throw new Error('a');
  };
  const [a] = await Promise.allSettled([queue(task('a')), queue(task('b'))]);
  expect(a.status).toBe('rejected');
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test.each([
  ['result', (outcome: object) => Promise.resolve(outcome)],
  ['failure', (outcome: object) => Promise.reject(outcome as Error)],
])('a queue does not keep the %s of its last task', async (_what, task) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const queue = createQueue();
  const run = async (): Promise<WeakRef<object>> => {
    const outcome = new Error('invented');
    await queue<unknown>(() => task(outcome)).catch(() => undefined);
    return new WeakRef(outcome);
  };
  const kept = await run();
  await nextTurn(); // a WeakRef holds on to its target until the turn in which it was made is over
  collect();
  expect(kept.deref()).toBeUndefined();
});
