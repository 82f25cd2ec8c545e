import { expect, test } from 'vitest';
import { fail, ok } from '../../../preload/errors.ts';
import { konexus } from '../../../main/providers/konexus/api.ts';
import type { Provider, ProviderContext } from '../../../main/providers/provider.ts';
import { saltoKs } from '../../../main/providers/salto-ks/api.ts';
import { saltoNebula } from '../../../main/providers/salto-nebula/api.ts';
import { smartenit } from '../../../main/providers/smartenit/api.ts';
import { type ScriptedAnswer, collect, talk } from './scripted-api.ts';

/** What holds for the lists of every vendor, whatever answers. */
const vendors: [string, Provider, (rows: unknown[]) => unknown, (id: unknown) => Record<string, unknown>][] =
  [
    ['Salto KS', saltoKs, (items) => ({ items, next_page_link: null }), (id) => ({ id })],
    ['Salto Nebula', saltoNebula, (users) => ({ users }), (id) => ({ name: id })],
    ['Konexus', konexus, (items) => ({ totalItemCount: items.length, items }), (id) => ({ id })],
    ['Smartenit', smartenit, (data) => ({ data, _links: { total: data.length } }), (id) => ({ _id: id })],
  ];

const usersOf = (provider: Provider, context: ProviderContext) =>
  collect(provider.listUsers(context, { id: '4711', name: 'Somewhere' }));

test.each(vendors)(
  '%s: an unexpected shape is a named failure, never an empty list',
  async (label, provider) => {
    const shapes = [
      null,
      true,
      7,
      'private',
      { private: 'private' },
      { items: null, users: 'private', data: null },
      { items: {}, users: {}, data: {} },
      { items: [null], users: [null], data: [null] },
      { items: [[]], users: [[]], data: [[]] },
      { items: ['private'], users: ['private'], data: ['private'] },
      { items: [{}], users: [{}], data: [{}] },
    ];
    for (const body of shapes) {
      const list = await usersOf(provider, talk(provider, () => ({ body })).context);
      expect([body, list.error?.code, list.pages]).toEqual([body, 'response_unexpected', []]);
      expect(list.error?.message).toMatch(/expected .*, got /);
      expect(list.error?.message).toContain(label);
      expect(list.error?.message.replace('members private', '')).not.toContain('private');
    }
  },
);

test.each(vendors)(
  '%s: a proxy page, an empty body and a cut-off answer are named failures',
  async (_, provider) => {
    const answers: ScriptedAnswer[] = [
      {
        text: '<html>Sign in to the guest network</html>',
        headers: { 'content-type': 'text/html; charset=utf-8' },
      },
      { text: '', headers: {} },
      { text: '{"items":[{"id":"a"},', headers: { 'content-type': 'application/json' } },
    ];
    const messages: (string | undefined)[] = [];
    for (const answer of answers) {
      const list = await usersOf(provider, talk(provider, () => answer).context);
      expect(list.error?.code).toBe('response_unexpected');
      expect(list.pages).toEqual([]);
      messages.push(list.error?.message);
    }
    expect(messages[0]).toContain('text/html');
    expect(messages.join(' ')).not.toContain('guest network');
    expect(messages[1]).toContain('an empty body');
  },
);

test.each(vendors)(
  '%s: ids that name nothing are refused, hostile names are kept as text',
  async (_, provider, wrap, row) => {
    for (const id of ['', ' ', null, {}, [], 1e300, true]) {
      const list = await usersOf(provider, talk(provider, () => ({ body: wrap([row(id)]) })).context);
      expect([id, list.error?.code]).toEqual([id, 'response_unexpected']);
    }
    const odd = '=HYPERLINK("x")\u0000\u202e<script>\ud800';
    const names = { display_name: odd, user: { first_name: odd }, firstName: odd, profile: { name: odd } };
    const list = await usersOf(
      provider,
      talk(provider, () => ({ body: wrap([{ ...row('a'), ...names }]) })).context,
    );
    expect(list.error).toBeNull();
    expect(list.rows.map((user) => user.displayName)).toEqual([odd]);
  },
);

