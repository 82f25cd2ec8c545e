import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory } from '../../../main/directory/directory.ts';
import { fold, markWords } from '../../../main/directory/fold.ts';
import { rankFrom } from '../../../main/directory/ranking.ts';
import type { Filter, Query, UserRow } from '../../../main/directory/rows.ts';
import type { User } from '../../../main/providers/provider.ts';
import {
  fetchedAt,
  load,
  locale,
  open,
  randomNumbers,
  randomUser,
  statuses,
  usersOf,
  value,
} from './fixtures.ts';

/** A row with what a plain search over it needs, worked out once. */
interface Held {
  readonly row: UserRow;
  readonly list: number;
  readonly text: string;
  readonly email: string;
}

/** A list held as an array and searched text by text: what the directory must agree with. */
interface Model {
  readonly rows: Held[];
}

const sites = [
  { connection: 'acme', id: 's1', name: 'Harbour' },
  { connection: 'acme', id: 's2', name: 'Depot' },
  { connection: 'other', id: 's2', name: 'Annex' },
];

type Site = (typeof sites)[number];

/** In another order than their ids. */
const called = [
  { id: 'acme', name: 'Zebra', provider: 'salto-ks' },
  { id: 'other', name: 'Apple', provider: 'salto-nebula' },
] as const;

function hold({ id, displayName, email, roles, status, expiresAt }: User, site: Site, list: number): Held {
  const { connection, id: installation, name: installationName } = site;
  return {
    row: { connection, installation, installationName, id, displayName, email, roles, status, expiresAt },
    list,
    text: `${fold(displayName)}\n${fold(email ?? '')}`,
    email: markWords(fold(email ?? '')),
  };
}

const isWordCharacter = (character: string): boolean => /^[^\s\p{P}\p{Z}\p{C}\p{Sm}\p{Sc}]/u.test(character);

function contains(text: string, term: string): boolean {
  const length = Array.from(term).length;
  if (length >= 3 || !isWordCharacter(term)) return text.includes(term);
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (at === 0 || !isWordCharacter(text.charAt(at - 1))) return true;
  }
  return false;
}

function matches({ row, text }: Held, filter: Filter): boolean {
  const terms = fold(filter.search ?? '').split(' ');
  const asked = terms.filter((term) => term.length >= 3 || Array.from(term).some(isWordCharacter));
  return (
    (filter.connection === undefined || row.connection === filter.connection) &&
    (filter.connections === undefined || filter.connections.includes(row.connection)) &&
    (filter.ends === undefined || endsWithin(row.expiresAt, filter.ends)) &&
    (filter.without !== 'email' || row.email === null) &&
    (filter.without !== 'name' || row.displayName === row.id || row.displayName === row.email) &&
    (filter.installation === undefined || row.installation === filter.installation) &&
    (filter.status === undefined || row.status === filter.status) &&
    (filter.role === undefined || row.roles.includes(filter.role)) &&
    asked.every((term) => contains(text, term))
  );
}

