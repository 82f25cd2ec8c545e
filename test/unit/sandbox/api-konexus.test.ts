import { expect, test } from 'vitest';
import { konexusApi } from '../../../main/sandbox/api/konexus.ts';
import type { Switches } from '../../../main/sandbox/contract.ts';
import { createWorld } from '../../../main/sandbox/data/world.ts';
import { access, exchange, optionsFor, read, send } from './api-request.ts';

interface Contact {
  id: number;
  firstName: string;
  lastName: string;
  externalId: string | null;
  emails: (string | { address: string })[];
  phones: (string | { number: string })[];
  type: string;
}
interface Envelope<T> {
  totalItemCount: number;
  pageCount: number;
  page: number;
  pageSize: number;
  items: T[];
  status: { isSuccess: boolean; errorCode: string };
  hasErrors: boolean;
  isValid: boolean;
}

const world = createWorld({ seed: 1 });
const api = konexusApi(world, optionsFor(access()));
const members = Array.from({ length: world.konexus.members.count() }, (_, at) =>
  world.konexus.members.at(at),
);

const find = async (body: object, handler = api): Promise<Envelope<Contact>> =>
  read(await send(handler, 'POST', '/api/v2/contacts/find', body));

test('Contacts come in the v2 envelope, 25 a page from page 1.', async () => {
  const page = await find({});
  expect(page).toMatchObject({
    totalItemCount: 480,
    pageCount: 20,
    page: 1,
    pageSize: 25,
    status: { isSuccess: true, errorCode: 'None', validationFailures: [], messages: [] },
    hasErrors: false,
    isValid: true,
  });
  expect(page.items).toHaveLength(25);
  expect(Object.keys(page.items[0]!)).toEqual([
    'id', 'credentialId', 'externalId', 'firstName', 'lastName', 'title', 'emails', 'phones', 'chatUser', 'asset', 'type',
    'notes', 'mobileAppUser', 'agency', 'status', 'businessAddress',
  ]); // prettier-ignore
  const empty = await api(exchange('POST', '/api/v2/contacts/find'));
  expect(read<Envelope<Contact>>(empty!).totalItemCount).toBe(480);
});

test('Every contact is on exactly one page, and pages after the last are empty.', async () => {
  const ids = new Set<number>();
  for (let page = 1; page <= 5; page += 1) {
    for (const { id } of (await find({ page, pageSize: 100 })).items) ids.add(id);
  }
  expect(ids.size).toBe(480);
  expect((await find({ page: 6, pageSize: 100 })).items).toEqual([]);
});

test('E-mails and phones are objects, texts or both, by switch.', async () => {
  const kinds = async (form?: string): Promise<string[]> => {
    const switches: Switches = form === undefined ? {} : { 'konexus.emailForm': form };
    const { items } = await find({ pageSize: 100 }, konexusApi(world, optionsFor(access(), switches)));
    return [
      ...new Set(items.flatMap(({ emails, phones }) => [...emails, ...phones].map((one) => typeof one))),
    ].sort();
  };
  expect(await kinds()).toEqual(['object', 'string']);
  expect(await kinds('object')).toEqual(['object']);
  expect(await kinds('string')).toEqual(['string']);
  const { items } = await find(
    { pageSize: 100 },
    konexusApi(world, optionsFor(access(), { 'konexus.emailForm': 'object' })),
  );
  expect(items.flatMap(({ emails }) => emails)[0]).toEqual({ address: members[0]!.person.email });
});

test('Contacts are searched by name, e-mail, phone, id, group and type.', async () => {
  const someone = members[3]!;
  const { given, family, email } = someone.person;
  expect((await find({ search: `${given} ${family}`.toUpperCase() })).items.map(({ id }) => id)).toContain(
    someone.id,
  );
  const byLastName = await find({ lastNameSearch: family.slice(0, 3), pageSize: 500 });
  expect(byLastName.items.every(({ lastName }) => lastName.startsWith(family.slice(0, 3)))).toBe(true);
  expect((await find({ emailSearch: email })).totalItemCount).toBe(1);
  expect((await find({ emailSearch: email!.slice(0, 6) })).totalItemCount).toBe(0);
  expect(
    (await find({ emailSearch: email!.slice(0, 6), emailPrefixMatching: true })).totalItemCount,
  ).toBeGreaterThan(0);
  expect((await find({ phoneNumberSearch: someone.phone })).items.map(({ id }) => id)).toContain(someone.id);
  expect((await find({ phoneNumberSearch: 'none' })).totalItemCount).toBe(0);
  expect((await find({ contactIds: [someone.id] })).items.map(({ id }) => id)).toEqual([someone.id]);
  const external = members.find(({ externalId }) => externalId !== null)!;
  expect((await find({ externalIds: [external.externalId] })).items.map(({ id }) => id)).toEqual([
    external.id,
  ]);
  const inGroups = (...ids: number[]): number =>
    members.filter(({ groupId }) => ids.includes(groupId ?? 0)).length;
  expect((await find({ groupId: 9001 })).totalItemCount).toBe(inGroups(9001));
  expect((await find({ groupIds: [9001], includeNestedGroups: true })).totalItemCount).toBe(
    inGroups(9001, 9002, 9003, 9004, 9005),
  );
  expect((await find({ findUngroupedMembers: true })).totalItemCount).toBe(
    members.filter(({ groupId }) => groupId === null).length,
  );
  expect(
    (await find({ userType: 'public', pageSize: 500 })).items.every(({ type }) => type === 'Public'),
  ).toBe(true);
});

