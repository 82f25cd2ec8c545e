import { expect, test } from 'vitest';
import { nebulaFilter } from '../../../main/sandbox/api/salto-nebula/filter.ts';
import { saltoNebulaApi } from '../../../main/sandbox/api/salto-nebula.ts';
import type { Handler } from '../../../main/sandbox/contract.ts';
import { createWorld } from '../../../main/sandbox/data/world.ts';
import { access, optionsFor, read, send } from './api-request.ts';

interface User {
  name: string;
  display_name: string;
  email?: string;
  blocked?: boolean;
}
interface UserPage {
  users?: User[];
  next_page_token?: string;
  total_size?: number;
}

const world = createWorld({ seed: 1 });
const full = { 'nebula.omitEmpty': false };
const api = saltoNebulaApi(world, optionsFor(access(), full));
const users = '/v1/installations/quayside-lofts/users';

const list = async (query: Record<string, string>, handler: Handler = api): Promise<UserPage> =>
  read(await send(handler, 'GET', `${users}?${new URLSearchParams(query).toString()}`));
const problem = async (query: Record<string, string>): Promise<unknown[]> => {
  const reply = await send(api, 'GET', `${users}?${new URLSearchParams(query).toString()}`);
  const { code, message, details } = read<{ code: number; message: string; details: unknown[] }>(reply);
  expect(details).toEqual([]);
  return [reply.status, code, message];
};

test('Installations come with resource names and without a total.', async () => {
  const page = read<Record<string, unknown>>(await send(api, 'GET', '/v1/installations'));
  expect(Object.keys(page)).toEqual(['installations', 'next_page_token']);
  expect((page['installations'] as { name: string }[])[0]).toMatchObject({
    name: 'installations/quayside-lofts',
    display_name: 'Quayside Lofts',
    time_zone: 'Europe/Lisbon',
    key_renewal_duration: '2592000s',
  });
  const one = read(await send(api, 'GET', '/v1/installations/tiny-office'));
  expect(one).toMatchObject({ name: 'installations/tiny-office', display_name: 'Tiny Office' });
});

test('Page tokens lead once through every user, and page sizes are lowered to the maximum.', async () => {
  const seen = new Set<string>();
  let token = '';
  let pages = 0;
  do {
    const page = await list({ page_size: '200', ...(token === '' ? {} : { page_token: token }) });
    expect(page.total_size).toBe(640);
    for (const { name } of page.users ?? []) seen.add(name);
    token = page.next_page_token ?? '';
    pages += 1;
  } while (token !== '');
  expect([seen.size, pages]).toEqual([640, 4]);
  expect((await list({})).users).toHaveLength(50);
  const small = saltoNebulaApi(world, optionsFor(access(), { 'nebula.maxPageSize': 10 }));
  expect((await list({ page_size: '1000' }, small)).users).toHaveLength(10);
});

test('A page token of another query, or no token at all, is INVALID_ARGUMENT.', async () => {
  const { next_page_token: token = '' } = await list({ page_size: '5', order_by: 'display_name' });
  expect(token).not.toBe('');
  expect((await list({ page_size: '7', order_by: 'display_name', page_token: token })).users).toHaveLength(7);
  const queries: Record<string, string>[] = [
    { page_token: token },
    { page_token: token, order_by: 'display_name DESC' },
    { page_token: 'abc' },
    { page_token: Buffer.from('5').toString('base64url') },
  ];
  for (const query of queries) {
    expect((await problem(query)).slice(0, 2)).toEqual([400, 3]);
  }
  expect((await problem({ page_size: '-1' })).slice(0, 2)).toEqual([400, 3]);
  expect((await problem({ page_size: 'many' })).slice(0, 2)).toEqual([400, 3]);
});

test('The documented filter of the vendor keeps the names that begin so.', async () => {
  const page = await list({ filter: "display_name.startsWith('A')", page_size: '1000' });
  expect(page.users?.length).toBeGreaterThan(10);
  expect(page.users?.every((user) => user.display_name.startsWith('A'))).toBe(true);
  expect(page.total_size).toBe(page.users?.length);
});

test('Users come in SQL style order, and a field that cannot be ordered by is UNKNOWN.', async () => {
  const { users: found = [] } = await list({ order_by: 'display_name DESC, name', page_size: '1000' });
  const names = found.map((user) => user.display_name.toLowerCase());
  expect(names).toEqual([...names].sort().reverse());
  expect(await problem({ order_by: 'email' })).toEqual([500, 2, 'field email is not orderable']);
  expect((await problem({ order_by: 'name sideways' })).slice(0, 2)).toEqual([400, 3]);
});

const sample = { a: 'alpha', b: "it's", on: true, n: 3, none: null } as const;
type Sample = typeof sample;
const sampleFields = {
  a: (one: Sample) => one.a,
  b: (one: Sample) => one.b,
  on: (one: Sample) => one.on,
  'n.value': (one: Sample) => one.n,
  none: (one: Sample) => one.none,
};

