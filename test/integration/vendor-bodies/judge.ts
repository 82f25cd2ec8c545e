import { expect, test } from 'vitest';

import type { Failure } from '../../../preload/errors.ts';
import type { ApiResponse, PageStream, Provider, ProviderContext } from '../../../main/providers/provider.ts';
import type { VendorBody } from '../../fixtures/vendor-bodies/vendor-body.ts';
import type { Shape } from '../../support/vendor-shapes/shape.ts';
import { collect, response, talk } from '../../unit/providers/scripted-api.ts';

/** What the running sandbox answered to a request. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One fixture and how to bring the sandbox into the same condition. */
export interface Case {
  /** What the vendor's page says; null = an empty body. */
  readonly shape: Shape | null;
  readonly ask: () => Promise<Asked>;
  /** Media type; `application/json` unless RFC 7807 or an empty body says otherwise. */
  readonly type?: string | null;
  /** How the provider reads a refusal. */
  readonly refusal?: (response: ApiResponse) => Failure;
  /** How the provider reads a list. */
  readonly reads?: (context: ProviderContext) => PageStream<{ readonly id: string }>;
}

export async function ask(
  method: string,
  address: string,
  parts: { headers?: Record<string, string>; json?: unknown; form?: Record<string, string> } = {},
): Promise<Asked> {
  const { headers = {}, json, form } = parts;
  const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const answer = await fetch(address, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const { status } = answer;
  return { method, url: new URL(address), status, headers: answer.headers, text: await answer.text() };
}

export function jsonOf(asked: Asked): Record<string, unknown> {
  return JSON.parse(asked.text) as Record<string, unknown>;
}

/** Header and payload of a JWT. */
export function partsOfJwt(token: unknown): [unknown, Record<string, unknown>] {
  const [header, payload] = String(token)
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>);
  return [header, payload ?? {}];
}

function isBody(value: unknown): value is VendorBody {
  return typeof value === 'object' && value !== null && 'source' in value && 'status' in value;
}

/**
 * Holds each fixture and the sandbox's answer in the same condition against the vendor's page, and the provider's
 * reading of both against each other. A fixture without a case is a red test, so that none is forgotten.
 */
export function judge(
  provider: Provider,
  fixtures: Readonly<Record<string, unknown>>,
  cases: Readonly<Record<string, Case>>,
  /** Path of the API base, e.g. `/v2`; token and discovery paths start at the origin. */
  base = '',
): void {
  const { label } = provider.profile;
  const bodies = Object.entries(fixtures).flatMap(([name, value]) =>
    isBody(value) ? [[name, value] as const] : [],
  );

  test(`${label}: every fixture is held against the sandbox`, () => {
    expect(Object.keys(cases).sort()).toEqual(bodies.map(([name]) => name).sort());
  });

  test.each(bodies)(
    `${label}: %s is what the page says, in the fixture and in the sandbox`,
    async (name, fixture) => {
      const one = cases[name]!;
      const asked = await one.ask();
      expect(asked.method).toBe(fixture.method);
      expect(asked.url.pathname).toMatch(pathPattern(fixture.path, base));
      expect(asked.status).toBe(fixture.status);
      if (one.shape === null) {
        expect([fixture.body, asked.text, asked.headers.get('content-type')]).toEqual([undefined, '', null]);
      } else {
        expect(one.shape(fixture.body)).toEqual([]);
        expect(one.shape(JSON.parse(asked.text))).toEqual([]);
        expect(asked.headers.get('content-type')?.split(';')[0]).toBe(one.type ?? 'application/json');
      }
      for (const [header, value] of Object.entries(fixture.headers ?? {})) {
        expect(withoutQuotedNames(asked.headers.get(header))).toBe(withoutQuotedNames(value));
      }
      if (one.refusal !== undefined) {
        const live = one.refusal({ ...asked, url: asked.url.href });
        expect(live.code).toBe(one.refusal(response(fixture)).code);
        expect(live.hint).toBe(one.refusal(response(fixture)).hint);
      }
      if (one.reads !== undefined) {
        for (const answer of [fixture, { body: JSON.parse(asked.text) as unknown }]) {
          const read = await collect(one.reads(talk(provider, () => answer).context));
          expect([read.pages.length, read.error]).toEqual([1, null]);
        }
      }
    },
  );
}

function pathPattern(path: string, base: string): RegExp {
  const [pathname = ''] = path.split('?');
  const pattern = pathname.replace(/[.*+?^$()|[\]\\]/gu, '\\$&').replace(/\{[^}]*\}/gu, '[^/]+');
  return new RegExp(`^(?:${base})?${pattern}$`, 'u');
}

/** The names in a challenge's description are the case's own. */
function withoutQuotedNames(value: string | null): string | undefined {
  return value?.replace(/'[^']*'/gu, "'…'");
}
