import { expect, test } from 'vitest';
import { smartenitApi } from '../../../main/sandbox/api/smartenit.ts';
import type { SandboxAccount } from '../../../main/sandbox/contract.ts';
import { createWorld } from '../../../main/sandbox/data/world.ts';
import { access, exchange, optionsFor, read, send } from './api-request.ts';

interface User {
  _id: string;
  username: string;
  profile: { name: string; lastName: string };
  parents: { locations: { id: string; name: string }[] };
}
interface List<T> {
  data: T[];
  _links: { total: number };
}
interface Problem {
  error: { message: string; status: number; errors: { code: number; message: string }[] };
}

const owner: SandboxAccount = {
  provider: 'smartenit',
  id: '5a1f0c3d9b7e4a2c6d8f0b77',
  username: 'edda.moor@partner.example',
  password: 'demo',
  role: 'owner',
  reach: 'all',
  exercise: false,
};
const world = createWorld({ seed: 1, accounts: [owner] });
const api = smartenitApi(world, optionsFor(access({ accountId: owner.id, username: owner.username })));
const [cottage] = world.smartenit.locations;

const get = async <T>(path: string, handler = api): Promise<T> => read(await send(handler, 'GET', path));
const users = (query: Record<string, string>, handler = api): Promise<List<User>> =>
  get(`/v2/users?${new URLSearchParams(query).toString()}`, handler);
const where = (q: unknown): Promise<List<User>> => users({ q: JSON.stringify(q) });
const problem = async (path: string, handler = api): Promise<unknown[]> => {
  const reply = await send(handler, 'GET', path);
  const { error } = read<Problem>(reply);
  expect(error.status).toBe(reply.status);
  return [reply.status, error.errors[0]?.code];
};

test('Lists have data and a total, and pages of 25 at most.', async () => {
  const page = await users({ limit: '100' });
  expect(Object.keys(page)).toEqual(['data', '_links']);
  expect([page.data.length, page._links]).toEqual([25, { total: 341 }]);
  expect((await users({ limit: '10', page: '35' })).data).toHaveLength(1);
  expect((await users({ limit: '10', page: '36' })).data).toEqual([]);
  const ids = new Set<string>();
  for (let at = 1; at <= Math.ceil(341 / 25); at += 1) {
    for (const { _id } of (await users({ page: String(at) })).data) ids.add(_id);
  }
  expect(ids.size).toBe(341);
});

test('The users of a location are those whose parents name it.', async () => {
  const found = await where({ 'parents.locations.id': cottage!._id });
  expect(found._links.total).toBe(world.installations('smartenit', 'all')[0]!.users);
  expect(found.data.every(({ parents }) => parents.locations.some(({ id }) => id === cottage!._id))).toBe(
    true,
  );
  const wrapped = await where({ 'parents.locations.id': { $in: [{ $oid: cottage!._id }] } });
  expect(wrapped._links.total).toBe(found._links.total);
});

test('Queries take values, $in, $nin, $regex, $exists, $and and $or.', async () => {
  const total = async (q: unknown): Promise<number> => (await where(q))._links.total;
  const [first, second] = [world.smartenit.users.at(0), world.smartenit.users.at(1)];
  expect(await total({ username: first.username })).toBe(1);
  expect(await total({ username: { $in: [first.username, second.username] } })).toBe(2);
  expect(await total({ username: { $nin: [first.username, second.username] } })).toBe(339);
  expect(await total({ username: { $ne: first.username } })).toBe(340);
  expect(await total({ _id: { $oid: first._id } })).toBe(1);
  expect(await total({ 'profile.name': { $regex: '^EDDA$', $options: 'i' } })).toBeGreaterThan(0);
  expect(await total({ 'profile.name': { $regex: '^EDDA$' } })).toBe(0);
  expect(await total({ 'parents.locations.id': { $exists: false } })).toBe(10);
  expect(await total({ nickname: null })).toBe(341);
  expect(await total({ $or: [{ _id: first._id }, { _id: second._id }] })).toBe(2);
  expect(await total({ $and: [{ _id: first._id }, { _id: second._id }] })).toBe(0);
});

