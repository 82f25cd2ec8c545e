import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type Result, ok } from '../../preload/errors.ts';
import { type ExtraCertificates, trustedContext } from './certificates.ts';
import type { Environment } from './proxy.ts';

export interface Timeouts {
  /** Milliseconds until the connection (with proxy and TLS) stands. */
  readonly connect: number;
  /** Milliseconds until the answer's headers are there. */
  readonly headers: number;
  /** Milliseconds between two pieces of the body. */
  readonly body: number;
}

/** Sends through pooled connections, one pool for direct ones and one for each proxy. */
export interface Transport {
  /** As undici's fetch, redirects unfollowed. Errors (as a value): input_invalid for extra certificates. */
  send(
    url: URL,
    proxy: URL | null,
    certificates: ExtraCertificates,
    init: RequestInit,
  ): Promise<Result<Response>>;
  close(): Promise<void>;
}

/** Loads undici and the certificates when the first request needs them: a command that sends none starts faster. */
export function createTransport(timeouts: Timeouts, env: Environment): Transport {
  const pools = new Map<string, Promise<Dispatcher>>();
  const contexts = new Map<string, Promise<Result<SecureContext>>>();

  async function createPool(proxy: URL | null, trusted: SecureContext | undefined): Promise<Dispatcher> {
    const [{ Agent }, { connect }] = await Promise.all([import('undici'), import('./connect.ts')]);
    return new Agent({
      // HTTP/2 gains nothing for a few requests at a time and fails in more ways.
      allowH2: false,
      headersTimeout: timeouts.headers,
      bodyTimeout: timeouts.body,
      connect: ({ hostname, port, protocol }, callback) => {
        const secure = protocol === 'https:';
        const target = { hostname, port: port === '' ? (secure ? 443 : 80) : Number(port), secure };
        connect(target, { proxy, trusted, timeoutMs: timeouts.connect }).then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error as Error, null),
        );
      },
    });
  }

  async function contextFor(key: string, certificates: ExtraCertificates): Promise<Result<SecureContext>> {
    const context = contexts.get(key) ?? trustedContext(certificates, env);
    contexts.set(key, context);
    const loaded = await context;
    // Read again next time: the user may have put the file right.
    if (!loaded.ok) contexts.delete(key);
    return loaded;
  }

  return {
    async send(url, proxy, certificates, init) {
      // Plain http goes to loopback only and needs no certificates, so it has a pool of its own.
      const secure = url.protocol === 'https:';
      const trust = secure ? JSON.stringify(certificates) : '';
      const context = secure ? await contextFor(trust, certificates) : ok(undefined);
      if (!context.ok) return context;
      const key = JSON.stringify([proxy?.href ?? null, secure, trust]);
      const pool = pools.get(key) ?? createPool(proxy, context.value);
      pools.set(key, pool);
      const { fetch } = await import('undici');
      const options = { ...init, redirect: 'manual', dispatcher: await pool };
      // undici's types and the DOM's describe the same WHATWG interfaces under two names.
      return ok((await fetch(url, options as Parameters<typeof fetch>[1])) as unknown as Response);
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map(async (pool) => (await pool).close()));
    },
  };
}
