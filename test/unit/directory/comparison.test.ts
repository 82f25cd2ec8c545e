import { expect, test } from 'vitest';
import { openDirectory, type Directory } from '../../../main/directory/directory.ts';
import { createEngine } from '../../../main/directory/engine.ts';
import { userCells } from '../../../main/directory/kinds.ts';
import type { CompareQuery, CompareWindow, UserRow } from '../../../main/directory/rows.ts';
import type { User } from '../../../main/providers/provider.ts';
import {
  fetchedAt,
  load,
  locale,
  openForEachTest,
  randomNumbers,
  randomUser,
  user,
  usersOf,
  value,
} from './fixtures.ts';

let directory: Directory;
openForEachTest((opened) => (directory = opened));

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

/** What a comparison finds during which something else is done, from its first step on. */
async function meanwhile(asked: CompareQuery, work: () => Promise<unknown>): Promise<CompareWindow> {
  const begun: Promise<unknown>[] = [];
  const found = await directory.compare(asked, 0, 10, {
    progress: () => {
      if (begun.length === 0) begun.push(work());
    },
  });
  await Promise.all(begun);
  return value(found);
}

/** Asks until so many steps were told, then cancels; gives what was told. */
async function toldUntil(of: Directory, asked: CompareQuery, steps: number): Promise<number[]> {
  const told: number[] = [];
  const left = new AbortController();
  const found = await of.compare(asked, 0, 10, {
    signal: left.signal,
    progress: (done) => {
      if (told.push(done) === steps) left.abort();
    },
  });
  if (told.length >= steps) expect(found).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  else expect(value(found).total).toBe(several.length);
  return told;
}

test('a comparison goes on for whoever still waits for it, and for who asks again after cancelling', async () => {
  await load(directory, usersOf('a'), several);
  const asked = { places: places.slice(0, 1), find: 'only_first' } as const;
  const [left, stayed] = await Promise.all([toldUntil(directory, asked, 1), toldUntil(directory, asked, 2)]);
  expect([left, stayed]).toEqual([[4000], [8000, 12_000]]);
  expect((await toldUntil(directory, asked, Infinity))[0]).toBe(16_000);
});

test('a comparison that nobody waits for any more is given up, and begins anew when it is asked for again', async () => {
  const impatient = openDirectory({ quietMilliseconds: 0, abandonedMilliseconds: 0, locale });
  try {
    await load(impatient, usersOf('a'), several);
    const asked = { places: places.slice(0, 1), find: 'only_first' } as const;
    expect(await toldUntil(impatient, asked, 3)).toEqual([4000, 8000, 12_000]);
    await new Promise((resolve) => setTimeout(resolve, 0)); // behind the one that gives it up
    expect((await toldUntil(impatient, asked, Infinity))[0]).toBe(4000);
  } finally {
    await impatient.close();
  }
});

test('what was given up half-way leaves no memory behind, wherever it was, and neither does what was made and dropped', () => {
  const engine = createEngine(0, locale);
  const at = engine.store.begin(usersOf('a')).load;
  const page = { cells: JSON.stringify(several.map(userCells)), raw: '[]' };
  engine.store.append(at, page);
  engine.store.finish(at, { complete: true, fetchedAt });
  while (engine.settle('users', null) !== null);
  const asked = { places: places.slice(0, 1), find: 'only_first', search: 'person' } as const;
  const before = process.memoryUsage().arrayBuffers;
  const beyond = (): number => process.memoryUsage().arrayBuffers - before;
  let most = 0;
  for (let steps = 1, made = false; !made; steps += 1) {
    for (let step = 0; step < steps && !made; step += 1) made = engine.compare(asked, 0, 0).window !== null;
    most = Math.max(most, beyond());
    if (made) engine.store.removeList(usersOf('a'));
    else engine.leaveComparison(asked);
    expect(beyond(), `after ${steps} steps`).toBeLessThan(100_000);
  }
  expect(most).toBeGreaterThan(1_000_000);
  engine.close();
});

test('people who come while they are compared make it old, and those who go make it begin again', async () => {
  // Those who change are read first.
  await load(directory, usersOf('b'), several.slice(0, 3));
  await load(directory, usersOf('a'), several);
  const some = { places, find: 'some' } as const;
  const come = await meanwhile(some, () => load(directory, usersOf('c'), several.slice(0, 1)));
  expect(come).toMatchObject({ old: true });
  expect(value(await directory.compare(some, 0, 10))).toMatchObject({ old: false, total: 19_999 });

  const changed = [user('0', 'Person 0'), user('1', 'Person 1', { email: 'other@site.example' })];
  const asked = { places: places.slice(0, 2), find: 'everywhere' } as const;
  const gone = await meanwhile(asked, () => load(directory, usersOf('b'), changed));
  expect(gone.people.map(({ users }) => users.map(keyOf))).toEqual([['b/0', 'a/0']]);
});

test('people who come elsewhere make nothing old, and other comparisons leave one whose pages are read as it is', async () => {
  await load(directory, usersOf('a'), several);
  await load(directory, usersOf('b'), several.slice(0, 3));
  const asked = { places: places.slice(0, 2), find: 'everywhere' } as const;
  const found = await meanwhile(asked, () => load(directory, usersOf('c'), several.slice(0, 1)));
  expect(found).toMatchObject({ old: false, total: 3 });
  for (const find of finds) value(await directory.compare({ places, find }, 0, 10));
  await load(directory, usersOf('c'), several.slice(0, 2));
  expect(value(await directory.compare(asked, 0, 10))).toEqual(found);
});

test('a place without a list is an empty list, and a place that is named twice counts once', async () => {
  await load(directory, usersOf('a'), several.slice(0, 3));
  await load(directory, usersOf('b'), several.slice(1, 2));
  const totals = async (...named: readonly string[]): Promise<number[]> => {
    const asked = named.map((installation) => ({ connection: 'acme', installation }));
    const all = finds.map(
      async (find) => value(await directory.compare({ places: asked, find }, 0, 10)).total,
    );
    return Promise.all(all);
  };
  // Only in the first, everywhere, in some, twice.
  expect(await totals('a', 'nowhere')).toEqual([3, 0, 3, 0]);
  expect(await totals('nowhere', 'a')).toEqual([0, 0, 3, 0]);
  expect(await totals('nowhere')).toEqual([0, 0, 0, 0]);
  expect(await totals('a', 'b', 'a')).toEqual([2, 1, 2, 0]);
  await load(directory, usersOf('c'), []);
  expect(await totals('a', 'c')).toEqual(await totals('a', 'nowhere'));
});
