import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type Result, ok } from '../../preload/errors.ts';
import { type ExtraCertificates, trustedContext } from './certificates.ts';
import type { Environment } from './proxy.ts';

export interface Timeouts {
  /** Milliseconds until the connection (with TLS) stands. */
  readonly connect: number;
  /** Milliseconds until the answer's headers are there. */
  readonly headers: number;
  /** Milliseconds between two pieces of the body. */
  readonly body: number;
}

/** Sends through pooled connections, one pool for direct ones and one for each proxy. */
export interface Transport {
  /** As undici's fetch, redirects unfollowed. Errors (as a value): input_invalid for extra certificates. */
  send(url: URL, proxy: URL | null, init: RequestInit): Promise<Result<Response>>;
  close(): Promise<void>;
}

/** Loads undici and the certificates when the first request needs them: a command that sends none starts faster. */
export function createTransport(
  timeouts: Timeouts,
  certificates: ExtraCertificates,
  env: Environment,
): Transport {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  let trusted: Promise<Result<SecureContext>> | undefined;

  async function createDispatcher(
    proxy: URL | null,
    context: SecureContext | undefined,
  ): Promise<Dispatcher> {
    const { Agent, ProxyAgent } = await import('undici');
    const secure = context && { secureContext: context };
    const common = {
      // HTTP/2 gains nothing for a few requests at a time and fails in more ways.
      allowH2: false,
      headersTimeout: timeouts.headers,
      bodyTimeout: timeouts.body,
    };
    if (proxy === null) return new Agent({ ...common, connect: { timeout: timeouts.connect, ...secure } });
    return new ProxyAgent({
      ...common,
      uri: proxy.href,
      connectTimeout: timeouts.connect,
      requestTls: { timeout: timeouts.connect, ...secure },
      proxyTls: { timeout: timeouts.connect, ...secure },
    });
  }

  return {
    async send(url, proxy, init) {
      let context: SecureContext | undefined;
      if (url.protocol === 'https:') {
        trusted ??= trustedContext(certificates, env);
        const loaded = await trusted;
        if (!loaded.ok) {
          // Read again next time: the user may have put the file right.
          trusted = undefined;
          return loaded;
        }
        context = loaded.value;
      }
      // Plain http goes to loopback only and needs no certificates, so it has a pool of its own.
      const key = proxy?.href ?? url.protocol;
      const dispatcher = dispatchers.get(key) ?? createDispatcher(proxy, context);
      dispatchers.set(key, dispatcher);
      const { fetch } = await import('undici');
      const options = { ...init, redirect: 'manual', dispatcher: await dispatcher };
      // undici's types and the DOM's describe the same WHATWG interfaces under two names.
      return ok((await fetch(url, options as Parameters<typeof fetch>[1])) as unknown as Response);
    },
    async close() {
      const open = [...dispatchers.values()];
      dispatchers.clear();
      await Promise.all(open.map(async (dispatcher) => (await dispatcher).close()));
    },
  };
}