function endsWithin(end: number | null, { from, to }: NonNullable<Filter['ends']>): boolean {
  if (end === null) return false;
  const day = Math.floor(end / 86_400_000);
  return day >= from && (to === null || day <= to);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const language = new Intl.Collator(locale, { numeric: true, sensitivity: 'accent' });
const inLanguage: ReadonlySet<string | undefined> = new Set([
  'status',
  'roles',
  'installation',
  'connection',
  'provider',
]);

function expected(model: Model, query: Query<'users'>): UserRow[] {
  const { by = 'displayName', descending = false } = query.sort ?? {};
  const column = ({ row, email }: Held): string | number => {
    switch (by) {
      case 'email':
        return email;
      case 'status':
        return row.status;
      case 'roles':
        return row.roles.join(', ');
      case 'installation':
        return row.installationName;
      case 'connection':
      case 'provider':
        return (
          called.find(({ id }) => id === row.connection)?.[by === 'provider' ? by : 'name'] ?? row.connection
        );
      case 'expiresAt':
        return row.expiresAt ?? Infinity;
      case 'id':
        return row.id;
      default:
        return '';
    }
  };
  const sorted = model.rows
    .filter((held) => matches(held, query.filter ?? {}))
    .sort(
      (a, b) =>
        (inLanguage.has(by)
          ? language.compare(String(column(a)), String(column(b)))
          : compare(column(a), column(b))) ||
        language.compare(a.row.displayName, b.row.displayName) ||
        compare(a.row.id, b.row.id) ||
        compare(a.list, b.list),
    )
    .map(({ row }) => row);
  return descending ? sorted.reverse() : sorted;
}

async function fill(directory: Directory, perSite: number): Promise<Model> {
  const next = randomNumbers(perSite);
  const model: Model = { rows: [] };
  for (const [list, site] of sites.entries()) {
    const users = Array.from({ length: perSite }, (_, index) =>
      randomUser(next, `u${(index * 7919) % perSite}`),
    );
    await load(directory, usersOf(site.id, site.connection, site.name), users, 700);
    for (const each of users) model.rows.push(hold(each, site, list));
  }
  return model;
}

const today = Math.floor(fetchedAt / 86_400_000);

const sorts = [
  'displayName',
  'email',
  'status',
  'installation',
  'connection',
  'provider',
  'roles',
  'expiresAt',
  'id',
] as const;

const searches = [
  undefined,
  'a',
  'z',
  'an',
  'zo',
  'mi',
  'ann',
  'mill',
  'müller',
  'MULLER',
  'miller an',
  'an mi x',
  'é',
  'josé',
  'zzz',
  'vries',
  'de',
  'es 1',
  'x3.example',
  '.müller',
  'y.mi',
  'smith-jones',
  'th-jo',
  'o’ne',
  'neil',
  'שר',
  'שרה',
  '李',
  '雷',
  '👷',
  '_x%',
  'x%',
  '%',
  'łuk',
  'luk',
  '@x',
  '12',
  '3',
  'aberg 3',
  'iller',
  'lle',
  'il',
];

/** `small` is read row by row, `large` is big enough for the search index. */
describe.each([
  ['small', 300],
  ['large', Math.ceil(rankFrom / sites.length) + 200],
])('a %s directory', (size, perSite) => {
  let directory: Directory;
  let model: Model;

  beforeAll(async () => {
    directory = open();
    value(await directory.describe(called));
    model = await fill(directory, perSite);
    value(await directory.settled());
  });

  afterAll(() => directory.close());

  async function check(query: Query<'users'>, offset: number, limit: number): Promise<void> {
    const all = expected(model, query);
    const window = value(await directory.window({ ...query, offset, limit }));
    const label = JSON.stringify({ ...query, offset, limit });
    expect(window.rows, label).toEqual(all.slice(offset, offset + limit));
    if (window.total !== null) expect(window.total, label).toBe(all.length);
  }

  test.each(searches.map((search) => [search]))('finds for %j what a plain search finds', async (search) => {
    const filter = search === undefined ? {} : { search };
    const query: Query<'users'> = { kind: 'users', filter };
    await check(query, 0, 20);
    const count = value(await directory.count(query));
    expect(count).toBe(expected(model, query).length);
    await check(query, Math.max(0, count - 7), 20);
    await check({ ...query, sort: { by: 'displayName', descending: true } }, Math.floor(count / 2), 9);
  });

  test('agrees with a plain search for any mixture of filter, sort and window', async () => {
    const next = randomNumbers(11);
    const some = <T>(values: readonly T[]): T | undefined =>
      next(2) === 0 ? undefined : values[next(values.length)];
    for (let round = 0; round < (size === 'small' ? 200 : 60); round += 1) {
      const chosen = {
        search: searches[next(searches.length)],
        connection: some(['acme', 'other', 'nobody']),
        connections: some([['acme'], ['other', 'nobody'], ['acme', 'other'], []]),
        ends: some([
          { from: today, to: today + 7 },
          { from: today + 31, to: null },
          { from: 0, to: today },
        ]),
        without: some(['name', 'email'] as const),
        installation: some(['s1', 's2', 's3']),
        status: some([...statuses, 'unheard-of']),
        role: some(['Site User', 'Guest', 'King']),
      };
      const filter = Object.fromEntries(
        Object.entries(chosen).filter(([, each]) => each !== undefined && next(3) > 0),
      ) as Filter;
      const by = sorts[next(sorts.length)]!;
      const query: Query<'users'> = { kind: 'users', filter, sort: { by, descending: next(2) === 0 } };
      if (next(3) === 0) value(await directory.count(query));
      if (next(4) === 0) {
        const tallied = value(await directory.tallies('users', filter));
        const sum = tallied.reduce((total, { count }) => total + count, 0);
        expect(sum, JSON.stringify(filter)).toBe(expected(model, query).length);
      }
      await check(query, next(4) === 0 ? next(perSite) : next(10), 1 + next(30));
    }
  });

  test('agrees at every stage: while rows come, settle, are indexed and put into orders, and after a refresh', async () => {
    const other = open();
    value(await other.describe(called));
    const next = randomNumbers(23);
    const held: Model = { rows: [] };
    const ask = async (rows: Model): Promise<void> => {
      const search = searches[next(searches.length)];
      const by = sorts[next(sorts.length)]!;
      const filter = { ...(search !== undefined && { search }), ...(next(3) === 0 && { status: 'active' }) };
      const query: Query<'users'> = { kind: 'users', filter, sort: { by, descending: next(2) === 0 } };
      const [offset, limit] = [next(3) * next(200), 1 + next(30)];
      const window = value(await other.window({ ...query, offset, limit }));
      expect(window.rows, JSON.stringify({ ...query, offset, limit })).toEqual(
        expected(rows, query).slice(offset, offset + limit),
      );
    };
    /** Until all work is done, a question between each few steps of it. */
    const askWhileWorking = async (rows: Model): Promise<void> => {
      const work = { done: false };
      const settled = other.settled().then((result) => {
        work.done = true;
        value(result);
      });
      while (!work.done) await ask(rows);
      await settled;
      for (let round = 0; round < 10; round += 1) await ask(rows);
    };
    const [site, second] = [sites[0]!, sites[1]!];
    const people = Array.from({ length: perSite }, (_, at) => randomUser(next, `v${(at * 7919) % perSite}`));
    const handle = value(await other.beginList(usersOf(site.id, site.connection, site.name)));
    for (let at = 0; at < people.length; at += 1000) {
      const page = people.slice(at, at + 1000);
      value(await other.append(handle, page));
      held.rows.push(...page.map((each) => hold(each, site, 0)));
      await ask(held);
    }
    value(await other.finish(handle, { complete: true }));
    const more = Array.from({ length: 2 * perSite }, (_, at) => randomUser(next, `w${at}`));
    await load(other, usersOf(second.id, second.connection, second.name), more, 1500);
    held.rows.push(...more.map((each) => hold(each, second, 1)));
    await askWhileWorking(held);
    // A refresh: some change, some go, some come.
    const came = people.flatMap((each) => {
      const fate = next(9);
      return fate === 0 ? [] : [fate === 1 ? randomUser(next, each.id) : each];
    });
    came.push(randomUser(next, 'new'));
    const kept: Model = {
      rows: [...held.rows.slice(people.length), ...came.map((each) => hold(each, site, 0))],
    };
    await load(other, usersOf(site.id, site.connection, site.name), came, 900);
    await askWhileWorking(kept);
    await other.close();
  });

  test('every row comes exactly once, window after window and in an export', async () => {
    for (const search of [undefined, 'ann', 'mi']) {
      const query: Query<'users'> = { kind: 'users', ...(search !== undefined && { filter: { search } }) };
      const all = expected(model, query);
      const windows: UserRow[] = [];
      for (let offset = 0; offset < all.length; offset += 997) {
        windows.push(...value(await directory.window({ ...query, offset, limit: 997 })).rows);
      }
      expect(windows).toEqual(all);
      const exported: UserRow[] = [];
      for await (const rows of directory.rows(query)) exported.push(...value(rows));
      expect(exported).toEqual(all);
    }
  });

  test(`is ${size} enough to ${size === 'small' ? 'do without' : 'need'} a search index, and answers the same after a change`, async () => {
    expect(model.rows.length > rankFrom).toBe(size === 'large');
    const extra = usersOf('s9', 'third', 'Zoo');
    const handle = value(await directory.beginList(extra));
    const newcomer = randomUser(randomNumbers(5), 'new');
    value(await directory.append(handle, [newcomer]));
    model.rows.push(hold(newcomer, { connection: 'third', id: 's9', name: 'Zoo' }, 9));
    await check({ kind: 'users' }, 0, 50);
    await check({ kind: 'users', filter: { search: 'ann' } }, 0, 50);
    value(await directory.finish(handle, { complete: true }));
    value(await directory.settled());
    await check({ kind: 'users' }, 0, 50);
    await check({ kind: 'users', filter: { search: newcomer.displayName.slice(0, 4) } }, 0, 50);
    await check({ kind: 'users', sort: { by: 'email' } }, 100, 50);
    value(await directory.removeConnection('third'));
    model.rows.pop();
    await check({ kind: 'users' }, 0, 50);
    value(await directory.settled());
    await check({ kind: 'users' }, 0, 50);
  });
});
