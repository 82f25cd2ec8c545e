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
