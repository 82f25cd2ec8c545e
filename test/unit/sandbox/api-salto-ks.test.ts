import { expect, test } from 'vitest';
import { acceptInvitation } from '../../../main/sandbox/api/salto-ks/users.ts';
import { saltoKsApi } from '../../../main/sandbox/api/salto-ks.ts';
import type { SandboxAccount } from '../../../main/sandbox/contract.ts';
import type { SaltoKsUser } from '../../../main/sandbox/data/salto-ks.ts';
import { createWorld } from '../../../main/sandbox/data/world.ts';
import { access, now, optionsFor, origin, read, send } from './api-request.ts';

interface Page<T> {
  items: T[];
  next_page_link: string | null;
  count: number | null;
}

function account(username: string, role: string, reach: SandboxAccount['reach'] = 'all'): SandboxAccount {
  return { provider: 'salto-ks', id: username, username, password: 'demo', role, reach, exercise: false };
}

const admin = account('olga.reed@partner.example', 'site admin');
const absent = account('absent.robot@partner.example', 'system user', 0);
const plain = account('nils.reed@partner.example', 'resident', 1);

function freshWorld(users?: number): ReturnType<typeof createWorld> {
  return createWorld({ seed: 1, users, accounts: [admin, absent, plain] });
}
const world = freshWorld();
const api = saltoKsApi(world, optionsFor(access()));
const [house, lane] = world.saltoKs.sites;
const users = `/v1.2/sites/${house!.id}/users`;

const callerOptions = (caller: SandboxAccount, switches = {}): ReturnType<typeof optionsFor> =>
  optionsFor(access({ username: caller.username, reach: caller.reach }), switches);

test('The v1.1 site list is an envelope, the v1.2 one a bare array, and a switch makes them alike.', async () => {
  const enveloped = read<Page<object>>(await send(api, 'GET', '/v1.1/sites'));
  expect(Object.keys(enveloped).sort()).toEqual(['count', 'items', 'next_page_link']);
  expect(enveloped.count).toBeNull();
  const bare = read<object[]>(await send(api, 'GET', '/v1.2/sites'));
  expect(bare).toEqual(enveloped.items);
  const items = saltoKsApi(world, optionsFor(access(), { 'ks.siteEnvelope': 'items' }));
  expect(read<Page<object>>(await send(items, 'GET', '/v1.2/sites')).items).toHaveLength(6);
});

test('A site has the measured fields.', async () => {
  const site = read<Record<string, unknown>>(await send(api, 'GET', `/v1.2/sites/${house!.id}`));
  expect(Object.keys(site)).toEqual([
    'id', 'site_uid', 'customer_reference', 'country_code', 'time_zone', 'active_user_amount', 'subscribed_user_amount',
    'active_iq_amount', 'subscription_valid', 'pin_enabled', 'installation_state', 'mkey_compatible', 'store_events_ttl',
    'owner',
  ]); // prettier-ignore
  expect(site).toMatchObject({
    store_events_ttl: '90.00:00:00',
    installation_state: 'released',
    country_code: 'DE',
  });
  expect(site['site_uid']).toMatch(/^DE\d{10}$/u);
  expect(Object.keys(site['owner'] as object)).toEqual([
    'id', 'first_name', 'last_name', 'email', 'image_url', 'tag_number', 'is_managed_by_current_site', 'has_profile',
  ]); // prettier-ignore
});

test('A site is found by its site_uid with a filter, and refused by it in a path.', async () => {
  const filter = encodeURIComponent(`site_uid eq '${lane!.siteUid}'`);
  const found = read<Page<{ id: string }>>(await send(api, 'GET', `/v1.1/sites?$filter=${filter}`));
  expect(found.items.map(({ id }) => id)).toEqual([lane!.id]);
  const refused = await send(api, 'GET', `/v1.2/sites/${lane!.siteUid}/users`);
  expect(refused.status).toBe(400);
  expect(read(refused)).toMatchObject({ ErrorCode: 1100 });
});

test('The next page links lead once through every user.', async () => {
  const seen = new Set<string>();
  let next: string | null = `${users}?$top=100&$inlinecount=allpages`;
  let pages = 0;
  while (next !== null) {
    const page: Page<SaltoKsUser> = read(await send(api, 'GET', next));
    expect(page.count).toBe(house!.users.count());
    for (const { id } of page.items) seen.add(id);
    next = page.next_page_link;
    if (next !== null) expect(next.startsWith(`${origin}${users}?`)).toBe(true);
    pages += 1;
  }
  expect(seen.size).toBe(house!.users.count());
  expect(pages).toBe(Math.ceil(house!.users.count() / 100));
});

