import { expect, test } from 'vitest';
import { saltoKs } from '../../../main/providers/salto-ks/api.ts';
import * as bodies from '../../fixtures/vendor-bodies/salto-ks.ts';
import { collect, now, talk } from './scripted-api.ts';

const site = { id: bodies.siteId, name: 'Lighthouse Quay' };
const base = 'https://api.site.example';

test('a site has its vendor name, state, zone and used seats', async () => {
  const { context, requests } = talk(saltoKs, () => bodies.sitesEnvelope);
  const list = await collect(saltoKs.listInstallations(context));
  expect(list.error).toBeNull();
  expect(list.pages.map((page) => page.total)).toEqual([1]);
  expect(list.rows).toEqual([
    {
      id: bodies.siteId,
      name: 'Lighthouse Quay',
      state: 'released',
      timeZone: 'Europe/Amsterdam',
      userCount: 12,
      raw: (bodies.sitesEnvelope.body as { items: unknown[] }).items[0],
    },
  ]);
  expect(requests.map((request) => request.url)).toEqual([`${base}/v1.1/sites?$inlinecount=allpages`]);
});

test.each([bodies.sitesArray, bodies.sitesEnvelopeBare])(
  'the other site list is read: $source',
  async (body) => {
    const list = await collect(saltoKs.listInstallations(talk(saltoKs, () => body).context));
    expect(list.error).toBeNull();
    expect(list.rows.map((row) => [row.id, row.name])).toEqual([[bodies.siteId, 'Lighthouse Quay']]);
  },
);

test('a site without a name is called by its readable id, then by its id', async () => {
  const items = [{ id: 'a', customer_reference: ' ', site_uid: 'XX0000000009' }, { id: 'b' }];
  const list = await collect(saltoKs.listInstallations(talk(saltoKs, () => ({ body: items })).context));
  expect(list.rows.map((row) => row.name)).toEqual(['XX0000000009', 'b']);
});

test('a site user is known by the site user id and has display names of roles', async () => {
  const { context, requests } = talk(saltoKs, () => bodies.siteUsers);
  const list = await collect(saltoKs.listUsers(context, site, { filter: "alias eq 'x y'" }));
  expect(list.rows).toEqual([
    {
      id: bodies.siteUser.id,
      displayName: 'Ada Keyes',
      email: 'ada@lighthouse.example',
      roles: ['Site User'],
      status: 'active',
      expiresAt: null,
      raw: bodies.siteUser,
    },
  ]);
  expect(requests[0]?.url).toBe(
    `${base}/v1.1/sites/${bodies.siteId}/users?$inlinecount=allpages&$filter=alias%20eq%20'x%20y'`,
  );
});

const past = new Date(now - 1000).toISOString();
const future = new Date(now + 1000).toISOString();
test.each([
  [{}, {}, 'active'],
  [{ expires_at: future }, {}, 'active'],
  [{}, { has_profile: false }, 'pending'],
  [{ subscription_state: 'suspended' }, { has_profile: false }, 'suspended'],
  [{ expires_at: past, subscription_state: 'suspended' }, { has_profile: false }, 'expired'],
  [{ blocked: true, expires_at: past, subscription_state: 'suspended' }, {}, 'blocked'],
])('a site user with %j and %j is %s', async (record, person, status) => {
  const user = { ...bodies.siteUser, ...record, user: { ...bodies.siteUser.user, ...person } };
  const list = await collect(saltoKs.listUsers(talk(saltoKs, () => ({ body: [user] })).context, site));
  expect(list.rows.map((row) => row.status)).toEqual([status]);
});

test('a user without a profile has an alias for a name, and roles may be missing or nameless', async () => {
  const users = [
    { id: 'a', user: { first_name: null, email: null }, alias: 'Door 3', roles: null },
    { id: 'b', roles: [{ code: 'site_guest' }, { customer_reference: '' }, null, 'x'] },
  ];
  const list = await collect(
    saltoKs.listUsers(talk(saltoKs, () => ({ body: { items: users } })).context, site),
  );
  expect(list.rows.map((row) => [row.displayName, row.email, row.roles])).toEqual([
    ['Door 3', null, []],
    ['b', null, ['site_guest']],
  ]);
});

