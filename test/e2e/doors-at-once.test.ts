import { expect, test } from 'vitest';
import { runDoorsAtOnce } from '../support/doors.ts';

// Twenty seconds of what `npm run soak:doors` does for minutes.

test('browser door, desktop door and command line at once on one profile lose no session and no setting', async () => {
  const { passed, failures, walkers } = await runDoorsAtOnce({
    milliseconds: 20_000,
    checkEveryMs: 20_000,
    say: () => undefined,
  });
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(30);
  expect(walkers.map(({ door }) => door)).toEqual(['browser', 'desktop', 'cli']);
});
