import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Directory } from '../../../main/directory/directory.ts';
import type { CompareQuery, UserRow } from '../../../main/directory/rows.ts';
import type { User } from '../../../main/providers/provider.ts';
import { load, open, randomNumbers, randomUser, user, usersOf, value } from './fixtures.ts';

let directory: Directory;

beforeEach(() => {
  directory = open();
});

afterEach(() => directory.close());

const places = ['a', 'b', 'c'].map((installation) => ({ connection: 'acme', installation }));
const finds = ['only_first', 'everywhere', 'some', 'duplicates'] as const;

/** More rows than one step reads. */
const several = Array.from({ length: 20_000 }, (_, at) => user(String(at), `Person ${at}`));

const keyOf = ({ installation, id }: UserRow): string => `${installation}/${id}`;

/** Everybody that a comparison finds, window by window. */
async function everybody(query: CompareQuery, limit = 70): Promise<string[]> {
  const people: string[] = [];
  const comparisons = new Set<number>();
  for (let offset = 0; ; offset += limit) {
    const found = value(await directory.compare(query, offset, limit));
    comparisons.add(found.comparison);
    people.push(...found.people.map(({ users }) => users.map(keyOf).join(' ')));
    if (offset + limit < found.total) continue;
    expect(people).toHaveLength(found.total);
    expect(comparisons.size).toBe(1);
    return people;
  }
}

/** The same from all rows in the order of their names, without any of the directory's ways. */
function plainly(rows: readonly UserRow[], { find, search = '' }: CompareQuery): string[] {
  const people = Map.groupBy(
    rows.filter(({ email }) => email !== null),
    ({ email }) => email?.toLowerCase(),
  );
  return [...people.values()].flatMap((users) => {
    const where = new Set(users.map(({ installation }) => installation));
    const wanted = {
      only_first: where.size === 1 && where.has('a'),
      everywhere: where.size === 3,
      some: where.size < 3,
      duplicates: users.length > where.size,
    }[find];
    const said = search
      .split(' ')
      .every((word) =>
        users.some(({ displayName, email }) => `${displayName} ${email}`.toLowerCase().includes(word)),
      );
    return wanted && said ? [users.map(keyOf).toSorted().join(' ')] : [];
  });
}

test('of many lists with people in several of them, those that are looked for, by their names', async () => {
  const next = randomNumbers(7);
  for (const { installation } of places) {
    const users = Array.from({ length: 700 }, (_, at): User => {
      const person = randomUser(next, `${installation}${at}`);
      const email = `Mail${next(500)}@${next(2) === 0 ? 'x' : 'X'}.example`;
      return { ...person, email: next(20) === 0 ? null : email };
    });
    await load(directory, usersOf(installation), users);
  }
  const rows: UserRow[] = [];
  for await (const portion of directory.rows({ kind: 'users' })) rows.push(...(value(portion) as UserRow[]));
  for (const find of finds) {
    for (const search of ['', 'mail1', 'jan', 'jan anna', 'mail2 zwart', 'nobody']) {
      const query = { places, find, ...(search !== '' && { search }) };
      const people = (await everybody(query)).map((users) => users.split(' ').toSorted().join(' '));
      expect(people.toSorted(), `${find} "${search}"`).toEqual(plainly(rows, query).toSorted());
      const place = new Map(rows.map((row, at) => [keyOf(row), at]));
      const firsts = people.map((users) => Math.min(...users.split(' ').map((key) => place.get(key) ?? -1)));
      const names = firsts.map((at) => rows[at]?.displayName);
      expect(names, 'in the order of their names').toEqual(
        firsts.toSorted((a, b) => a - b).map((at) => rows[at]?.displayName),
      );
    }
  }
  const found = value(await directory.compare({ places, find: 'everywhere' }, 0, 1));
  expect(found.withoutEmail).toBe(rows.filter(({ email }) => email === null).length);
});

test('other questions are answered while people are compared, and what was read is told', async () => {
  await load(directory, usersOf('a'), several);
  await load(directory, usersOf('b'), several.slice(0, 10));
  const told: number[] = [];
  const order: string[] = [];
  const asked = { places: places.slice(0, 2), find: 'everywhere' } as const;
  const comparing = directory
    .compare(asked, 0, 10, {
      progress: (done, of) => {
        expect(of).toBe(20_010);
        told.push(done);
      },
    })
    .then((found) => (order.push('compared'), value(found)));
  const window = directory
    .window({ kind: 'users', offset: 0, limit: 1 })
    .then((found) => (order.push('window'), value(found)));
  expect((await comparing).total).toBe(10);
  await window;
  expect(order).toEqual(['window', 'compared']);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(new Set(told).size, 'several steps').toBeGreaterThan(2);
  expect(told.at(-1)).toBe(20_010);
});

test('a comparison that nobody waits for any more is given up, and can be asked for again', async () => {
  await load(directory, usersOf('a'), several);
  const controller = new AbortController();
  const asked = { places: places.slice(0, 1), find: 'only_first' } as const;
  const given = await directory.compare(asked, 0, 10, {
    signal: controller.signal,
    progress: () => {
      controller.abort();
    },
  });
  expect(given).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(value(await directory.compare(asked, 0, 10)).total).toBe(several.length);
});

test('people who come while others are compared make it old, and those who go make it begin again', async () => {
  // Those who change are read first.
  await load(directory, usersOf('b'), several.slice(0, 3));
  await load(directory, usersOf('a'), several);
  const asked = { places: places.slice(0, 2), find: 'everywhere' } as const;
  const meanwhile = async (work: () => Promise<unknown>): Promise<ReturnType<typeof directory.compare>> => {
    let begun = Promise.resolve<unknown>(null);
    let once = false;
    const found = await directory.compare(asked, 0, 10, {
      progress: () => {
        if (once) return;
        once = true;
        begun = work();
      },
    });
    await begun;
    return found;
  };
  const come = value(await meanwhile(() => load(directory, usersOf('c'), several.slice(0, 1))));
  expect(come).toMatchObject({ old: true, total: 3 });
  expect(value(await directory.compare(asked, 0, 10))).toMatchObject({ old: false, total: 3 });

  // Asked for other people, or it would be there already.
  await load(directory, usersOf('c'), []);
  const changed = [user('0', 'Person 0'), user('1', 'Person 1', { email: 'other@site.example' })];
  const gone = value(await meanwhile(() => load(directory, usersOf('b'), changed)));
  expect(gone.people.map(({ users }) => users.map(keyOf))).toEqual([['b/0', 'a/0']]);
});
