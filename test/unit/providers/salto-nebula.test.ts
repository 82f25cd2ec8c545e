import { expect, test } from 'vitest';
import { saltoNebula } from '../../../main/providers/salto-nebula/api.ts';
import * as bodies from '../../fixtures/vendor-bodies/salto-nebula.ts';
import { collect, now, talk } from './scripted-api.ts';

const installation = { id: 'lantern-house-hq', name: 'Lantern House' };

test('an installation is known by the last segment of its name', async () => {
  const { context, requests } = talk(saltoNebula, () => bodies.installations);
  const list = await collect(saltoNebula.listInstallations(context));
  expect(list.error).toBeNull();
  expect(list.rows).toMatchObject([
    {
      id: 'lantern-house-hq',
      name: 'Lantern House',
      state: null,
      timeZone: 'Europe/Madrid',
      userCount: null,
    },
  ]);
  expect(requests.map((request) => request.url)).toEqual([
    'https://api.site.example/v1/installations?page_size=1000',
  ]);
});

test('users of an installation are read, in snake_case and in camelCase', async () => {
  const { name, given_name, family_name, email, activate_time, expire_time } = bodies.user;
  const camel = {
    name,
    givenName: given_name,
    familyName: family_name,
    email,
    activateTime: activate_time,
    expireTime: expire_time,
  };
  for (const answer of [bodies.users, { body: { users: [camel], nextPageToken: '', totalSize: '1' } }]) {
    const list = await collect(saltoNebula.listUsers(talk(saltoNebula, () => answer).context, installation));
    expect(list.error).toBeNull();
    expect(list.pages.map((page) => page.total)).toEqual([1]);
    expect(list.rows).toMatchObject([
      {
        id: '01HZZZZZZZZZZZZZZZZZZZZZZ1',
        displayName: 'Anna Berg',
        email: 'anna@lantern.example',
        roles: [],
        status: 'active',
        expiresAt: Date.UTC(2036, 0, 1),
      },
    ]);
  }
});

test('an empty object is an empty list, since protobuf JSON leaves empty members out; any other object is not', async () => {
  const read = (body: unknown) =>
    collect(saltoNebula.listUsers(talk(saltoNebula, () => ({ body })).context, installation));
  expect(await read(bodies.usersOmitted.body)).toMatchObject({ rows: [], error: null });
  expect(await read({ next_page_token: '', total_size: 0 })).toMatchObject({ rows: [], error: null });
  for (const body of [{ installations: [] }, { code: 3, message: 'no' }, { users: {} }])
    expect((await read(body)).error?.code).toBe('response_unexpected');
});

const past = new Date(now - 1000).toISOString();
const future = new Date(now + 1000).toISOString();
test.each([
  [{}, 'active'],
  [{ activate_time: future }, 'pending'],
  [{ activate_time: future, expire_time: past }, 'expired'],
  [{ blocked: true, expire_time: past }, 'blocked'],
])('a user with %j is %s', async (times, status) => {
  const users = [{ name: 'installations/i/users/u', ...times }];
  const list = await collect(
    saltoNebula.listUsers(talk(saltoNebula, () => ({ body: { users } })).context, installation),
  );
  expect(list.rows).toMatchObject([{ status, displayName: 'u' }]);
});

test('pages are followed by page_token with the filter kept, over empty pages too', async () => {
  const tokens = ['', 'a+b/c=', 'third', ''];
  const { context, requests } = talk(saltoNebula, (_, count) => ({
    body: {
      users: count === 2 ? [] : [{ name: `installations/i/users/u${count}` }],
      next_page_token: tokens[count],
    },
  }));
  const list = await collect(
    saltoNebula.listUsers(context, installation, { filter: "display_name.startsWith('A')" }),
  );
  expect(list.error).toBeNull();
  expect(list.rows.map((row) => row.id)).toEqual(['u1', 'u3']);
  const queries = requests.map((request) => new URL(request.url).searchParams);
  expect(queries.map((query) => query.get('page_token'))).toEqual([null, 'a+b/c=', 'third']);
  expect(new Set(queries.map((query) => query.get('filter')))).toEqual(
    new Set(["display_name.startsWith('A')"]),
  );
});

test('total_size is an estimate: fewer users than estimated are no failure', async () => {
  const { context } = talk(saltoNebula, () => ({
    body: { users: [bodies.user], next_page_token: '', total_size: 9 },
  }));
  expect(await collect(saltoNebula.listUsers(context, installation))).toMatchObject({
    error: null,
    pages: [{ total: 9 }],
  });
});

test('a token that comes again ends the list', async () => {
  const { context, requests } = talk(saltoNebula, (_, count) => ({
    body: { users: [{ name: `installations/i/users/u${count}` }], next_page_token: 'same' },
  }));
  expect((await collect(saltoNebula.listUsers(context, installation))).error?.code).toBe(
    'response_unexpected',
  );
  expect(requests).toHaveLength(2);
});

test('a filter longer than Nebula takes is refused here', async () => {
  const { context, requests } = talk(saltoNebula, () => bodies.users);
  const list = await collect(saltoNebula.listUsers(context, installation, { filter: 'x'.repeat(20_001) }));
  expect(list.error?.code).toBe('input_invalid');
  expect(requests).toEqual([]);
});
