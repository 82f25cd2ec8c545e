import { expect, test } from 'vitest';
import { load, open, randomNumbers, randomUser, usersOf, value } from './fixtures.ts';

const many = (count: number, prefix: string) => {
  const next = randomNumbers(5);
  return Array.from({ length: count }, (_, at) => randomUser(next, `${prefix}${at}`));
};

test('counts come although rows never stop coming, and are exact when they have', async () => {
  // Never quiet: nothing is indexed meanwhile.
  const directory = open(60_000);
  await load(directory, usersOf('s1'), many(40_000, 'a'));
  const handle = value(await directory.beginList(usersOf('s2')));
  const answers: number[] = [];
  const counting = Array.from({ length: 20 }, async () => {
    const tallies = value(await directory.tallies('users'));
    answers.push(tallies.reduce((sum, { count }) => sum + count, 0));
  });
  const page = many(100, 'b');
  let pages = 0;
  for (; answers.length < counting.length && pages < 600; pages += 1) {
    const rows = page.map((each) => ({ ...each, id: `${each.id} ${pages}` }));
    value(await directory.append(handle, rows));
    // As a screen that looks at it.
    value(await directory.lists());
  }
  expect(answers).toHaveLength(counting.length);
  for (const answer of answers) expect(answer).toBeGreaterThanOrEqual(40_000);
  value(await directory.finish(handle, { complete: true }));
  const tallies = value(await directory.tallies('users'));
  expect(tallies.reduce((sum, { count }) => sum + count, 0)).toBe(40_000 + pages * 100);
  await directory.close();
});
