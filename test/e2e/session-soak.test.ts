import { expect, test } from 'vitest';
import { runSessionSoak } from '../support/session-soak.ts';

test('a minute of everything going wrong signs nobody out (`npm run soak:sessions` takes longer)', async () => {
  const { counts, failures } = await runSessionSoak({
    milliseconds: 60_000,
    reportEveryMs: 60_000,
    seed: Date.now(),
    say: () => undefined,
  });
  expect(failures).toEqual([]);
  expect(counts['faults']).toBeGreaterThan(0);
});
