import { expect, test } from 'vitest';
import { openDirectory, type Directory } from '../../../main/directory/directory.ts';
import { fail } from '../../../preload/errors.ts';
import {
  fetchedAt,
  installation,
  load,
  names,
  open,
  openForEachTest,
  state,
  user,
  usersOf,
  value,
} from './fixtures.ts';

let directory: Directory;
openForEachTest((opened) => (directory = opened));

test('rows that are alike in name and id stand as their lists were expected, in whatever order those come', async () => {
  const keys = [usersOf('s3'), usersOf('s1'), usersOf('s2')];
  value(await directory.expect(keys));
  const handles = [];
  for (const key of keys.toReversed()) handles.push(value(await directory.beginList(key)));
  for (const handle of handles) {
    value(await directory.append(handle, [user('2', 'Anna Miller'), user('1', 'Anna Miller')]));
    value(await directory.finish(handle, { complete: true }));
  }
  const window = value(await directory.window({ kind: 'users', offset: 0, limit: 10 }));
  expect(window.rows.map(({ id, installation: place }) => `${id} ${place}`)).toEqual([
    '1 s3',
    '1 s1',
    '1 s2',
    '2 s3',
    '2 s1',
    '2 s2',
  ]);
});

const failure = fail('network_unreachable', 'No network.', 'Try again.').error;

test('users come back as rows, sorted by name, with their installation', async () => {
  await load(directory, usersOf('s1'), [user('2', 'Zoë Zwart', { email: null }), user('1', 'anna Miller')]);
  const window = value(await directory.window({ kind: 'users', offset: 0, limit: 10 }));
  expect(window.total).toBe(2);
  expect(window.rows).toEqual([
    {
      connection: 'acme',
      installation: 's1',
      installationName: 'Site s1',
      id: '1',
      displayName: 'anna Miller',
      email: '1@site.example',
      roles: ['Site User'],
      status: 'active',
      expiresAt: null,
    },
    expect.objectContaining({ id: '2', displayName: 'Zoë Zwart', email: null }),
  ]);
});

test('installations come back as rows, with their provider', async () => {
  const key = { kind: 'installations', connection: 'acme', provider: 'salto-ks' } as const;
  await load(directory, key, [installation('b', 'Harbour', { userCount: 12 }), installation('a', 'Depot')]);
  const window = value(await directory.window({ kind: 'installations', offset: 0, limit: 10 }));
  expect(window.rows).toEqual([
    {
      connection: 'acme',
      provider: 'salto-ks',
      id: 'a',
      name: 'Depot',
      state: null,
      timeZone: 'Europe/Amsterdam',
      userCount: null,
    },
    expect.objectContaining({ id: 'b', userCount: 12 }),
  ]);
  const byCount = { by: 'userCount', descending: true } as const;
  const sorted = value(await directory.window({ kind: 'installations', sort: byCount, offset: 0, limit: 1 }));
  expect(sorted.rows[0]?.id).toBe('b');
});

test('a first load is browsable while it comes', async () => {
  const handle = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(handle, [user('1', 'Anna')]));
  expect(await names(directory)).toEqual(['Anna']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({
    rows: 1,
    loading: true,
    complete: false,
    fetchedAt: null,
  });
  value(await directory.append(handle, [user('2', 'Bo')]));
  value(await directory.finish(handle, { complete: true, total: 2 }));
  expect(await names(directory)).toEqual(['Anna', 'Bo']);
  expect(await state(directory, usersOf('s1'))).toEqual({
    key: usersOf('s1'),
    rows: 2,
    complete: true,
    loading: false,
    arriving: null,
    total: 2,
    fetchedAt,
    failure: null,
    resumable: false,
    filter: null,
  });
});