test.each([
  ["a == 'alpha'", true],
  ["a=='alpha'", true],
  ["a != 'alpha'", false],
  ["!a.contains('x')", true],
  ["a.endsWith('pha') && a.startsWith('al')", true],
  ["a == 'x' || a == 'alpha' && on == false", false],
  ["(a == 'x' || a == 'alpha') && on", true],
  ["a == 'alpha' || a == 'x' && on == false", true],
  ["b == 'it\\'s'", true],
  ['on', true],
  ['a', false],
  ['!on', false],
  ['!!on', true],
  ['n.value == 3', true],
  ["a in ['beta', 'alpha']", true],
  ['a in []', false],
  ["none.contains('x')", false],
])('The filter %s is %s.', (filter, expected) => {
  const made = nebulaFilter(filter, sampleFields);
  if (typeof made === 'string') throw new Error(made);
  expect(made(sample)).toBe(expected);
});

test.each([
  "a = 'x'",
  'a == "x"',
  "a == 'x' &&",
  "a == 'x' b",
  '(on',
  'on)',
  "a.matches('x')",
  "shoe_size == 'x'",
  "a == 'x",
  'a in [',
  'a.contains(on)',
  '__proto__',
  "constructor == 'x'",
  '🦊',
  `${'('.repeat(9000)}on${')'.repeat(9000)}`,
  '!'.repeat(15_000),
  'on || '.repeat(4000),
])('The filter %s is refused.', (filter) => {
  expect(typeof nebulaFilter(filter, sampleFields)).toBe('string');
});

test('A filter of more than 20,000 characters is refused, one of 20,000 is not.', async () => {
  const filter = (length: number): string => `name != '${'x'.repeat(length - 10)}'`;
  expect(filter(20_000)).toHaveLength(20_000);
  expect((await list({ filter: filter(20_000) })).total_size).toBe(640);
  expect((await problem({ filter: filter(20_001) })).slice(0, 2)).toEqual([400, 3]);
});

test('Empty fields are left out by default, down to the envelope, and stay by switch.', async () => {
  const omitting = saltoNebulaApi(world, optionsFor(access()));
  const empty = world.nebula.places[4]!.id;
  expect(read(await send(omitting, 'GET', `/v1/installations/${empty}/users`))).toEqual({});
  expect(read(await send(api, 'GET', `/v1/installations/${empty}/users`))).toEqual({
    users: [],
    next_page_token: '',
    total_size: 0,
  });
  const nameless = world.nebula.places[0]!.users;
  const at = Array.from({ length: nameless.count() }, (_, index) => index).find(
    (index) => nameless.at(index).email === null,
  )!;
  const path = `/v1/${nameless.at(at).name}`;
  expect(Object.keys(read<User>(await send(omitting, 'GET', path)))).not.toContain('photo_uri');
  const whole = read<Record<string, unknown>>(await send(api, 'GET', path));
  expect(whole['photo_uri']).toBe('');
  // An optional field of a proto is absent when unset, whatever the switch says.
  expect(Object.keys(whole)).not.toContain('email');
});

test('Errors are a google.rpc.Status with the usual HTTP status.', async () => {
  expect(read(await send(saltoNebulaApi(world, optionsFor('expired')), 'GET', users))).toEqual({
    code: 16,
    message: 'access token is expired',
    details: [],
  });
  const missing = await send(api, 'GET', '/v1/installations/nowhere');
  expect([missing.status, read<{ code: number }>(missing).code]).toEqual([404, 5]);
  expect((await send(api, 'GET', `${users}/01NOBODY`)).status).toBe(404);
  const narrow = saltoNebulaApi(world, optionsFor(access({ reach: 1 })));
  const denied = await send(narrow, 'GET', '/v1/installations/tiny-office/users');
  expect([denied.status, read<{ code: number }>(denied).code]).toEqual([403, 7]);
  expect(
    read<{ installations: object[] }>(await send(narrow, 'GET', '/v1/installations')).installations,
  ).toHaveLength(1);
});

test('Roles, policies, service accounts, units and permissions can be asked for.', async () => {
  const parent = '/v1/installations/quayside-lofts';
  const key = async (path: string): Promise<string | undefined> =>
    Object.keys(read<object>(await send(api, 'GET', path)))[0];
  expect(await key('/v1/iam-roles')).toBe('roles');
  expect(await key(`${parent}/iam-policies`)).toBe('policies');
  expect(await key(`${parent}/service-accounts`)).toBe('service_accounts');
  expect(await key(`${parent}/units`)).toBe('units');
  const asked = { permissions: ['nebula.user.list', 'nebula.user.delete'] };
  expect(read(await send(api, 'POST', `${parent}:testPermissions`, asked))).toEqual({
    permissions: ['nebula.user.list'],
  });
});
