import { type Failure, type Result, ok } from '../../../preload/errors.ts';
import type {
  ApiRequest,
  ApiResponse,
  Page,
  PageStream,
  Provider,
  ProviderContext,
} from '../../../main/providers/provider.ts';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; undefined = empty body. */
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly text?: string;
}

export type Script = (request: ApiRequest, count: number) => ScriptedAnswer | { readonly failure: Failure };

export interface Talk {
  readonly context: ProviderContext;
  readonly requests: ApiRequest[];
}

export const now = Date.parse('2026-06-01T12:00:00Z');

/** A provider's context whose API answers from a function; it keeps the requests. */
export function talk(
  provider: Provider,
  script: Script,
  parts: Partial<Omit<ProviderContext, 'api' | 'accessTokenClaims'>> & {
    readonly claims?: Result<Readonly<Record<string, unknown>> | null>;
  } = {},
): Talk {
  const requests: ApiRequest[] = [];
  const { claims = ok(null), ...rest } = parts;
  const context: ProviderContext = {
    apiBase: 'https://api.site.example',
    paths: provider.profile.paths,
    switches: provider.profile.switches ?? {},
    api: {
      send: (request) => {
        requests.push(request);
        const answer = script(request, requests.length);
        if ('failure' in answer) return Promise.resolve({ ok: false, error: answer.failure });
        return Promise.resolve(ok(response(answer, request.url)));
      },
    },
    accessTokenClaims: () => Promise.resolve(claims),
    now: () => now,
    ...rest,
  };
  return { context, requests };
}

export function response(answer: ScriptedAnswer, url = 'https://api.site.example/v1'): ApiResponse {
  return {
    status: answer.status ?? 200,
    headers: new Headers(answer.headers ?? { 'content-type': 'application/json' }),
    url,
    text: answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)),
  };
}

export interface Collected<T> {
  readonly pages: Page<T>[];
  readonly rows: T[];
  /** The failure the list ended with, or null. */
  readonly error: Failure | null;
}

/** Reads a list to its end and makes sure that nothing follows a failure. */
export async function collect<T>(stream: PageStream<T>): Promise<Collected<T>> {
  const pages: Page<T>[] = [];
  let error: Failure | null = null;
  for await (const page of stream) {
    if (error !== null) throw new Error('something followed a failure');
    if (page.ok) pages.push(page.value);
    else error = page.error;
  }
  return { pages, rows: pages.flatMap((page) => [...page.rows]), error };
}