test('a refresh is seen only when it is complete, and then as a whole', async () => {
  await load(directory, usersOf('s1'), [user('1', 'Anna'), user('2', 'Bo')]);
  const handle = value(await directory.beginList(usersOf('s1', 'acme', 'Renamed')));
  value(await directory.append(handle, [user('3', 'Cees'), user('2', 'Bo')]));
  expect(await names(directory)).toEqual(['Anna', 'Bo']);
  expect(await names(directory, 'cees')).toEqual([]);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 2, loading: true, arriving: 2 });
  value(await directory.finish(handle, { complete: true }));
  expect(await names(directory)).toEqual(['Bo', 'Cees']);
  expect(await names(directory, 'cees')).toEqual(['Cees']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 2, loading: false, arriving: null });
  const { rows } = value(await directory.window({ kind: 'users', offset: 0, limit: 1 }));
  expect(rows[0]?.installationName).toBe('Renamed');
});

test('a row is found by its id wherever it stands, as it is now, and never in another list', async () => {
  const key = { kind: 'users', connection: 'acme', installation: { id: 's1', name: 'Site s1' } } as const;
  const people = Array.from({ length: 3000 }, (_, at) => user(String(at), `Person ${at}`));
  expect(value(await directory.row(key, '7'))).toBeNull();
  const handle = value(await directory.beginList(key));
  value(await directory.append(handle, people.slice(0, 10)));
  expect(value(await directory.row(key, '7')), 'while it comes').toMatchObject({ displayName: 'Person 7' });
  value(await directory.append(handle, people.slice(10)));
  value(await directory.finish(handle, { complete: true }));
  await directory.settled();
  const { rows } = value(await directory.window({ kind: 'users', offset: 2500, limit: 1 }));
  expect(value(await directory.row(key, rows[0]?.id ?? ''))).toEqual(rows[0]);
  expect(value(await directory.row(key, 'nobody'))).toBeNull();
  expect(value(await directory.row({ ...key, installation: { id: 's2', name: '' } }, '7'))).toBeNull();
  await load(directory, key, [user('7', 'Renamed')]);
  expect(value(await directory.row(key, '7'))).toMatchObject({ displayName: 'Renamed' });
  expect(value(await directory.row(key, '8'))).toBeNull();
  const places = { kind: 'installations', connection: 'acme', provider: 'salto-ks' } as const;
  await load(directory, places, [installation('s1', 'Harbour House')]);
  expect(value(await directory.row(places, 's1'))).toMatchObject({ name: 'Harbour House' });
});

test('a failed refresh keeps the old rows and says why', async () => {
  await load(directory, usersOf('s1'), [user('1', 'Anna')]);
  const handle = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(handle, [user('3', 'Cees'), user('1', 'Anna')]));
  value(await directory.finish(handle, { complete: false, failure }));
  expect(await names(directory)).toEqual(['Anna']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 1, complete: true, failure });
  expect(value(await directory.record(usersOf('s1'), '1'))).toEqual({ id: '1', note: 'Anna' });
  await load(directory, usersOf('s1'), [user('1', 'Anna')]);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ failure: null });
});

test('a first load that breaks off keeps what came, marked as partial', async () => {
  const handle = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(handle, [user('1', 'Anna')]));
  value(await directory.finish(handle, { complete: false, failure, total: 9 }));
  expect(await names(directory)).toEqual(['Anna']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({
    rows: 1,
    complete: false,
    total: 9,
    failure,
  });
  await load(directory, usersOf('s1'), [user('2', 'Bo')]);
  expect(await names(directory)).toEqual(['Bo']);
});

test('an empty list that is complete is told from one that failed', async () => {
  await load(directory, usersOf('s1'), []);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 0, complete: true, fetchedAt });
  const handle = value(await directory.beginList(usersOf('s2')));
  value(await directory.finish(handle, { complete: false, failure }));
  expect(await state(directory, usersOf('s2'))).toMatchObject({
    rows: 0,
    complete: false,
    fetchedAt: null,
    failure,
  });
});

test('a refresh that changes nothing leaves the version as it is', async () => {
  const rows = [user('1', 'Anna'), user('2', 'Bo')];
  await load(directory, usersOf('s1'), rows);
  const before = value(await directory.window({ kind: 'users', offset: 0, limit: 1 })).version;
  await load(directory, usersOf('s1'), rows.toReversed());
  expect(value(await directory.window({ kind: 'users', offset: 0, limit: 1 })).version).toBe(before);
  await load(directory, usersOf('s1'), [user('1', 'Anna', { status: 'blocked' }), user('2', 'Bo')]);
  expect(value(await directory.window({ kind: 'users', offset: 0, limit: 1 })).version).not.toBe(before);
});