test('Contacts are sorted by a comma list without regard to case, and unknown names are refused.', async () => {
  const { items } = await find({ sort: '-LASTNAME,firstname', pageSize: 500 });
  const names = items.map(({ lastName }) => lastName.toLowerCase());
  expect(names).toEqual([...names].sort().reverse());
  const reply = await send(api, 'POST', '/api/v2/contacts/find', { sort: 'shoeSize' });
  expect([reply.status, Object.keys(read<object>(reply))]).toEqual([400, ['error']]);
  expect((await send(api, 'POST', '/api/v2/contacts/find', { page: 0 })).status).toBe(400);
  expect((await send(api, 'POST', '/api/v2/contacts/find', [])).status).toBe(400);
});

test("The group tree has the vendor's nodes, and an unknown group fails inside a 200.", async () => {
  const tree = read<Envelope<{ id: number; path: string; memberCount: number }>>(
    await send(api, 'GET', '/api/v2.1/groups/tree?groupId=9001'),
  );
  expect(tree.items.map(({ id }) => id)).toEqual([9001, 9002, 9003, 9004, 9005]);
  expect(tree.items[2]).toMatchObject({ parentId: 9002, path: 'County staff / Harbour watch / Night shift' });
  expect(Object.keys(tree.items[0]!)).toEqual([
    'id', 'parentId', 'name', 'isLink', 'externalId', 'classification', 'childGroupCount', 'memberCount',
    'showOnPublicSignUp', 'defaultPublicGroup', 'description', 'addedOn', 'path',
  ]); // prettier-ignore
  const reply = await send(api, 'GET', '/api/v2.1/groups/tree?groupId=1');
  expect(reply.status).toBe(200);
  expect(read(reply)).toMatchObject({
    hasErrors: true,
    isValid: false,
    status: { isSuccess: false, errorCode: 'NotFound' },
  });
});

test('The directory finds somebody by an exact field and nobody without one, but by switch.', async () => {
  const path = '/api/4711/directory/public/users';
  const query = async (body: object, handler = api): Promise<Envelope<Record<string, { id: string }>>> =>
    read(await send(handler, 'POST', `${path}/query`, body));
  const someone = members[3]!;
  const found = await query({ email: someone.person.email });
  expect(Object.keys(found)).toEqual(['totalItemCount', 'page', 'pageSize', 'items']);
  expect(found.items).toHaveLength(1);
  expect(found.items[0]).toMatchObject({
    profile: { id: String(someone.id) },
    tenant: { id: '4711' },
    directory: { id: 'public' },
  });
  expect((await query({})).totalItemCount).toBe(0);
  expect(
    (await query({}, konexusApi(world, optionsFor(access(), { 'konexus.usersQueryAll': true }))))
      .totalItemCount,
  ).toBe(480);
  const invalid = await send(api, 'POST', `${path}/query`, { email: 5 });
  expect([invalid.status, Object.keys(read<{ errors: object }>(invalid).errors)]).toEqual([400, ['email']]);
  const profile = read<{ name: object }>(await send(api, 'GET', `${path}/${someone.id}`));
  expect(profile).toMatchObject({ tenantId: '4711', name: { familyName: someone.person.family } });
});

test('Another tenant is 403, another directory or user 404, and a missing scope 403.', async () => {
  const status = async (path: string, handler = api): Promise<number> =>
    (await send(handler, 'GET', `/api${path}`)).status;
  expect(await status('/4712/directory/public/users/4200001')).toBe(403);
  expect(await status('/4711/directory/private/users/4200001')).toBe(404);
  expect(await status('/4711/directory/public/users/1')).toBe(404);
  const narrow = konexusApi(world, optionsFor(access({ scopes: ['tamarack'] })));
  expect(await status('/4711/directory/public/users/4200001', narrow)).toBe(403);
});

test('Without a token v2 says so in its words and the directory says nothing.', async () => {
  const nobody = konexusApi(world, optionsFor('missing'));
  const v2 = await send(nobody, 'POST', '/api/v2/contacts/find', {});
  expect([v2.status, read(v2)]).toEqual([401, { error: 'Unauthorized.' }]);
  expect(await send(nobody, 'GET', '/api/4711/directory/public/users/4200001')).toEqual({ status: 401 });
  expect(await nobody(exchange('GET', '/connect/token'))).toBeNull();
});
