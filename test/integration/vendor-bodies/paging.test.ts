import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBench } from '../sandbox/identity-visit.ts';
import type { Bench } from '../sandbox/identity-visit.ts';
import { tokenOf } from './tokens.ts';
import { walkUsers } from './walk.ts';

/* First, middle and last page of each vendor's list: what the envelope says of the pages around it. */

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ users: 100 });
});
afterAll(() => bench.close());

async function walk(provider: 'salto-ks' | 'salto-nebula' | 'konexus' | 'smartenit', size: number) {
  const vendor = bench.vendor(provider);
  const client = vendor.clients.find(({ grant }) => grant === 'password') ?? vendor.clients[0]!;
  return walkUsers(vendor, await tokenOf(vendor, client), vendor.installations[0]!.id, size);
}

test('Salto KS: an absolute link with $skip until the last page, and no count unless asked for', async () => {
  const { apiBase, installations } = bench.vendor('salto-ks');
  const { pages, sizes } = await walk('salto-ks', 40);
  expect(sizes).toEqual([40, 40, 20]);
  const link = (skip: number): string =>
    `${apiBase}/v1.1/sites/${installations[0]!.id}/users?$top=40&$skip=${skip}`;
  expect(pages).toEqual([
    { next_page_link: link(40), count: null },
    { next_page_link: link(80), count: null },
    { next_page_link: null, count: null },
  ]);
});

test('Salto Nebula: a token until the last page, which has none, and a total on each', async () => {
  const { pages, sizes } = await walk('salto-nebula', 300);
  expect(sizes).toEqual([300, 300, 40]);
  const token: unknown = expect.stringMatching(/./u);
  expect(pages).toEqual([
    { next_page_token: token, total_size: 640 },
    { next_page_token: token, total_size: 640 },
    { total_size: 640 },
  ]);
});

test('Konexus: page numbers from 1 and the counts on each page', async () => {
  const { pages, sizes } = await walk('konexus', 200);
  expect(sizes).toEqual([200, 200, 80]);
  const counts = { totalItemCount: 480, pageCount: 3, pageSize: 200, hasErrors: false, isValid: true };
  expect(pages).toMatchObject([
    { ...counts, page: 1 },
    { ...counts, page: 2 },
    { ...counts, page: 3 },
  ]);
});

test('Smartenit: 25 a page at most, whatever limit says, and the total alone in _links', async () => {
  const { pages, sizes } = await walk('smartenit', 25);
  expect(sizes.slice(0, -1).every((size) => size === 25)).toBe(true);
  expect(sizes).toHaveLength(Math.ceil(bench.vendor('smartenit').installations[0]!.users / 25));
  const total = bench.vendor('smartenit').installations[0]!.users;
  expect(new Set(pages.map((page) => JSON.stringify(page)))).toEqual(
    new Set([JSON.stringify({ _links: { total } })]),
  );
});