test('a row that comes twice counts once, and the later one', async () => {
  const overlapping = [user('1', 'Anna'), user('2', 'Bo'), user('1', 'Anna later'), user('3', 'Cees')];
  await load(directory, usersOf('s1'), overlapping, 2);
  expect(await names(directory)).toEqual(['Anna later', 'Bo', 'Cees']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 3 });
  await load(
    directory,
    usersOf('s1'),
    [...overlapping, user('2', 'Bo'), user('3', 'Cees later'), user('1', 'Anna')],
    1,
  );
  expect(await names(directory)).toEqual(['Anna', 'Bo', 'Cees later']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 3 });
});

test('the record of a row is the newest one, also where the row did not change', async () => {
  const key = usersOf('s1');
  await load(directory, key, [user('1', 'Anna', { raw: { seen: 1 } }), user('2', 'Bo')]);
  expect(value(await directory.record(key, '1'))).toEqual({ seen: 1 });
  await load(directory, key, [user('2', 'Bo'), user('1', 'Anna', { raw: { seen: 2 } })]);
  expect(value(await directory.record(key, '1'))).toEqual({ seen: 2 });
  value(await directory.settled());
  expect(value(await directory.record(key, '1'))).toEqual({ seen: 2 });
  expect(await directory.record(key, '9')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  expect(await directory.record(usersOf('s9'), '1')).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
});

test('a record is read from the bytes of the answer that it came in', async () => {
  const key = usersOf('s1');
  const answer = { count: 2, items: [{ name: 'Änne 李' }, { name: 'Bo' }] };
  const bytes = new TextEncoder().encode(`\ufeff${JSON.stringify(answer)}`);
  const handle = value(await directory.beginList(key));
  value(
    await directory.append(handle, [user('1', 'Anna', { email: 'A@X.example' }), user('2', 'Bo')], bytes),
  );
  expect(bytes.byteLength, 'moved, not copied').toBe(0);
  value(await directory.finish(handle, { complete: true }));
  expect(value(await directory.record(key, '1'))).toEqual(answer.items[0]);
  value(await directory.settled()); // compressed by now
  expect(value(await directory.record(key, '2'))).toEqual(answer.items[1]);
  const { rows } = value(await directory.window({ kind: 'users', offset: 0, limit: 2 }));
  expect(rows.map(({ email }) => email)).toEqual(['A@X.example', '2@site.example']);
});

test('a newer load of a list replaces one under way', async () => {
  const first = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(first, [user('1', 'Anna')]));
  await load(directory, usersOf('s1'), [user('2', 'Bo')]);
  expect(await names(directory)).toEqual(['Bo']);
  expect(await directory.finish(first, { complete: true })).toMatchObject({
    ok: false,
    error: { code: 'input_invalid' },
  });
  expect(await names(directory)).toEqual(['Bo']);
});

test('an abandoned load leaves no trace', async () => {
  const first = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(first, [user('1', 'Anna')]));
  value(await directory.abandon(first));
  expect(value(await directory.lists())).toEqual([]);
  expect(await names(directory)).toEqual([]);
  await load(directory, usersOf('s1'), [user('2', 'Bo')]);
  const refresh = value(await directory.beginList(usersOf('s1')));
  value(await directory.append(refresh, [user('1', 'Anna')]));
  value(await directory.abandon(refresh));
  expect(await names(directory)).toEqual(['Bo']);
  expect(await state(directory, usersOf('s1'))).toMatchObject({ rows: 1, loading: false, complete: true });
});