test('A page has 25 items by default and 100 at most, by switch.', async () => {
  const length = async (query: string, switches = {}): Promise<number> =>
    read<Page<object>>(await send(saltoKsApi(world, optionsFor(access(), switches)), 'GET', users + query))
      .items.length;
  expect(await length('')).toBe(25);
  expect(await length('?$top=7')).toBe(7);
  expect(await length('?$top=5000')).toBe(100);
  expect(await length('', { 'ks.pageSize': 40 })).toBe(40);
  expect(await length('?$top=5000', { 'ks.maxPageSize': 300 })).toBe(300);
});

test('Users are counted only when asked for, in both dialects.', async () => {
  const count = async (query: string): Promise<unknown> =>
    read<Page<object>>(await send(api, 'GET', users + query)).count;
  expect(await count('')).toBeNull();
  expect(await count('?$count=true')).toBe(house!.users.count());
  expect(await count('?$inlinecount=allpages')).toBe(house!.users.count());
});

test('A filter keeps what it names and anything else is 1101.', async () => {
  const list = async (filter: string): Promise<SaltoKsUser[]> =>
    read<Page<SaltoKsUser>>(await send(api, 'GET', `${users}?$top=100&$filter=${encodeURIComponent(filter)}`))
      .items;
  const someone = house!.users.at(3).user;
  expect((await list(`user/email eq '${someone.email!}'`)).map(({ user }) => user.id)).toEqual([someone.id]);
  const blocked = await list("blocked eq true and startswith(user/first_name, 'a')");
  expect(blocked.length).toBeGreaterThan(0);
  expect(blocked.every((one) => one.blocked && /^a/iu.test(one.user.first_name))).toBe(true);
  expect(
    (await list("contains(user/last_name,'O''Neil')")).every(({ user }) => user.last_name.includes("O'Neil")),
  ).toBe(true);
  expect(await list("substringof('=HYPERLINK', user/first_name)")).not.toHaveLength(0);
  for (const wrong of [
    'secret eq 1',
    "user/email like 'x'",
    'blocked eq true or blocked eq false',
    "'",
    '__proto__ eq null',
  ]) {
    const reply = await send(api, 'GET', `${users}?$filter=${encodeURIComponent(wrong)}`);
    expect([reply.status, read<{ ErrorCode: number }>(reply).ErrorCode]).toEqual([400, 1101]);
  }
});

test('Users come in order, and an unknown field to order by is 1102.', async () => {
  const page = read<Page<SaltoKsUser>>(
    await send(api, 'GET', `${users}?$top=100&$orderby=${encodeURIComponent('user/last_name desc,id')}`),
  );
  const names = page.items.map(({ user }) => user.last_name.toLowerCase());
  expect(names).toEqual([...names].sort().reverse());
  const reply = await send(api, 'GET', `${users}?$orderby=shoe_size`);
  expect([reply.status, read<{ ErrorCode: number }>(reply).ErrorCode]).toEqual([400, 1102]);
});

test("A user has the measured fields, and the platform id of one is nobody else's site user id.", async () => {
  const page = read<Page<SaltoKsUser>>(await send(api, 'GET', users));
  const first = page.items[0]!;
  expect(Object.keys(first)).toEqual([
    'id', 'user', 'roles', 'alias', 'subscription_state', 'blocked', 'remote_access', 'use_pin', 'override_privacy_mode',
    'toggle_easy_office_mode', 'toggle_manual_office_mode', 'tag_owned_by_this_site', 'expires_at', 'data_removal_expires_at',
  ]); // prettier-ignore
  expect(Object.keys(first.roles[0]!)).toEqual([
    'id',
    'customer_reference',
    'code',
    'parent_id',
    'is_hierarchical',
  ]);
  const missing = await send(api, 'GET', `${users}/${first.user.id}`);
  expect([missing.status, read(missing)]).toEqual([404, { ErrorCode: 2202, Message: 'User not found' }]);
  expect(read(await send(api, 'GET', `${users}/${first.id}`))).toEqual(first);
});

