import { expect, test } from 'vitest';
import { smartenit } from '../../../main/providers/smartenit/api.ts';
import * as bodies from '../../fixtures/vendor-bodies/smartenit.ts';
import { collect, talk } from './scripted-api.ts';

const apiBase = 'https://api.site.example/v2';
const location = { id: bodies.locationId, name: 'Mill House' };
const queryOf = (url: string | undefined) => new URL(url ?? '').searchParams;

test('locations are installations', async () => {
  const { context, requests } = talk(smartenit, () => bodies.locations, { apiBase });
  const list = await collect(smartenit.listInstallations(context));
  expect(list).toMatchObject({
    error: null,
    pages: [{ total: 1 }],
    rows: [{ ...location, state: null, timeZone: null, userCount: null }],
  });
  expect(requests.map((request) => request.url)).toEqual([`${apiBase}/locations?limit=25&page=1`]);
});

test('users of a location are asked for by parents.locations, next to the filter as typed', async () => {
  const { context, requests } = talk(smartenit, () => bodies.users, { apiBase });
  const list = await collect(
    smartenit.listUsers(context, location, { filter: '{"username":{"$regex":"m"}}' }),
  );
  expect(list.rows).toMatchObject([
    {
      id: '5f9a000000000000000000b1',
      displayName: 'Milo Stone',
      email: 'milo@mill.example',
      roles: [],
      status: 'active',
    },
  ]);
  expect(JSON.parse(queryOf(requests[0]?.url).get('q') ?? '')).toEqual({
    username: { $regex: 'm' },
    'parents.locations.id': bodies.locationId,
  });
});

test('with usersByLocation off all users are asked for, with the filter alone', async () => {
  const { context, requests } = talk(smartenit, () => bodies.users, { switches: { usersByLocation: 'off' } });
  await collect(smartenit.listUsers(context, location));
  await collect(smartenit.listUsers(context, location, { filter: '{"parents.locations.id":"x"}' }));
  expect(requests.map((request) => queryOf(request.url).get('q'))).toEqual([
    null,
    '{"parents.locations.id":"x"}',
  ]);
});

test.each(['{', '[]', '"x"', 'null', '{"parents.locations.id":"other"}'])(
  'the filter %s is refused before anything is asked',
  async (filter) => {
    const { context, requests } = talk(smartenit, () => bodies.users);
    expect((await collect(smartenit.listUsers(context, location, { filter }))).error?.code).toBe(
      'input_invalid',
    );
    expect(requests).toEqual([]);
  },
);

test('a switch with a wrong value says so', async () => {
  const { context } = talk(smartenit, () => bodies.users, { switches: { usersByLocation: 'maybe' } });
  expect((await collect(smartenit.listUsers(context, location))).error?.code).toBe('input_invalid');
});

test.each([25, 10])('all pages are read where the server gives %i at a time', async (size) => {
  const { context, requests } = talk(smartenit, (request) => {
    const page = Number(queryOf(request.url).get('page'));
    const length = Math.min(size, 60 - (page - 1) * size);
    const data = Array.from({ length }, (_, index) => ({ _id: { $oid: `id-${page}-${index}` } }));
    return { body: { data, _links: { total: 60 } } };
  });
  const list = await collect(smartenit.listUsers(context, location));
  expect(list.error).toBeNull();
  expect(new Set(list.rows.map((row) => row.id)).size).toBe(60);
  expect(requests).toHaveLength(Math.ceil(60 / size));
});

test('a single object where a list belongs, and an error inside a 200, are no empty lists', async () => {
  const read = async (body: unknown) =>
    (await collect(smartenit.listUsers(talk(smartenit, () => ({ body })).context, location))).error;
  expect(await read(bodies.me.body)).toMatchObject({
    code: 'response_unexpected',
    message: expect.stringContaining('an object with the members data') as string,
  });
  expect(await read(bodies.expiredToken.body)).toMatchObject({ code: 'session_refused' });
  expect(await read({ error: { status: 403, message: 'No' } })).toMatchObject({ code: 'forbidden' });
});

test('a sign-in name that is no e-mail address is a name only', async () => {
  const data = [
    { _id: 'a', username: 'gateway-1' },
    { _id: 'b', profile: { lastname: 'Only' }, username: 'o@mill.example' },
  ];
  const list = await collect(
    smartenit.listUsers(talk(smartenit, () => ({ body: { data } })).context, location),
  );
  expect(list.error?.code).toBe('response_unexpected'); // without a total page 2 is the same page again
  expect(list.rows.map((row) => [row.displayName, row.email])).toEqual([
    ['gateway-1', null],
    ['Only', 'o@mill.example'],
  ]);
});