test('removing a connection removes its lists, rows and records, and no others', async () => {
  await load(directory, usersOf('s1', 'acme'), [user('1', 'Anna')]);
  await load(directory, usersOf('s1', 'other'), [user('1', 'Bo')]);
  const refresh = value(await directory.beginList(usersOf('s1', 'acme')));
  value(await directory.append(refresh, [user('5', 'Eva')]));
  value(await directory.removeConnection('acme'));
  expect(await names(directory)).toEqual(['Bo']);
  expect(value(await directory.lists()).map((list) => list.key.connection)).toEqual(['other']);
  expect((await directory.record(usersOf('s1', 'acme'), '1')).ok).toBe(false);
  expect(value(await directory.count({ kind: 'users', filter: { connection: 'acme' } }))).toBe(0);
});

test('one person in two installations is two rows, and a filter finds each', async () => {
  await load(directory, usersOf('s1', 'acme'), [user('1', 'Anna')]);
  await load(directory, usersOf('s2', 'acme'), [user('1', 'Anna')]);
  await load(directory, usersOf('s2', 'other'), [user('1', 'Anna')]);
  const count = async (filter: object): Promise<number> =>
    value(await directory.count({ kind: 'users', filter }));
  expect(await count({})).toBe(3);
  expect(await count({ connection: 'acme' })).toBe(2);
  expect(await count({ installation: 's2' })).toBe(2);
  expect(await count({ installation: 's2', connection: 'other', search: 'ann' })).toBe(1);
  expect(await count({ installation: 's1', connection: 'other' })).toBe(0);
});

test.each([
  '"',
  "'",
  '%',
  '_',
  '*',
  'a*',
  'NEAR(a b)',
  'a OR b',
  'a AND',
  '(',
  ')',
  '^a',
  'name:a',
  '-a',
  '--',
  ';',
  '\\',
  '"a" "b"',
  "'; DROP TABLE users_entry; --",
  '\u0000',
  '\u0001',
  '\u0002\u0100\u0100',
  '{',
  '[',
  '😀',
  '\ud800',
  'שלום',
  '\u202eabc',
  'a"b',
  '????',
  '%%%',
  '___',
])('the search %j is only text', async (search) => {
  const plain = [user('1', 'Anna'), user('2', 'Bo')];
  await load(directory, usersOf('s1'), [...plain, user('3', `x ${search} yyy`)]);
  const found = await names(directory, search);
  expect(await names(directory)).toHaveLength(3);
  if (found.length < 3) expect(found.every((name) => name.startsWith('x '))).toBe(true);
});

test('a window outside of what there is, is empty; one that cannot be is refused', async () => {
  await load(directory, usersOf('s1'), [user('1', 'Anna')]);
  expect(value(await directory.window({ kind: 'users', offset: 5, limit: 10 }))).toMatchObject({
    rows: [],
    total: 1,
  });
  expect(value(await directory.window({ kind: 'users', offset: 0, limit: 0 }))).toMatchObject({
    rows: [],
    total: 1,
  });
  for (const [offset, limit] of [
    [-1, 1],
    [0, 1001],
    [0.5, 1],
    [0, Number.NaN],
    [Infinity, 1],
  ] as const) {
    expect(await directory.window({ kind: 'users', offset, limit })).toMatchObject({
      ok: false,
      error: { code: 'input_invalid' },
    });
  }
  const sort = { by: 'name; DROP TABLE users_entry' as 'email' };
  expect(await directory.window({ kind: 'users', sort, offset: 0, limit: 1 })).toMatchObject({
    ok: false,
    error: { code: 'input_invalid' },
  });
});

test('a load that was never begun is refused', async () => {
  const handle = { key: usersOf('s1'), load: 99, resumed: false };
  value(await directory.append(handle, [user('1', 'Anna')])); // on its way: the end of the load tells
  expect(await directory.finish(handle, { complete: true })).toMatchObject({
    ok: false,
    error: { code: 'input_invalid' },
  });
});

test('a thread that cannot start is a failure of every call, not a hang', async () => {
  const broken = openDirectory({ workerUrl: new URL('file:///nowhere/worker.ts') });
  expect(await broken.lists()).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  expect(await broken.window({ kind: 'users', offset: 0, limit: 1 })).toMatchObject({ ok: false });
  await broken.close();
});

