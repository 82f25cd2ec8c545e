import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Directory } from '../../../main/directory/directory.ts';
import { createEngine } from '../../../main/directory/engine.ts';
import type { ListKey, Query, UserRow } from '../../../main/directory/rows.ts';
import type { User } from '../../../main/providers/provider.ts';
import { installation, load, locale, open, randomUsers, user, usersOf, value } from './fixtures.ts';

const people = 40_000;
const inSorts: readonly Query<'users'>[] = [
  { kind: 'users', sort: { by: 'email' } },
  { kind: 'users', sort: { by: 'roles', descending: true }, filter: { status: 'active' } },
  { kind: 'users', sort: { by: 'expiresAt' }, filter: { search: 'miller' } },
  { kind: 'users', sort: { by: 'displayName', descending: true } },
];
const rare: Query<'users'> = { kind: 'users', filter: { search: 'no such person' } };

let directory: Directory;
beforeAll(async () => {
  directory = open();
  const all = randomUsers(people, 17);
  await load(directory, usersOf('s1'), all);
  value(await directory.settled());
});
afterAll(() => directory.close());

test.each(inSorts)('an export by $sort.by has the rows of the windows, in their order', async (query) => {
  const exported: UserRow[] = [];
  for await (const rows of directory.rows(query)) exported.push(...value(rows));
  const shown: UserRow[] = [];
  for (let offset = 0; offset < exported.length; offset += 1000) {
    shown.push(...value(await directory.window({ ...query, offset, limit: 1000 })).rows);
  }
  expect(exported.length).toBe(value(await directory.count(query)));
  expect(exported).toEqual(shown);
});

test('what is missing comes first, and numbers are compared as numbers', async () => {
  const places = open();
  const key = { kind: 'installations', connection: 'acme', provider: 'salto-ks' } as const;
  const counts = [11, null, 2, 0, null, 100];
  await load(
    places,
    key,
    counts.map((userCount, at) => installation(`i${at}`, `Place ${at}`, { userCount })),
  );
  for (const descending of [false, true]) {
    const query: Query<'installations'> = { kind: 'installations', sort: { by: 'userCount', descending } };
    const exported: (number | null)[] = [];
    for await (const rows of places.rows(query)) {
      exported.push(...value(rows).map(({ userCount }) => userCount));
    }
    const sorted = [null, null, 0, 2, 11, 100];
    expect(exported).toEqual(descending ? sorted.toReversed() : sorted);
  }
  await places.close();
});

/** Windows of another list, one after the other, until told to stop. */
function askMeanwhile(): { readonly answered: () => number; readonly stop: () => Promise<void> } {
  const state = { answered: 0, stopped: false };
  const asking = (async () => {
    while (!state.stopped) {
      value(await directory.window({ kind: 'users', offset: 0, limit: 1 }));
      state.answered += 1;
    }
  })();
  return {
    answered: () => state.answered,
    async stop() {
      state.stopped = true;
      await asking;
    },
  };
}

test.each([...inSorts.slice(0, 2), rare])(
  'others are answered while rows are looked for and put in order: %j',
  async (query) => {
    const others = askMeanwhile();
    for await (const rows of directory.rows(query)) if (value(rows).length > 0) break;
    // A step looks at some thousand rows.
    expect(others.answered()).toBeGreaterThanOrEqual(people / 5000);
    await others.stop();
  },
);

test('whoever reads can turn away before the order is there', async () => {
  const query: Query<'users'> = { kind: 'users', sort: { by: 'email' } };
  let portions = 0;
  for await (const rows of directory.rows(query)) {
    expect(value(rows)).toEqual([]);
    portions += 1;
    if (portions === 3) break;
  }
  expect(portions).toBe(3);
  expect(value(await directory.window({ ...query, offset: 0, limit: 5 })).rows).toHaveLength(5);
});

test('an order that nobody wants any more is not gone on with', () => {
  const engine = createEngine(60_000, locale);
  const { load: run } = engine.store.begin(usersOf('s1'));
  const cells = Array.from({ length: 5000 }, (_, at) => [
    `u${at}`,
    `Name ${at}`,
    `u${5000 - at}@x.example`,
    [],
    'active',
  ]);
  engine.store.append(run, { cells: JSON.stringify(cells), raw: JSON.stringify(cells) });
  let until: number | null = null;
  let steps = 0;
  do {
    until = engine.settle('users', until);
    steps += 1;
  } while (until !== null);
  expect(steps).toBeGreaterThan(2);
  const query: Query = { kind: 'users', sort: { by: 'email' } };
  const given = engine.arrange(query);
  expect(engine.arrangeMore(given)).toBe(true);
  expect(engine.arrangeMore(given)).toBe(true);
  expect(() => engine.arranged('users', given, 0)).toThrow(RangeError);
  engine.disarrange(given);
  expect(engine.arrangeMore(given)).toBe(false);
  const wanted = engine.arrange(query);
  while (engine.arrangeMore(wanted));
  expect(engine.arranged('users', wanted, 0)?.[0]).toMatchObject({ email: 'u1000@x.example' });
  engine.close();
});

test('a row that goes while the order is read is a failure, not a gap', async () => {
  const other = open();
  const all = randomUsers(3000, 29);
  await load(other, usersOf('s1'), all);
  const results = [];
  for await (const rows of other.rows({ kind: 'users', sort: { by: 'email' } })) {
    results.push(rows);
    if (rows.ok && rows.value.length > 0) await load(other, usersOf('s1'), all.slice(0, 10));
  }
  expect(results.at(-1)).toMatchObject({ ok: false, error: { code: 'export_failed' } });
  await other.close();
});

/** What an export by e-mail gives when a list is read again after the first thousands of five have been looked at. */
async function readAgainMeanwhile(
  key: ListKey,
  rows: (all: readonly User[]) => readonly User[],
): Promise<{ readonly last: unknown; readonly rows: number }> {
  const other = open();
  const all = Array.from({ length: 5000 }, (_, at) => user(`u${at}`, `Name ${String(at).padStart(4, '0')}`));
  await load(other, usersOf('s1'), all);
  await load(other, usersOf('s2'), all.slice(0, 10));
  value(await other.settled());
  const filter = { connection: 'acme', installation: 's1' };
  let portions = 0;
  let count = 0;
  let last: unknown;
  for await (const portion of other.rows({ kind: 'users', filter, sort: { by: 'email' } })) {
    portions += 1;
    last = portion;
    if (portion.ok) count += portion.value.length;
    if (portions === 2) await load(other, key, rows(all));
  }
  await other.close();
  return { last, rows: count };
}

test('a row that changes its place while the order is made is a failure, not a gap', async () => {
  const moved = user('u4999', 'A new name');
  const given = await readAgainMeanwhile(usersOf('s1'), (all) => [...all.slice(0, -1), moved]);
  expect(given).toMatchObject({ last: { ok: false, error: { code: 'export_failed' } }, rows: 0 });
});

test('rows that go from a list that is not asked for disturb no order', async () => {
  const given = await readAgainMeanwhile(usersOf('s2'), (all) => all.slice(0, 5));
  expect(given).toMatchObject({ last: { ok: true }, rows: 5000 });
});