test.each([
  '{',
  '[]',
  '5',
  '{"a":{"$where":"1"}}',
  '{"$nor":[]}',
  '{"a":{"$regex":"("}}',
  '{"a":{"$in":1}}',
  '{"a":{"b":1}}',
])('The query %s is refused.', async (q) => {
  expect(await problem(`/v2/users?q=${encodeURIComponent(q)}`)).toEqual([400, 199]);
});

test('Lists are sorted by several fields and cut to the named ones.', async () => {
  const { data } = await users({ sort: '-profile.lastName,username', fields: 'username,profile' });
  const names = data.map(({ profile }) => profile.lastName.toLowerCase());
  expect(names).toEqual([...names].sort().reverse());
  expect(Object.keys(data[0]!)).toEqual(['_id', 'username', 'profile']);
  expect(await problem('/v2/users?page=0')).toEqual([400, 199]);
  expect(await problem('/v2/users?limit=x')).toEqual([400, 199]);
});

test("One record comes in data, one's own under me, and an unknown one is 404.", async () => {
  expect(await get('/v2/users/me')).toMatchObject({ data: { _id: owner.id, username: owner.username } });
  expect(await get(`/v2/locations/${cottage!._id}`)).toMatchObject({ data: { name: 'Lighthouse Cottage' } });
  expect((await get<List<object>>('/v2/accounts'))._links.total).toBe(1);
  expect(await problem('/v2/users/000000000000000000000000')).toEqual([404, 199]);
});

test('Reach leaves the users of the reached locations, who name no other location, and oneself.', async () => {
  const narrow = smartenitApi(world, optionsFor(access({ accountId: owner.id, reach: 1 })));
  expect((await get<List<object>>('/v2/locations', narrow))._links.total).toBe(1);
  const { data, _links } = await users({ sort: '-createdAt' }, narrow);
  expect(_links.total).toBe(world.installations('smartenit', 1)[0]!.users);
  expect(data.flatMap(({ parents }) => parents.locations).every(({ id }) => id === cottage!._id)).toBe(true);
  expect(await problem(`/v2/locations/${world.smartenit.locations[1]!._id}`, narrow)).toEqual([404, 199]);
});

test('Tokens are invalid by 114 and expired by 115.', async () => {
  expect(await problem('/v2/users', smartenitApi(world, optionsFor('invalid')))).toEqual([401, 114]);
  expect(await problem('/v2/users', smartenitApi(world, optionsFor('missing')))).toEqual([401, 114]);
  expect(await problem('/v2/users', smartenitApi(world, optionsFor('expired')))).toEqual([401, 115]);
  expect(await smartenitApi(world, optionsFor('missing'))(exchange('POST', '/v2/oauth2/token'))).toBeNull();
});

test('Client credentials read nothing and create users, whose password is never shown.', async () => {
  const own = createWorld({ seed: 1 });
  const restricted = smartenitApi(own, optionsFor(access({ accountId: null, username: null })));
  expect(await problem('/v2/locations', restricted)).toEqual([403, 199]);
  expect(await problem('/v2/users/me', restricted)).toEqual([403, 199]);
  const body = {
    username: 'new.person@partner.example',
    password: 'demo-new-1',
    profile: { name: 'New', lastName: 'Person' },
  };
  const created = await send(restricted, 'POST', '/v2/users', body);
  expect(created.status).toBe(201);
  expect(JSON.stringify(created.json)).not.toContain('demo-new-1');
  const reader = smartenitApi(own, optionsFor(access()));
  expect((await users({ q: JSON.stringify({ username: body.username }) }, reader)).data).toEqual([
    read<{ data: User }>(created).data,
  ]);
  expect((await send(restricted, 'POST', '/v2/users', body)).status).toBe(409);
  expect((await send(restricted, 'POST', '/v2/users', { username: 'x' })).status).toBe(400);
});
