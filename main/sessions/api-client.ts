import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { type Http, HttpError } from '../http/seam.ts';
import type { ApiClient, ApiRequest, ApiResponse } from '../providers/provider.ts';

export interface ApiClientParts {
  /** The connection's id, for the request log. */
  readonly connection?: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly apiBase: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The access token to use; `stale` is one that the API has just refused. */
  readonly accessToken: (stale: string | null) => Promise<Result<string>>;
  /** Whether an answer with another status than 401 says that the token is no longer good. */
  readonly refusesToken?: (response: ApiResponse) => boolean | Promise<boolean>;
  readonly signal?: AbortSignal;
  /** Told when a request has to wait. */
  readonly waiting?: (milliseconds: number, status: number) => void;
}

const attempts = 4;
const longestWaitMs = 60_000;
/** As `Response.text` decodes: without the byte order mark, unreadable bytes replaced. */
const utf8 = new TextDecoder();

/**
 * Sends API requests with the session's access token: a 401 (or what the provider means by it) renews the token once, 429 and 503 wait as Retry-After says
 * (RFC 9110 10.2.3), up to a minute, and a GET that met another 5xx or a broken connection is tried again. A token never leaves for
 * another origin than the API's.
 */
export function createApiClient(parts: ApiClientParts): ApiClient {
  const origin = new URL(parts.apiBase).origin;
  return {
    async send(request) {
      if (!URL.canParse(request.url) || new URL(request.url).origin !== origin) {
        return fail(
          'response_unexpected',
          `The API pointed to another place than ${origin}; the access token was not sent there.`,
          'If the API has really moved, set its new address: latchkey connections set NAME --api-base URL',
        );
      }
      let token = await parts.accessToken(null);
      if (!token.ok) return token;
      let renewed = false;
      for (let attempt = 1; ; attempt++) {
        const answer = await sendOnce(parts, request, token.value, attempt);
        const last = attempt >= attempts || isAborted(parts);
        if (!answer.ok) {
          if (last || !isRepeatable(request) || !isPassing(answer.error)) return answer;
          await parts.clock.sleep(backOffMs(attempt), parts.signal);
          continue;
        }
        const { status, headers } = answer.value;
        if (!renewed && (status === 401 || (await parts.refusesToken?.(answer.value)) === true)) {
          renewed = true;
          token = await parts.accessToken(token.value);
          if (!token.ok) return token;
          continue;
        }
        // Who names a time has not done what was asked (RFC 9110 15.6.4); a bare 503 may come from something in between.
        const busy = status === 429 || (status === 503 && headers.has('retry-after'));
        if (last || !(busy || (status >= 500 && isRepeatable(request)))) return answer;
        const asked = retryAfterMs(headers.get('retry-after'), parts.clock.now());
        if (asked !== null && asked > longestWaitMs) return answer;
        const wait = asked ?? backOffMs(attempt);
        parts.waiting?.(wait, status);
        await parts.clock.sleep(wait, parts.signal);
        if (isAborted(parts)) return cancelled();
      }
    },
  };
}

async function sendOnce(
  parts: ApiClientParts,
  request: ApiRequest,
  token: string,
  attempt: number,
): Promise<Result<ApiResponse>> {
  try {
    const response = await parts.http.fetch(request.url, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      about: {
        purpose: 'api',
        attempt,
        ...(parts.connection !== undefined && { connection: parts.connection }),
      },
      headers: {
        accept: 'application/json',
        ...(request.json !== undefined && { 'content-type': 'application/json' }),
        ...parts.headers,
        ...request.headers,
        authorization: `Bearer ${token}`,
      },
      ...(request.json !== undefined && { body: JSON.stringify(request.json) }),
      ...(parts.signal && { signal: parts.signal }),
    });
    const bytes = response.whole ?? new Uint8Array(await response.arrayBuffer());
    const text = utf8.decode(bytes);
    return ok({ status: response.status, headers: response.headers, url: request.url, text, bytes });
  } catch (error) {
    if (error instanceof HttpError) return { ok: false, error: error.failure };
    if (isAborted(parts)) return cancelled();
    throw error;
  }
}

function isAborted(parts: ApiClientParts): boolean {
  return parts.signal?.aborted === true;
}

function cancelled(): Result<never> {
  return fail('cancelled', 'Cancelled.', 'What was read so far is kept.');
}

function isRepeatable(request: ApiRequest): boolean {
  return (request.method ?? 'GET') === 'GET' || request.repeatable === true;
}

function isPassing(failure: Failure): boolean {
  return failure.code === 'network_unreachable' || failure.code === 'timeout';
}

/** 0.5 s, 1 s, 2 s. */
function backOffMs(attempt: number): number {
  return 500 * 2 ** (attempt - 1);
}
