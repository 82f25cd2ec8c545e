import * as oauth from 'openid-client';
import { expect } from 'vitest';

import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import { startSandbox } from '../../../main/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../../main/sandbox/sandbox.ts';

type Vendor = SandboxDescription['vendors'][number];

/** A sandbox on free ports, with what tests ask of it most. */
export interface Bench extends Sandbox {
  vendor(provider: Vendor['provider']): Vendor;
  control(method: string, path: string, body?: unknown): Promise<Response>;
}

export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox(options);
  const { description } = sandbox;
  return {
    ...sandbox,
    vendor: (provider) => description.vendors.find((vendor) => vendor.provider === provider)!,
    control: (method, path, body) =>
      fetch(`${description.control}${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
  };
}

/** A browser without eyes: follows redirects by hand, keeps cookies by path, and stops at the client's own address. */
export interface Visitor {
  open(url: string): Promise<Visit>;
  /** Posts a page's form with its hidden fields and `fields`. */
  submit(page: Visit, fields?: Record<string, string>): Promise<Visit>;
}

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

export function visitor(clientOrigin: string): Visitor {
  const jar = new Map<string, { value: string; path: string }>();

  async function go(url: string, init: RequestInit = {}): Promise<Visit> {
    if (new URL(url).origin === clientOrigin) return { url, status: 0, html: '', headers: new Headers() };
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, { path }]) => pathname === path || path === '/' || pathname.startsWith(`${path}/`))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...(init.headers as object) },
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    const html = await response.text();
    if (location !== null) return go(new URL(location, url).href);
    return { url, status: response.status, html, headers: response.headers };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const expires = attributes.find((one) => one.toLowerCase().startsWith('expires='))?.slice(8);
    if (expires !== undefined && Date.parse(expires) <= 0) jar.delete(name);
    else jar.set(name, { value, path });
  }

  return {
    open: (url) => go(url),
    submit: (page, fields = {}) => {
      const action = /<form method="post" action="([^"]+)"/u.exec(page.html)?.[1];
      if (action === undefined) throw new Error(`no form on ${page.url}: ${page.status} ${page.html}`);
      return go(new URL(action, page.url).href, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    },
  };
}

/** Stands for a text of any kind in an expected shape. */
export const someText: unknown = expect.any(String);

/** A client of `openid-client` for an issuer of the sandbox. */
export function discovered(
  issuer: string,
  clientId: string,
  auth: oauth.ClientAuth,
): Promise<oauth.Configuration> {
  // The sandbox speaks plain HTTP on the loopback interface, which is what this switch is for.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const execute = [oauth.allowInsecureRequests];
  return oauth.discovery(new URL(issuer), clientId, undefined, auth, { execute });
}

/** Posts a form to a token endpoint and reads the JSON answer. */
export async function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export function basic(id: string, secret: string): Record<string, string> {
  const encode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}` };
}

export function bearer(token: unknown): Record<string, string> {
  return { authorization: `Bearer ${String(token)}` };
}
