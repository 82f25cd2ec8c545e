import { expect } from 'vitest';

import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import type { Shape } from '../../support/vendor-shapes/shape.ts';
import * as ks from '../../support/vendor-shapes/salto-ks.ts';
import * as kon from '../../support/vendor-shapes/konexus.ts';
import * as neb from '../../support/vendor-shapes/salto-nebula.ts';
import * as sma from '../../support/vendor-shapes/smartenit.ts';
import { bearer } from '../sandbox/identity-visit.ts';
import { ask, jsonOf } from './judge.ts';

type Vendor = SandboxDescription['vendors'][number];
type Body = Record<string, unknown>;

/** One vendor's paging as its page describes it, by plain HTTP and without any code of the providers. */
interface Paging {
  readonly shape: Shape;
  readonly first: (base: string, installation: string, size: number) => { url: string; json?: unknown };
  readonly items: (body: Body) => unknown[];
  readonly next: (body: Body, url: string, page: number) => { url: string; json?: unknown } | null;
}

const pagings: Record<Vendor['provider'], Paging> = {
  'salto-ks': {
    shape: ks.pageOf(ks.siteUser),
    first: (base, site, size) => ({ url: `${base}/v1.1/sites/${site}/users?$top=${size}` }),
    items: (body) => body['items'] as unknown[],
    next: ({ next_page_link: link }) => (typeof link === 'string' ? { url: link } : null),
  },
  'salto-nebula': {
    shape: neb.pageOf('users', neb.user),
    first: (base, id, size) => ({ url: `${base}/v1/installations/${id}/users?page_size=${size}` }),
    items: (body) => (body['users'] ?? []) as unknown[],
    next(body, url) {
      const { next_page_token: token } = body;
      if (typeof token !== 'string' || token === '') return null;
      const following = new URL(url);
      following.searchParams.set('page_token', token);
      return { url: following.href };
    },
  },
  konexus: {
    shape: kon.pageOf(kon.contact),
    first: (base, _, size) => ({ url: `${base}/v2/contacts/find`, json: { page: 1, pageSize: size } }),
    items: (body) => body['items'] as unknown[],
    next: (body, url, page) =>
      page >= Number(body['pageCount'])
        ? null
        : { url, json: { page: page + 1, pageSize: Number(body['pageSize']) } },
  },
  smartenit: {
    shape: sma.pageOf(sma.user),
    first: (base, location, size) => ({
      url: `${base}/users?limit=${size}&page=1&q=${encodeURIComponent(JSON.stringify({ 'parents.locations.id': location }))}`,
    }),
    items: (body) => body['data'] as unknown[],
    next(body, url, page) {
      const following = new URL(url);
      const limit = Number(following.searchParams.get('limit'));
      following.searchParams.set('page', String(page + 1));
      const { total } = body['_links'] as { total: number };
      return page * limit < total ? { url: following.href } : null;
    },
  },
};

export interface Walk {
  /** The envelopes, without their items. */
  readonly pages: Body[];
  /** Items of each page. */
  readonly sizes: number[];
  readonly ids: string[];
}

/** Every page of an installation's users; each is held against the vendor's shape. */
export async function walkUsers(
  vendor: Vendor,
  token: string,
  installation: string,
  size: number,
): Promise<Walk> {
  const { shape, first, items, next } = pagings[vendor.provider];
  const pages: Body[] = [];
  const sizes: number[] = [];
  const ids: string[] = [];
  let request: { url: string; json?: unknown } | null = first(vendor.apiBase, installation, size);
  while (request !== null) {
    const { url, json } = request;
    const answer = await ask(json === undefined ? 'GET' : 'POST', url, { headers: bearer(token), json });
    expect([answer.status, url]).toEqual([200, url]);
    const body = jsonOf(answer);
    expect(shape(body).slice(0, 5)).toEqual([]);
    const rows = items(body) as { id?: unknown; name?: unknown; _id?: unknown }[];
    pages.push(
      Object.fromEntries(Object.entries(body).filter(([name]) => !['items', 'users', 'data'].includes(name))),
    );
    sizes.push(rows.length);
    ids.push(...rows.map((row) => String(row.id ?? row._id ?? row.name)));
    request = next(body, url, pages.length);
  }
  expect(new Set(ids).size).toBe(ids.length);
  return { pages, sizes, ids };
}