test.each(vendors)(
  '%s: __proto__ and constructor members change nothing, deep and huge values are kept',
  async (_, provider, wrap, row) => {
    const text = JSON.stringify(wrap([{ ...row('a'), marker: 0 }])).replace(
      '"marker":0',
      `"__proto__":{"blocked":true,"polluted":1},"constructor":{"prototype":{"polluted":1}},"deep":${'['.repeat(20_000)}${']'.repeat(20_000)},"huge":"${'x'.repeat(1_000_000)}"`,
    );
    const list = await usersOf(provider, talk(provider, () => ({ text })).context);
    expect(list.error).toBeNull();
    expect(list.rows.map((user) => [user.id, user.status])).toEqual([['a', 'active']]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
);

test.each(vendors)('%s: members of other types become defaults', async (_, provider, wrap, row) => {
  const wrong = {
    user: 'x',
    profile: 7,
    emails: { address: 'x' },
    email: 5,
    username: ['x'],
    roles: 'admin',
    blocked: 'yes',
    expires_at: 5,
    expire_time: {},
    firstName: 3,
    alias: {},
    display_name: null,
  };
  const list = await usersOf(
    provider,
    talk(provider, () => ({ body: wrap([{ ...row('a'), ...wrong }]) })).context,
  );
  expect(list.error).toBeNull();
  expect(list.rows).toMatchObject([{ id: 'a', displayName: 'a', email: null, roles: [], status: 'active' }]);
});

test.each(vendors)(
  '%s: a missing answer on page 2 ends the list with that failure, page 1 stands',
  async (_, provider, _wrap, row) => {
    const down = fail('network_unreachable', 'The network is away.', 'Check it.');
    const first = {
      items: [row('a')],
      users: [row('a')],
      data: [row('a')],
      next_page_link: '/second',
      next_page_token: 'second',
      totalItemCount: 2,
      _links: { total: 2 },
    };
    const body = provider === saltoNebula ? { users: first.users, next_page_token: 'second' } : first;
    const { context, requests } = talk(provider, (_request, count) =>
      count === 1 ? { body } : { failure: down.error },
    );
    const list = await usersOf(provider, context);
    expect(list.rows.map((user) => user.id)).toEqual(['a']);
    expect(list.error).toEqual(down.error);
    expect(requests).toHaveLength(2);
  },
);

test.each(vendors)('%s: an aborted list asks nothing more', async (_, provider, wrap, row) => {
  const { context, requests } = talk(provider, () => ({ body: wrap([row('a')]) }), {
    signal: AbortSignal.abort(),
  });
  expect((await usersOf(provider, context)).error?.code).toBe('cancelled');
  expect(requests).toEqual([]);
});

test.each(vendors)(
  '%s: a list that is left early asks for no page but the one that is on its way',
  async (_, provider, wrap, row) => {
    const body = { ...(wrap([row('a')]) as object), next_page_link: '/more', next_page_token: 'more' };
    const { context, requests } = talk(provider, () => ({ body }));
    for await (const page of provider.listUsers(context, { id: '4711', name: '' })) {
      expect(page.ok).toBe(true);
      break;
    }
    expect(requests.length).toBeLessThanOrEqual(2);
  },
);

test.each(vendors)(
  '%s: the next page is on its way before the rows of this one are read',
  async (_, provider, wrap) => {
    const more = {
      next_page_link: '/more',
      next_page_token: 'more',
      totalItemCount: 9,
      _links: { total: 9 },
    };
    const body = { ...(wrap([{}]) as object), ...more };
    const { context, requests } = talk(provider, () => ({ body }));
    // The row has no id: reading it ends the list.
    expect((await usersOf(provider, context)).error?.code).toBe('response_unexpected');
    expect(requests).toHaveLength(2);
  },
);

test.each(vendors)('%s: an installation id cannot climb out of the path', async (_, provider, wrap, row) => {
  const { context, requests } = talk(provider, () => ({ body: wrap([row('a')]) }), { claims: ok(null) });
  await collect(provider.listUsers(context, { id: '../../admin?x=1#', name: '' }));
  for (const request of requests) expect(new URL(request.url).pathname).not.toContain('/admin');
  const climbing = await collect(provider.listUsers(context, { id: '..', name: '' }));
  const usesId = provider.profile.paths.users?.includes('{installation}') === true;
  expect(climbing.error?.code).toBe(usesId ? 'input_invalid' : undefined);
});

test('a cursor list that never ends is stopped after a run of empty pages', async () => {
  const { context, requests } = talk(saltoNebula, (_, count) => ({ body: { next_page_token: `t${count}` } }));
  expect((await usersOf(saltoNebula, context)).error?.code).toBe('response_unexpected');
  expect(requests.length).toBeLessThan(200);
});

test('a page asked for ahead that nobody waits for any more may break without ending the process', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): number => unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    const { context } = talk(saltoKs, () => ({
      body: { items: [{ id: 'a' }], next_page_link: '/v1.2/next' },
    }));
    let sent = 0;
    const breaking: ProviderContext = {
      ...context,
      api: {
        send: (request) => {
          sent += 1;
          return sent === 1 ? context.api.send(request) : Promise.reject(new Error('Invented.'));
        },
      },
    };
    for await (const page of saltoKs.listInstallations(breaking)) {
      expect(page.ok).toBe(true);
      break;
    }
    expect(sent).toBe(2);
    // A rejection is called unhandled when the turn is over.
    await new Promise(setImmediate);
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
