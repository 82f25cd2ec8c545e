import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../../main/lock.ts';
import type { LockOrder } from '../../support/lock-child.ts';
import { ended, runChild, startChild } from '../../support/run-child.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-lock-'));
  lock = path.join(folder, 'locks', 'one');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that has the lock. */
async function holder() {
  const child = startChild('lock-child.ts', { job: 'hold', lock } satisfies LockOrder);
  await once(child.stdout!, 'data');
  return child;
}

test('200 increments by each of 4 processes lose none, and SQLite prints no warning', async () => {
  const file = path.join(folder, 'count');
  await writeFile(file, '0');
  const order: LockOrder = { job: 'count', lock, file, times: 200 };
  const children = await Promise.all([1, 2, 3, 4].map(() => runChild('lock-child.ts', order)));
  for (const child of children) expect(child).toEqual({ lines: [], stderr: '', code: 0, signal: null });
  expect(await readFile(file, 'utf8')).toBe('800');
});

test('an owner that was killed owns nothing', async () => {
  const child = await holder();
  child.kill('SIGKILL');
  await ended(child);
  expect(await withLock(lock, { timeoutMs: 20_000 }, () => Promise.resolve('mine'))).toEqual({
    ok: true,
    value: 'mine',
  });
});

test('while another process owns it the wait is bounded, can be cancelled, and ends when the owner lets go', async () => {
  const child = await holder();
  const work = (): Promise<string> => Promise.resolve('mine');
  expect(await withLock(lock, { timeoutMs: 50 }, work)).toMatchObject({ error: { code: 'timeout' } });
  const signal = AbortSignal.timeout(50);
  expect(await withLock(lock, { timeoutMs: 60_000, signal }, work)).toMatchObject({
    error: { code: 'cancelled' },
  });
  const waiting = Promise.all(Array.from({ length: 20 }, () => withLock(lock, { timeoutMs: 60_000 }, work)));
  child.stdin!.end();
  await ended(child);
  expect((await waiting).every((outcome) => outcome.ok)).toBe(true);
});

test('callers in one process take turns in the order they came, and one that throws lets go', async () => {
  const order: number[] = [];
  let inside = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) =>
      withLock(lock, { timeoutMs: 20_000 }, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await Promise.resolve();
        order.push(index);
        inside -= 1;
        if (index === 7) throw new Error('thrown by the work');
      }),
    ),
  );
  expect(order).toEqual(Array.from({ length: 30 }, (_, index) => index));
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1);
});

test('a caller that gives up waiting in line does not let those behind it in too early', async () => {
  const { promise: end, resolve } = Promise.withResolvers<undefined>();
  const first = withLock(lock, { timeoutMs: 20_000 }, () => end);
  const impatient = await withLock(lock, { timeoutMs: 10 }, () => Promise.resolve('second'));
  let thirdRan = false;
  const third = withLock(lock, { timeoutMs: 20_000 }, () => {
    thirdRan = true;
    return Promise.resolve();
  });
  const late = await withLock(lock, { timeoutMs: 10 }, () => Promise.resolve('fourth'));
  expect([impatient, late]).toMatchObject([{ error: { code: 'timeout' } }, { error: { code: 'timeout' } }]);
  expect(thirdRan).toBe(false);
  resolve(undefined);
  expect([await first, await third]).toMatchObject([{ ok: true }, { ok: true }]);
});

test('a lock file that cannot be used is a failure with its name', async () => {
  await writeFile(path.join(folder, 'file'), 'in the way');
  const outcome = await withLock(path.join(folder, 'file', 'lock'), { timeoutMs: 1_000 }, () =>
    Promise.resolve(),
  );
  expect(outcome).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  await writeFile(
    path.join(folder, 'junk'),
    'this is no database, but long enough to be looked at. '.repeat(40),
  );
  const junk = await withLock(path.join(folder, 'junk'), { timeoutMs: 1_000 }, () => Promise.resolve());
  expect(junk).toMatchObject({ ok: false, error: { code: 'unexpected' } });
});
