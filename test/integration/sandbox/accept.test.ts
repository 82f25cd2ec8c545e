import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { ask, jsonOf } from '../vendor-bodies/judge.ts';
import { tokenOf } from '../vendor-bodies/tokens.ts';
import { basic, bearer, openBench, postForm } from './identity-visit.ts';
import type { Bench } from './identity-visit.ts';

/* `POST /accept` stands for the link in an invitation's mail: no vendor has an API for it (vendor-apis 1.8). */

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ users: 60 });
});
afterAll(() => bench.close());
afterEach(() => bench.control('POST', '/reset'));

const invited = { username: 'pia.nordby@harbour-house.example', password: 'demo-quayside-15' };
const absent = { username: 'absent.system@harbour-partners.example', password: 'demo-quayside-9' };

const login = (account: { username: string; password: string }) =>
  postForm(
    bench.vendor('salto-ks').tokenEndpoint,
    { grant_type: 'password', ...account, scope: 'user_api.full_access' },
    basic('harbour-service', 'demo-lantern-23'),
  );
const accept = async (email: unknown): Promise<number> =>
  (await bench.control('POST', '/accept', { email })).status;

async function sitesOf(account: { username: string; password: string }): Promise<string[]> {
  const { body } = await login(account);
  const headers = bearer(body['access_token']);
  const page = jsonOf(await ask('GET', `${bench.vendor('salto-ks').apiBase}/v1.1/sites`, { headers }));
  return (page['items'] as { id: string }[]).map(({ id }) => id);
}

async function asOwner(): Promise<Record<string, string>> {
  const vendor = bench.vendor('salto-ks');
  return bearer(
    await tokenOf(
      vendor,
      vendor.clients.find(({ grant }) => grant === 'password')!,
    ),
  );
}

test('an invited person cannot sign in, accepts, signs in and sees the site; a reset takes it back', async () => {
  expect(await login(invited)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(await accept(invited.username.toUpperCase())).toBe(204);
  expect(await sitesOf(invited)).toEqual([bench.vendor('salto-ks').installations[0]!.id]);
  expect(await accept(invited.username)).toBe(404);
  await bench.control('POST', '/reset');
  expect((await login(invited)).status).toBe(400);
});

test('a system user added by e-mail sees the site only after accepting', async () => {
  const vendor = bench.vendor('salto-ks');
  const site = vendor.installations[1]!.id;
  const headers = await asOwner();
  const users = `${vendor.apiBase}/v1.1/sites/${site}`;
  const roles = jsonOf(await ask('GET', `${users}/roles`, { headers }))['items'] as {
    id: string;
    code: string;
  }[];
  const json = {
    first_name: 'Absent',
    last_name: 'System',
    email: absent.username,
    role_ids: [roles.find(({ code }) => code === 'site_owner')!.id],
  };
  expect((await ask('POST', `${users}/users`, { headers, json })).status).toBe(201);
  expect(await sitesOf(absent)).toEqual([]);
  expect(await accept(absent.username)).toBe(204);
  expect(await sitesOf(absent)).toEqual([site]);
});

test('a seeded pending user accepts too, and only that changes', async () => {
  const vendor = bench.vendor('salto-ks');
  const headers = await asOwner();
  const list = `${vendor.apiBase}/v1.1/sites/${vendor.installations[0]!.id}/users?$top=100`;
  const pending = async (): Promise<string[]> => {
    const page = jsonOf(await ask('GET', list, { headers }));
    const members = page['items'] as { user: { has_profile: boolean; email: string | null } }[];
    return members.flatMap(({ user }) => (user.has_profile || user.email === null ? [] : [user.email]));
  };
  const before = await pending();
  expect(before.length).toBeGreaterThan(2);
  expect(await accept(before[0])).toBe(204);
  expect(await pending()).toEqual(before.slice(1));
});

test.each([[{}], [{ email: 5 }], [{ email: 'x@y.example', name: 'x' }]])(
  'accepting %j says what is needed',
  async (body) => {
    const answer = await bench.control('POST', '/accept', body);
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      400,
      expect.stringContaining('email'),
    ]);
  },
);

test('nobody is invited under an unknown address, nor under that of somebody who is in already', async () => {
  expect(await accept('nobody@site.example')).toBe(404);
  expect(await accept('system.user@harbour-partners.example')).toBe(404);
});
