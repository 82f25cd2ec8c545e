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
