import { expect, test } from 'vitest';
import type { User } from '../../../main/providers/provider.ts';
import { load, open, randomNumbers, randomUser, state, usersOf, value } from './fixtures.ts';

test('after any history of refreshes the list is what came last, record for record', async () => {
  const directory = open();
  const next = randomNumbers(3);
  const keys = [usersOf('s1'), usersOf('s2')];
  const current = new Map<number, Map<string, User>>([
    [0, new Map()],
    [1, new Map()],
  ]);
  for (let round = 0; round < 40; round += 1) {
    const which = next(2);
    const key = keys[which]!;
    const before = current.get(which)!;
    const incoming: User[] = [];
    for (const user of before.values()) {
      const fate = next(10);
      if (fate < 6) incoming.push({ ...user, raw: { round, id: user.id } });
      else if (fate < 8) incoming.push({ ...randomUser(next, user.id), raw: { round, id: user.id } });
    }
    for (let count = next(20); count > 0; count -= 1) incoming.push(randomUser(next, `n${next(60)}`));
    const ending = next(6);
    if (ending === 0 && before.size > 0) {
      const handle = value(await directory.beginList(key));
      value(await directory.append(handle, incoming));
      value(
        next(2) === 0 ? await directory.abandon(handle) : await directory.finish(handle, { complete: false }),
      );
    } else {
      await load(directory, key, incoming, 7);
      current.set(which, new Map(incoming.map((user) => [user.id, user])));
    }
    if (next(3) === 0) value(await directory.settled());
    const expected = current.get(which)!;
    expect((await state(directory, key))?.rows ?? 0, `round ${round}`).toBe(expected.size);
    const filter = { installation: which === 0 ? 's1' : 's2' };
    const { rows } = value(await directory.window({ kind: 'users', filter, offset: 0, limit: 1000 }));
    expect(new Map(rows.map((row) => [row.id, row.displayName]))).toEqual(
      new Map([...expected.values()].map((user) => [user.id, user.displayName])),
    );
    for (const user of [...expected.values()].slice(0, 5)) {
      expect(value(await directory.record(key, user.id)), `round ${round}`).toEqual(user.raw);
    }
  }
  await directory.close();
});