test('every next_page_link is followed, one result a page, with the count kept', async () => {
  const { context, requests } = talk(saltoKs, (_, count) => ({
    body: {
      items: [{ id: `s${count}a` }, { id: `s${count}b` }],
      next_page_link: count < 3 ? `http://api.site.example/v1.1/sites?$skip=${count * 2}` : null,
      count: count === 1 ? 6 : null,
    },
  }));
  const list = await collect(saltoKs.listInstallations(context));
  expect(list.error).toBeNull();
  expect(list.rows.map((row) => row.id)).toEqual(['s1a', 's1b', 's2a', 's2b', 's3a', 's3b']);
  expect(list.pages.map((page) => page.total)).toEqual([6, 6, 6]);
  expect(requests.slice(1).map((request) => request.url)).toEqual([
    `${base}/v1.1/sites?$skip=2`,
    `${base}/v1.1/sites?$skip=4`,
  ]);
});

test('with a page size, a list that gives no link but announces more is read on by $skip', async () => {
  const { context, requests } = talk(
    saltoKs,
    (request) => {
      const skip = Number(new URL(request.url).searchParams.get('$skip') ?? 0);
      const items = Array.from({ length: Math.min(2, 5 - skip) }, (_, index) => ({ id: `u${skip + index}` }));
      return { body: { items, next_page_link: null, count: 5 } };
    },
    { switches: { count: 'count', pageSize: '2' } },
  );
  const list = await collect(saltoKs.listUsers(context, site));
  expect(list.error).toBeNull();
  expect(list.rows.map((row) => row.id)).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
  expect(requests[1]?.url).toContain('?$count=true&$top=2&$skip=2');
});

test('a list that ends before the announced number has come is not taken for the whole', async () => {
  const { context } = talk(saltoKs, (_, count) => ({
    body: { items: count === 1 ? [{ id: 'a' }] : [], count: 3 },
  }));
  const list = await collect(saltoKs.listUsers(context, site));
  expect(list.rows).toHaveLength(1);
  expect(list.error).toMatchObject({
    code: 'response_unexpected',
    message: 'Salto KS announced 3 users, but its list ended after 1.',
  });
});

test('a next link to another host ends the list before the token goes there', async () => {
  const { context, requests } = talk(saltoKs, () => ({
    body: { items: [{ id: 'a' }], next_page_link: 'https://evil.example/v1.1/sites' },
  }));
  const list = await collect(saltoKs.listInstallations(context));
  expect(list.error?.code).toBe('response_unexpected');
  expect(list.error?.message).toContain('https://evil.example');
  expect(requests).toHaveLength(1);
});

test('a next link that leads back ends the list', async () => {
  const { context, requests } = talk(saltoKs, (_, count) => ({
    body: { items: [{ id: `${count}` }], next_page_link: `${base}/v1.1/sites?$skip=${count % 3}` },
  }));
  const list = await collect(saltoKs.listInstallations(context));
  expect(list.error?.code).toBe('response_unexpected');
  expect(requests).toHaveLength(4);
});

test('an error number inside a 200 is an error', async () => {
  const { context } = talk(saltoKs, () => ({ body: { ErrorCode: 2202, Message: 'User not found' } }));
  const list = await collect(saltoKs.listUsers(context, site));
  expect(list.error).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('User not found') as string,
  });
});

test('a refused filter is the input, a refused request without one is not', async () => {
  const answer = { status: 400, body: { Message: 'Syntax error at position 3' } };
  const filtered = await collect(
    saltoKs.listUsers(talk(saltoKs, () => answer).context, site, { filter: 'alias eq' }),
  );
  expect(filtered.error?.code).toBe('input_invalid');
  const plain = await collect(saltoKs.listUsers(talk(saltoKs, () => answer).context, site));
  expect(plain.error?.code).toBe('response_unexpected');
});

test.each<Record<string, string>>([{ count: 'all' }, { pageSize: 'many' }, { pageSize: '0' }])(
  'a switch with a wrong value says so: %j',
  async (switches) => {
    const { context, requests } = talk(saltoKs, () => ({ body: [] }), { switches });
    expect((await collect(saltoKs.listInstallations(context))).error?.code).toBe('input_invalid');
    expect(requests).toEqual([]);
  },
);