test('No token is answered by a bare challenge, an audience by its name, and v2 by RFC 7807.', async () => {
  const challenge = async (
    problem: 'missing' | 'expired' | 'wrong_audience',
    token = 'x',
  ): Promise<unknown> => {
    const handler = saltoKsApi(world, optionsFor(problem));
    const url = new URL('/v1.2/me', origin);
    const reply = await handler({
      method: 'GET',
      url,
      headers: { authorization: `Bearer ${token}` },
      body: '',
    });
    expect([reply?.status, reply?.json]).toEqual([401, undefined]);
    return reply?.headers?.['www-authenticate'];
  };
  expect(await challenge('missing')).toBe('Bearer');
  expect(await challenge('expired')).toContain('error="invalid_token"');
  const payload = Buffer.from('{"aud":"core_api\\r\\n"}').toString('base64url');
  expect(await challenge('wrong_audience', `e30.${payload}.sig`)).toBe(
    `Bearer error="invalid_token", error_description="The audience 'core_api' is invalid"`,
  );
  const reply = await send(api, 'GET', `/v2/sites/${house!.id}/roles`);
  expect(read(reply)).toMatchObject({ type: 'https://httpstatuses.io/403', title: 'Forbidden', status: 403 });
});

test("Reach hides the other sites: 403 for theirs, 404 for nobody's.", async () => {
  const narrow = saltoKsApi(world, optionsFor(access({ reach: 1 })));
  expect(read<object[]>(await send(narrow, 'GET', '/v1.2/sites'))).toHaveLength(1);
  expect((await send(narrow, 'GET', `/v1.2/sites/${lane!.id}/users`)).status).toBe(403);
  expect((await send(narrow, 'GET', '/v1.2/sites/00000000-0000-4000-8000-000000000000')).status).toBe(404);
});

test('An admin may assign the equal and lower roles, an owner all of them.', async () => {
  const codes = async (handler: typeof api): Promise<string[]> =>
    read<Page<{ code: string }>>(await send(handler, 'GET', `/v1.1/sites/${house!.id}/roles`)).items.map(
      ({ code }) => code,
    );
  expect(await codes(api)).toContain('site_owner');
  const asAdmin = await codes(saltoKsApi(world, callerOptions(admin)));
  expect(asAdmin).toContain('site_admin');
  expect(asAdmin).not.toContain('site_owner');
});

test('Somebody with a plain role has a good token and is refused the users.', async () => {
  const reply = await send(saltoKsApi(world, callerOptions(plain)), 'GET', users);
  expect([reply.status, read<{ ErrorCode: number }>(reply).ErrorCode]).toEqual([403, 2203]);
});

test("One's own user at a site and on the platform are two ids.", async () => {
  const handler = saltoKsApi(world, callerOptions(admin));
  const me = read<{ id: string; email: string }>(await send(handler, 'GET', '/v1.2/me'));
  const here = read<{ id: string; user: { id: string } }>(
    await send(handler, 'GET', `/v1.2/sites/${house!.id}/me`),
  );
  expect(here.user.id).toBe(me.id);
  expect(here.id).not.toBe(me.id);
  expect(here).toMatchObject({ ownership_state: 'none', member_of_pods: [], guest_of_pods: [] });
});

function roleId(of: ReturnType<typeof createWorld>, code: string, site = 0): string {
  return of.saltoKs.sites[site]!.roles.find((role) => role.code === code)!.id;
}

test('An invited system user is pending, and sees the site once the invitation is accepted.', async () => {
  const own = freshWorld();
  const target = `/v1.1/sites/${own.saltoKs.sites[1]!.id}/users`;
  const owner = saltoKsApi(own, optionsFor(access()));
  const robot = saltoKsApi(own, callerOptions(absent));
  expect(read<object[]>(await send(robot, 'GET', '/v1.2/sites'))).toEqual([]);
  const created = await send(owner, 'POST', target, {
    first_name: 'Absent', last_name: 'Robot', email: absent.username, role_ids: [roleId(own, 'site_owner', 1)],
  }); // prettier-ignore
  const user = read<SaltoKsUser>(created);
  expect([created.status, user.user.has_profile, user.roles[0]!.code]).toEqual([201, false, 'site_owner']);
  expect(own.installations('salto-ks', 'all')[1]!.users).toBe(414);
  expect(read<object[]>(await send(robot, 'GET', '/v1.2/sites'))).toEqual([]);
  expect(acceptInvitation(own.saltoKs, absent.username.toUpperCase())).toBe(true);
  expect(acceptInvitation(own.saltoKs, absent.username)).toBe(false);
  expect(read<object[]>(await send(robot, 'GET', '/v1.2/sites'))).toHaveLength(1);
  expect((await send(owner, 'DELETE', `${target}/${user.id}`)).status).toBe(202);
  expect(read<object[]>(await send(robot, 'GET', '/v1.2/sites'))).toEqual([]);
});

