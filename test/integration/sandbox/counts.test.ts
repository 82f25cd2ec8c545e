import { afterEach, expect, test } from 'vitest';

import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import { ask, jsonOf } from '../vendor-bodies/judge.ts';
import { tokenOf } from '../vendor-bodies/tokens.ts';
import { walkUsers } from '../vendor-bodies/walk.ts';
import { bearer, openBench } from './identity-visit.ts';
import type { Bench } from './identity-visit.ts';

type Vendor = SandboxDescription['vendors'][number];

const open: Bench[] = [];
afterEach(() => Promise.all(open.splice(0).map((bench) => bench.close())));

async function start(users?: number): Promise<Bench> {
  const bench = await openBench(users === undefined ? {} : { users });
  open.push(bench);
  return bench;
}

const pageSizes = { 'salto-ks': 100, 'salto-nebula': 1000, konexus: 500, smartenit: 25 };

async function counted(vendor: Vendor, token: string): Promise<{ id: string; users: number }[]> {
  const counts = [];
  for (const { id } of vendor.installations) {
    const { ids } = await walkUsers(vendor, token, id, pageSizes[vendor.provider]);
    counts.push({ id, users: ids.length });
  }
  return counts;
}

/** Ids and counts of the description, without names. */
const described = ({ installations }: Vendor): { id: string; users: number }[] =>
  installations.map(({ id, users }) => ({ id, users }));

test.each([undefined, 7, 10_000])(
  'with %s users the first Salto KS site lists exactly so many',
  async (users) => {
    const bench = await start(users);
    const vendor = bench.vendor('salto-ks');
    const client = vendor.clients.find(({ grant }) => grant === 'password')!;
    const counts = await counted(vendor, await tokenOf(vendor, client));
    expect(vendor.installations[0]!.users).toBe(users ?? 1500);
    expect(counts).toEqual(described(vendor));
    const headers = bearer(await tokenOf(vendor, client));
    const list = `${vendor.apiBase}/v1.1/sites/${vendor.installations[0]!.id}/users`;
    const page = jsonOf(await ask('GET', `${list}?$top=0&$inlinecount=allpages`, { headers }));
    expect(page['count']).toBe(users ?? 1500);
  },
);

test('every listed client lists in every installation what the description counts', async () => {
  const bench = await start(60);
  let clients = 0;
  for (const { provider } of bench.description.vendors) {
    const vendor = bench.vendor(provider);
    for (const client of vendor.clients) {
      // Smartenit's client credentials read nothing, by the vendor's words (vendor-apis 4.1).
      if (provider === 'smartenit' && client.grant === 'client_credentials') continue;
      clients += 1;
      expect([client.clientId, await counted(vendor, await tokenOf(vendor, client))]).toEqual([
        client.clientId,
        described(vendor),
      ]);
    }
  }
  expect(clients).toBe(8);
});

test('every listed account lists in every installation what the description counts', async () => {
  const bench = await start(60);
  for (const provider of ['salto-ks', 'smartenit'] as const) {
    const vendor = bench.vendor(provider);
    const client = vendor.clients.find(({ grant }) => grant === 'password')!;
    for (const account of vendor.accounts) {
      expect([account.role, await counted(vendor, await tokenOf(vendor, client, account))]).toEqual([
        account.role,
        described(vendor),
      ]);
    }
  }
});

test('the description follows what is added and removed', async () => {
  const bench = await start(30);
  const vendor = bench.vendor('salto-ks');
  const client = vendor.clients.find(({ grant }) => grant === 'password')!;
  const headers = bearer(await tokenOf(vendor, client));
  const site = `${vendor.apiBase}/v1.1/sites/${vendor.installations[0]!.id}`;
  const present = async (): Promise<number> => {
    const now = (await (await bench.control('GET', '/')).json()) as SandboxDescription;
    return now.vendors[0]!.installations[0]!.users;
  };
  const { items: roles } = jsonOf(await ask('GET', `${site}/roles`, { headers }));
  const person = { first_name: 'Nova', last_name: 'Reed', role_ids: [(roles as { id: string }[])[0]!.id] };
  const added = await ask('POST', `${site}/users`, { headers, json: person });
  expect(await present()).toBe(31);
  const detail = jsonOf(await ask('GET', site, { headers }));
  expect(detail['active_user_amount']).toBe(30 - (await suspended(site, headers)) + 1);
  await ask('DELETE', `${site}/users/${String(jsonOf(added)['id'])}`, { headers });
  expect(await present()).toBe(30);
});

async function suspended(site: string, headers: Record<string, string>): Promise<number> {
  const filter = encodeURIComponent("subscription_state eq 'suspended'");
  const page = jsonOf(await ask('GET', `${site}/users?$filter=${filter}&$count=true&$top=0`, { headers }));
  return Number(page['count']);
}
