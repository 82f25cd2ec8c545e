import type { Clock } from '../clock.ts';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { readBody } from './body.ts';
import type { ExtraCertificates } from './certificates.ts';
import { checkEndpointUrl } from './endpoint-url.ts';
import { networkFailure } from './network-failure.ts';
import { type Environment, type ProxyChoice, proxyFor } from './proxy.ts';
import { createRecordRing, redactUrl } from './records.ts';
import { type Http, HttpError } from './seam.ts';
import { createSkewMeter } from './skew.ts';
import { type Timeouts, createTransport } from './transport.ts';

export interface HttpOptions extends ExtraCertificates {
  readonly clock: Clock;
  /** Read for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS. */
  readonly env: Environment;
  /** Default `'system'`, which is what the environment says. */
  readonly proxy?: ProxyChoice;
  /** Milliseconds; defaults: connect 10 s, headers 30 s, body 60 s, and 5 minutes for the whole exchange. */
  readonly timeoutMs?: Partial<Timeouts> & { readonly whole?: number };
  /** Largest body after decompression; default 64 MB. */
  readonly maxBodyBytes?: number;
  /** Default `Latchkey`. */
  readonly userAgent?: string;
  /** How many exchanges {@link Http.records} keeps; default 200. */
  readonly recordLimit?: number;
}

const defaultTimeouts = { connect: 10_000, headers: 30_000, body: 60_000, whole: 300_000 };

/**
 * The network seam. The body is read whole before `fetch` resolves, so that what breaks half-way is an
 * {@link HttpError} too. Error codes: input_invalid (the address, or the user's certificates), network_unreachable,
 * timeout, tls_untrusted, proxy_failed, response_unexpected (too large, or no HTTP).
 */
export function createHttp(options: HttpOptions): Http {
  const { clock, env, proxy: proxyChoice = 'system' } = options;
  const timeouts = { ...defaultTimeouts, ...options.timeoutMs };
  const maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
  const transport = createTransport(timeouts, options, env);
  const records = createRecordRing(options.recordLimit ?? 200);
  const skew = createSkewMeter();

  async function exchange(
    url: URL,
    init: RequestInit,
    deadline: AbortSignal,
    answered: (status: number) => void,
  ): Promise<Result<Response>> {
    const proxy = proxyFor(url, proxyChoice, env);
    if (!proxy.ok) return proxy;
    const headers = readHeaders(init.headers, url.host);
    if (!headers.ok) return headers;
    if (!headers.value.has('user-agent')) headers.value.set('user-agent', options.userAgent ?? 'Latchkey');
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    try {
      const sentMs = clock.now();
      const sent = await transport.send(url, proxy.value, { ...init, headers: headers.value, signal });
      if (!sent.ok) return sent;
      const response = sent.value;
      answered(response.status);
      skew.note(url.origin, response.headers, sentMs, clock.now());
      if (response.status > 599) return noStatus(url.host, response.status);
      const body = await readBody(response, url.host, maxBodyBytes);
      return body.ok ? ok(detached(response, body.value)) : body;
    } catch (error) {
      if (init.signal?.aborted || isMisuse(error)) throw error;
      const route = { host: url.host, proxyHost: proxy.value?.host ?? null };
      return { ok: false, error: deadline.aborted ? tooLong(url.host) : networkFailure(error, route) };
    }
  }

  return {
    async fetch(input, init = {}) {
      const { signal } = init;
      signal?.throwIfAborted();
      const checked = checkEndpointUrl(String(input), 'The address of the request');
      if (!checked.ok) throw new HttpError(checked.error);
      const url = checked.value;
      const startedMs = clock.now();
      let status: number | null = null;
      const record = (failure: string | null): void =>
        records.add({
          time: new Date(startedMs).toISOString(),
          method: init.method ?? 'GET',
          url: redactUrl(url),
          status,
          milliseconds: Math.max(0, Math.round(clock.now() - startedMs)),
          failure,
        });
      const deadline = new AbortController();
      // It guards a socket, so it follows the system's clock and not the one that tests set.
      const timer = setTimeout(() => deadline.abort(), timeouts.whole);
      let result: Result<Response>;
      try {
        result = await exchange(url, init, deadline.signal, (answered) => (status = answered));
      } catch (error) {
        record(signal?.aborted ? 'cancelled' : 'unexpected');
        // The caller's own reason, whatever undici made of it on the way.
        signal?.throwIfAborted();
        throw error;
      } finally {
        clearTimeout(timer);
      }
      record(result.ok ? null : result.error.code);
      if (!result.ok) throw new HttpError(result.error);
      return result.value;
    },
    skewSeconds: (origin) => skew.skewSeconds(origin),
    records: () => records.all(),
    close: () => transport.close(),
  };
}

/** The same answer, its body in memory. */
function detached(response: Response, body: Uint8Array<ArrayBuffer> | null): Response {
  const { status, statusText, headers } = response;
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : body, { status, statusText, headers: new Headers([...headers]) });
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
