import { expect, test } from 'vitest';
import { fail, ok } from '../../../preload/errors.ts';
import { konexus } from '../../../main/providers/konexus/api.ts';
import * as bodies from '../../fixtures/vendor-bodies/konexus.ts';
import { collect, talk } from './scripted-api.ts';

const tenant = { id: '4711', name: 'Tenant 4711' };
const claims = ok(bodies.accessTokenClaims);
const apiBase = 'https://admin.site.example/api';

test('the one installation is the tenant of the access token, and nothing is asked of the API', async () => {
  const { context, requests } = talk(konexus, () => ({ status: 500 }), { claims });
  const list = await collect(konexus.listInstallations(context));
  expect(list).toMatchObject({
    error: null,
    pages: [{ total: 1 }],
    rows: [{ ...tenant, state: null, timeZone: null, userCount: null }],
  });
  expect(JSON.stringify(list.rows)).not.toContain('jti');
  expect(requests).toEqual([]);
});

test.each([
  ['an opaque token', ok(null)],
  ['a token without the claim', ok({ sub: '1' })],
  ['a claim of another type', ok({ tenantId: ['4711'] })],
])('%s is a named failure, not an empty list', async (_, other) => {
  const list = await collect(konexus.listInstallations(talk(konexus, () => ({}), { claims: other }).context));
  expect(list).toMatchObject({ pages: [], error: { code: 'response_unexpected' } });
});

test('a missing session is passed on', async () => {
  const missing = fail('sign_in_needed', 'Sign in first.', 'Sign in.');
  const list = await collect(
    konexus.listInstallations(talk(konexus, () => ({}), { claims: missing }).context),
  );
  expect(list.error).toEqual(missing.error);
});

test.each([bodies.contactsOfSchema, bodies.contactsOfExample, bodies.contactsPascal])(
  'contacts are read in every form: $source',
  async (body) => {
    const { context, requests } = talk(konexus, () => body, { claims, apiBase });
    const list = await collect(konexus.listUsers(context, tenant));
    expect(list.error).toBeNull();
    expect(list.rows).toMatchObject([
      { id: '501', displayName: 'Cora Bell', email: 'cora@bell.example', roles: [], status: 'active' },
    ]);
    expect(requests).toEqual([
      {
        method: 'POST',
        url: `${apiBase}/v2/contacts/find`,
        json: { page: 1, pageSize: 100 },
        repeatable: true,
      },
    ]);
  },
);

test('the Directory envelope, which has no status, is a list too', async () => {
  const list = await collect(
    konexus.listUsers(talk(konexus, () => bodies.directoryPage, { claims }).context, tenant),
  );
  expect(list).toMatchObject({ error: null, rows: [], pages: [{ total: 0 }] });
});

test('pages are followed until all have come, also where the server gives fewer than asked for', async () => {
  const { context, requests } = talk(
    konexus,
    (request) => {
      const { page } = request.json as { page: number };
      const items = Array.from({ length: page === 3 ? 10 : 25 }, (_, index) => ({ id: page * 100 + index }));
      return { body: { totalItemCount: 60, pageCount: 3, page, pageSize: 25, items, hasErrors: false } };
    },
    { claims },
  );
  const list = await collect(konexus.listUsers(context, tenant));
  expect(list.error).toBeNull();
  expect(list.rows).toHaveLength(60);
  expect(requests.map((request) => (request.json as { page: number }).page)).toEqual([1, 2, 3]);
});

test('without a total the list goes on to an empty page', async () => {
  const { context, requests } = talk(
    konexus,
    (_, count) => ({ body: { items: count < 3 ? [{ id: count }] : [] } }),
    { claims },
  );
  expect(await collect(konexus.listUsers(context, tenant))).toMatchObject({ error: null, rows: [{}, {}] });
  expect(requests).toHaveLength(3);
});

test('a server that gives the first page for every page is stopped', async () => {
  const { context, requests } = talk(
    konexus,
    () => ({ body: { totalItemCount: 1000, items: [{ id: 1 }, { id: 2 }] } }),
    { claims },
  );
  const list = await collect(konexus.listUsers(context, tenant));
  expect(list.error?.code).toBe('response_unexpected');
  expect(list.rows).toHaveLength(2);
  expect(requests).toHaveLength(3); // the third was on its way when the second had come
});

test('errors inside a 200 are errors', async () => {
  const read = async (body: unknown) =>
    (await collect(konexus.listUsers(talk(konexus, () => ({ body }), { claims }).context, tenant))).error;
  expect(await read(bodies.notFoundEnvelope.body)).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('Group not found') as string,
  });
  expect(await read({ items: [], hasErrors: true })).toMatchObject({ code: 'provider_failed' });
  expect(
    await read({
      items: [],
      status: { isSuccess: false, errorCode: 'constructor', validationFailures: [{}] },
    }),
  ).toMatchObject({ code: 'input_invalid' });
  expect(await read({ error: 'Something broke.' })).toMatchObject({ code: 'provider_failed' });
});

test('another tenant than that of the token is not found, and a filter is refused', async () => {
  const { context, requests } = talk(konexus, () => bodies.contactsOfSchema, { claims });
  expect((await collect(konexus.listUsers(context, { id: '9', name: '' }))).error?.code).toBe('not_found');
  expect((await collect(konexus.listUsers(context, tenant, { filter: 'x' }))).error?.code).toBe(
    'input_invalid',
  );
  expect(requests).toEqual([]);
});
