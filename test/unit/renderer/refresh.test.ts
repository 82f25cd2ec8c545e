import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRefresh } from '../../../renderer/state/refresh.ts';

interface Asked {
  readonly signal: AbortSignal;
  readonly answer: () => Promise<void>;
}

function counted(): { asked: Asked[]; refresh: ReturnType<typeof createRefresh> } {
  const asked: Asked[] = [];
  const refresh = createRefresh((signal) => {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    asked.push({
      signal,
      answer: async () => {
        resolve();
        await nextTurn();
      },
    });
    return promise;
  });
  return { asked, refresh };
}

test('however often the answer may have changed, one request is under way, and one more follows', async () => {
  const { asked, refresh } = counted();
  for (let times = 0; times < 100; times += 1) refresh.again();
  expect(asked).toHaveLength(1);
  await asked[0]?.answer();
  expect(asked).toHaveLength(2);
  expect(asked[0]?.signal.aborted).toBe(false);
  await asked[1]?.answer();
  expect(asked).toHaveLength(2);
  refresh.again();
  expect(asked).toHaveLength(3);
});

test('another question gives up the one under way and is asked at once', async () => {
  const { asked, refresh } = counted();
  refresh.again();
  refresh.again();
  refresh.anew();
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  await asked[0]?.answer();
  expect(asked).toHaveLength(2);
  await asked[1]?.answer();
  expect(asked).toHaveLength(2);
});

test('nothing is asked for whom nobody waits', async () => {
  const { asked, refresh } = counted();
  refresh.again();
  refresh.again();
  refresh.stop();
  await asked[0]?.answer();
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true]);
});