test('An existing account is found by search, linked, and not linked twice.', async () => {
  const own = freshWorld();
  const owner = saltoKsApi(own, optionsFor(access()));
  const site = own.saltoKs.sites[2]!;
  const search = `/v1.1/users/search?search_for=${encodeURIComponent(absent.username)}&for_site_id=${site.id}`;
  const found = read<{ id: string; is_linked: boolean }>(await send(owner, 'GET', search));
  expect(Object.keys(found)).toEqual([
    'id', 'first_name', 'last_name', 'image_url', 'is_managed', 'has_identity', 'is_linked',
  ]); // prettier-ignore
  expect(found.is_linked).toBe(false);
  const body = { user_id: found.id, role_ids: [roleId(own, 'site_owner', 2)] };
  const added = await send(owner, 'POST', `/v1.1/sites/${site.id}/users/existing`, body);
  expect([added.status, read<SaltoKsUser>(added).user.has_profile]).toEqual([201, true]);
  expect((await send(owner, 'POST', `/v1.1/sites/${site.id}/users/existing`, body)).status).toBe(400);
  expect(read<{ is_linked: boolean }>(await send(owner, 'GET', search)).is_linked).toBe(true);
  const robot = saltoKsApi(own, callerOptions(absent));
  expect(read<{ id: string }[]>(await send(robot, 'GET', '/v1.2/sites')).map(({ id }) => id)).toEqual([
    site.id,
  ]);
  const nobody = await send(owner, 'GET', search.replace('absent', 'nobody'));
  expect([nobody.status, read<{ ErrorCode: number }>(nobody).ErrorCode]).toEqual([404, 2202]);
});

test('A full site creates users as suspended, and roles come late, by switch.', async () => {
  const own = freshWorld();
  const body = { first_name: 'Tag', last_name: 'Holder', role_ids: [roleId(own, 'site_user')] };
  const full = saltoKsApi(own, optionsFor(access(), { 'ks.seatLimit': true }));
  const suspended = await send(full, 'POST', users, body);
  expect([suspended.status, read<SaltoKsUser>(suspended).subscription_state]).toEqual([201, 'suspended']);

  let time = now;
  const slow = saltoKsApi(own, { ...optionsFor(access(), { 'ks.rolesDelay': true }), now: () => time });
  const late = read<SaltoKsUser>(await send(slow, 'POST', users, body));
  expect(late.roles).toEqual([]);
  time += 61_000;
  expect(read<SaltoKsUser>(await send(slow, 'GET', `${users}/${late.id}`)).roles).toHaveLength(1);
});

test('Nobody gives or touches a role above the own.', async () => {
  const own = freshWorld();
  const handler = saltoKsApi(own, callerOptions(admin));
  const body = { first_name: 'A', last_name: 'B', role_ids: [roleId(own, 'site_owner')] };
  const given = await send(handler, 'POST', users, body);
  expect([given.status, read<{ ErrorCode: number }>(given).ErrorCode]).toEqual([403, 2203]);
  const owner = own.saltoKs.sites[0]!.users.at(0);
  expect((await send(handler, 'DELETE', `${users}/${owner.id}`)).status).toBe(403);
  const unknownRole = await send(handler, 'POST', users, { ...body, role_ids: ['nope'] });
  expect(read<{ ErrorCode: number }>(unknownRole).ErrorCode).toBe(1101);
});

test('A user is changed, suspended by `state`, and the seats follow.', async () => {
  const own = freshWorld();
  const site = own.saltoKs.sites[0]!;
  const handler = saltoKsApi(own, optionsFor(access()));
  const path = `${users}/${site.users.at(1).id}`;
  const seats = site.used.seats;
  const patch = { role_ids: [roleId(own, 'site_guest')], blocked: true };
  expect(read<SaltoKsUser>(await send(handler, 'PATCH', path, patch)).blocked).toBe(true);
  expect(
    (await send(handler, 'PATCH', `${path}/subscription`, { subscription_state: 'suspended' })).status,
  ).toBe(400);
  expect((await send(handler, 'PATCH', `${path}/subscription`, { state: 'suspended' })).status).toBe(200);
  expect(site.used.seats).toBe(seats - 1);
  const now = read<SaltoKsUser>(await send(handler, 'GET', path));
  expect([now.roles.map(({ code }) => code), now.subscription_state]).toEqual([['site_guest'], 'suspended']);
});