test('calls after closing fail', async () => {
  const other = open();
  await other.close();
  expect(await other.lists()).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  await other.close();
});

test('a first load that was cut is taken up again: rows stay, doubles count once', async () => {
  const key = usersOf('s1');
  const first = value(await directory.beginList(key, true));
  expect(first.resumed).toBe(false);
  value(await directory.append(first, [user('1', 'Anna'), user('2', 'Bo')]));
  value(await directory.finish(first, { complete: false, failure, total: 4 }));
  expect(await state(directory, key)).toMatchObject({ rows: 2, complete: false, resumable: true });

  const second = value(await directory.beginList(key, true));
  expect(second.resumed).toBe(true);
  // Its provider gives one that came before again, changed meanwhile.
  value(await directory.append(second, [user('2', 'Bob'), user('3', 'Cees')]));
  expect(await state(directory, key)).toMatchObject({ rows: 4, loading: true });
  value(await directory.finish(second, { complete: true, total: 3 }));
  expect(await names(directory)).toEqual(['Anna', 'Bob', 'Cees']);
  expect(await state(directory, key)).toMatchObject({ rows: 3, complete: true, resumable: false });
});

test('a refresh that was cut is not taken up: the rows of before stand', async () => {
  const key = usersOf('s1');
  await load(directory, key, [user('1', 'Anna')]);
  const handle = value(await directory.beginList(key));
  value(await directory.append(handle, [user('2', 'Bo')]));
  value(await directory.finish(handle, { complete: false, failure }));
  expect(await state(directory, key)).toMatchObject({ rows: 1, resumable: false });
  expect(value(await directory.beginList(key, true)).resumed).toBe(false);
});

test('a list of a vanished installation goes, with its people and records', async () => {
  await load(directory, usersOf('s1'), [user('1', 'Anna')]);
  await load(directory, usersOf('s2'), [user('2', 'Bo')]);
  value(await directory.removeList(usersOf('s2')));
  value(await directory.removeList(usersOf('never')));
  expect(await names(directory)).toEqual(['Anna']);
  expect(await state(directory, usersOf('s2'))).toBeUndefined();
  expect(await directory.record(usersOf('s2'), '2')).toMatchObject({ error: { code: 'not_found' } });
});

test('people are compared between installations by e-mail address', async () => {
  const mail = (email: string | null): { email: string | null } => ({ email });
  await load(directory, usersOf('a'), [
    user('1', 'Anna', mail('anna@x.example')),
    user('2', 'Bo', mail('BO@x.example')),
    user('3', 'Bo again', mail('bo@x.example')),
    user('4', 'Nobody', mail(null)),
  ]);
  await load(directory, usersOf('b'), [user('9', 'Anna B', mail('Anna@X.example'))]);
  const places = ['a', 'b'].map((installation) => ({ connection: 'acme', installation }));
  const ids = async (
    find: 'only_first' | 'everywhere' | 'some' | 'duplicates',
    search = '',
  ): Promise<string[]> => {
    const found = value(await directory.compare({ places, find, search }, 0, 10));
    expect(found.total).toBe(found.people.length);
    expect(found.withoutEmail).toBe(1);
    return found.people.map(({ users }) => users.map(({ id }) => id).join('+'));
  };
  expect(await ids('only_first')).toEqual(['2+3']);
  expect(await ids('everywhere')).toEqual(['1+9']);
  expect(await ids('some')).toEqual(['2+3']);
  expect(await ids('duplicates')).toEqual(['2+3']);
  expect(await ids('everywhere', 'bo')).toEqual([]);
  const missing = [...places, { connection: 'acme', installation: 'c' }];
  expect(value(await directory.compare({ places: missing, find: 'everywhere' }, 0, 10))).toMatchObject({
    total: 0,
    incomplete: [{ installation: { id: 'c' } }],
  });
  await load(directory, usersOf('b'), [user('9', 'Anna B', mail('other@x.example'))]);
  expect(await ids('only_first')).toEqual(['1', '2+3']);
});
