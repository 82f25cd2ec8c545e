import type { Clock } from '../clock.ts';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { readBody } from './body.ts';
import { checkEndpointUrl } from './endpoint-url.ts';
import { type Network, environmentNetwork } from './network.ts';
import { connectFailureIn, networkFailure } from './network-failure.ts';
import { type Environment, type ResolveProxy, waysTo } from './proxy.ts';
import { redactPath } from './redact.ts';
import { type Http, HttpError, type RequestRecord, type WholeResponse } from './seam.ts';
import { createSkewMeter } from './skew.ts';
import { type Timeouts, createTransport } from './transport.ts';

export interface HttpOptions {
  readonly clock: Clock;
  /** Read for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, LATCHKEY_CA_FILE and NODE_EXTRA_CA_CERTS. */
  readonly env: Environment;
  /** What a person set, asked before each request; {@link environmentNetwork} where missing. */
  readonly network?: () => Result<Network>;
  /** How the desktop is asked for the system's proxy, where there is a desktop. */
  readonly resolveProxy?: ResolveProxy;
  /** Told of each exchange when it is over. */
  readonly record?: (record: RequestRecord) => void;
  /** Milliseconds; defaults: connect 10 s, headers 30 s, body 60 s, and 5 minutes for the whole exchange. */
  readonly timeoutMs?: Partial<Timeouts> & { readonly whole?: number };
  /** Largest body after decompression; default 64 MB. */
  readonly maxBodyBytes?: number;
  /** Default `Latchkey`. */
  readonly userAgent?: string;
}

const defaultTimeouts = { connect: 10_000, headers: 30_000, body: 60_000, whole: 300_000 };

/** What becomes known of an exchange while it runs. */
interface Seen {
  status: number | null;
  bytes: number | null;
  proxy: string | null;
}

/**
 * The network seam. The body is read whole before `fetch` resolves, so that what breaks half-way is an
 * {@link HttpError} too. Error codes: input_invalid (the address, or the user's certificates), network_unreachable,
 * timeout, tls_untrusted, proxy_failed, response_unexpected (too large, or no HTTP), those of the settings and, where a
 * proxy wants a password, of the vault.
 */
export function createHttp(options: HttpOptions): Http {
  const { clock, env, resolveProxy = null } = options;
  const network = options.network ?? (() => ok(environmentNetwork(env)));
  const timeouts = { ...defaultTimeouts, ...options.timeoutMs };
  const maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
  const transport = createTransport(timeouts, env);
  const skew = createSkewMeter();

  async function exchange(
    url: URL,
    init: RequestInit,
    deadline: AbortSignal,
    seen: Seen,
  ): Promise<Result<WholeResponse>> {
    const set = network();
    if (!set.ok) return set;
    const headers = readHeaders(init.headers, url.host);
    if (!headers.ok) return headers;
    if (!headers.value.has('user-agent')) headers.value.set('user-agent', options.userAgent ?? 'Latchkey');
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    const ways = await waysTo(url, set.value, env, resolveProxy);
    if (!ways.ok) return ways;
    const left = [...ways.value];
    for (;;) {
      const proxy = left.shift() ?? null;
      seen.proxy = proxy?.host ?? null;
      try {
        const sentMs = clock.now();
        const request = { ...init, headers: headers.value, signal };
        const sent = await transport.send(url, proxy, set.value.certificates, request);
        if (!sent.ok) return sent;
        const response = sent.value;
        seen.status = response.status;
        skew.note(url.origin, response.headers, sentMs, clock.now());
        if (response.status > 599) return noStatus(url.host, response.status);
        const body = await readBody(response, url.host, maxBodyBytes);
        if (!body.ok) return body;
        seen.bytes = body.value?.byteLength ?? 0;
        return ok(detached(response, body.value));
      } catch (error) {
        if (init.signal?.aborted || isMisuse(error)) throw error;
        if (deadline.aborted) return { ok: false, error: tooLong(url.host) };
        // A proxy that is down had nothing of the request: the next one that the system names gets it.
        if (connectFailureIn(error)?.proxyUnreachable && left.length > 0) continue;
        return { ok: false, error: networkFailure(error, { host: url.host, proxyHost: seen.proxy }) };
      }
    }
  }

  return {
    async fetch(input, { about, ...init } = {}) {
      const { signal } = init;
      signal?.throwIfAborted();
      const checked = checkEndpointUrl(String(input), 'The address of the request');
      if (!checked.ok) throw new HttpError(checked.error);
      const url = checked.value;
      const at = clock.now();
      const seen: Seen = { status: null, bytes: null, proxy: null };
      const record = (failure: Failure | null): void =>
        options.record?.({
          at,
          purpose: about?.purpose ?? 'api',
          connection: about?.connection ?? null,
          attempt: about?.attempt ?? 1,
          method: init.method ?? 'GET',
          host: url.host,
          path: redactPath(url),
          milliseconds: Math.max(0, Math.round(clock.now() - at)),
          ...seen,
          failure,
        });
      const deadline = new AbortController();
      // It guards a socket, so it follows the system's clock and not the one that tests set.
      const timer = setTimeout(() => deadline.abort(), timeouts.whole);
      let result: Result<WholeResponse>;
      try {
        result = await exchange(url, init, deadline.signal, seen);
      } catch (error) {
        record(signal?.aborted ? cancelled : broken);
        // The caller's own reason, whatever undici made of it on the way.
        signal?.throwIfAborted();
        throw error;
      } finally {
        clearTimeout(timer);
      }
      record(result.ok ? null : result.error);
      if (!result.ok) throw new HttpError(result.error);
      return result.value;
    },
    skewSeconds: (origin) => skew.skewSeconds(origin),
    close: () => transport.close(),
  };
}

const cancelled: Failure = {
  code: 'cancelled',
  message: 'It was cancelled, or the answer was no longer wanted.',
  hint: 'Nothing has to be done.',
};

const broken: Failure = {
  code: 'unexpected',
  message: 'Something failed that should not.',
  hint: 'Report it.',
};

/** The same answer, its body in memory. */
function detached(response: Response, body: Uint8Array<ArrayBuffer> | null): WholeResponse {
  const { status, statusText, headers } = response;
  const bodiless = body === null || status === 204 || status === 205 || status === 304;
  const init = { status, statusText, headers: new Headers([...headers]) };
  return bodiless
    ? new Response(null, init)
    : Object.assign(new Response(asked(body), init), { whole: body });
}

/** A body that is handed over when it is asked for: given to `Response` at once, it would be copied. */
function asked(body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      pull(controller) {
        if (body.length > 0) controller.enqueue(body);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Tokens and extra headers come from outside; what the platform throws would repeat their values. */
function readHeaders(given: RequestInit['headers'], host: string): Result<Headers> {
  try {
    return ok(new Headers(given));
  } catch {
    return fail(
      'input_invalid',
      `The request to ${host} has a header that cannot be sent.`,
      'Look for line breaks and unusual characters in extra headers, tokens and credentials.',
    );
  }
}

/** A mistake in the calling code (a wrong method, a body with GET) is not the network's failure. */
function isMisuse(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined && error.message !== 'terminated';
}

/** RFC 9110 15: three digits from 100 to 599; a `Response` takes no other. */
function noStatus(host: string, status: number): Result<never> {
  return fail(
    'response_unexpected',
    `${host} answered with the status ${status}, which HTTP does not have.`,
    'Check the address and the port.',
  );
}

function tooLong(host: string): Failure {
  return {
    code: 'timeout',
    message: `The exchange with ${host} took too long.`,
    hint: 'Try again in a moment. If it stays, the server or the connection is overloaded.',
  };
}
