import { type Result, fail, ok } from '../../preload/errors.ts';
import { isLoopbackHost } from './endpoint-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `'system'`: as the environment says; `'none'`: always direct; else the address of a proxy for everything. */
export type ProxyChoice = string;

/**
 * The proxy that a request to `url` goes through, or null for direct. Environment: HTTPS_PROXY, else HTTP_PROXY, else
 * ALL_PROXY (lower case first, as curl reads them), without the hosts that NO_PROXY names; NO_PROXY holds for a proxy
 * that was chosen by hand too. Loopback hosts are always direct.
 * Errors: proxy_failed where the proxy's address cannot be used (it is never repeated: it may hold a password).
 */
export function proxyFor(url: URL, choice: ProxyChoice, env: Environment): Result<URL | null> {
  if (choice === 'none' || isLoopbackHost(url.hostname)) return ok(null);
  const [source, text] = choice === 'system' ? fromEnvironment(env) : ['proxy setting', choice];
  if (text === '' || isExempt(url, read(env, 'NO_PROXY'))) return ok(null);
  // `proxy.example:3128` without a scheme is widely written and means http.
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy === null || proxy.hostname === '' || !['http:', 'https:'].includes(proxy.protocol)) {
    return fail(
      'proxy_failed',
      `The ${source} is not the address of a proxy that can be used.`,
      'Write it like http://proxy.example:3128. Only http and https proxies can be used, no SOCKS and no PAC files.',
    );
  }
  return ok(proxy);
}

function read(env: Environment, name: string): string {
  return env[name.toLowerCase()] ?? env[name] ?? '';
}

function fromEnvironment(env: Environment): readonly [source: string, text: string] {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']) {
    const text = read(env, name).trim();
    if (text !== '') return [name, text];
  }
  return ['', ''];
}

/**
 * Whether NO_PROXY exempts the host. Entries are separated by commas or spaces: `*`; a host, which holds for its
 * subdomains too, with or without a leading dot; `*.host` for subdomains alone; each with an optional `:port`.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/\.$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      const [, name = '', entryPort] =
        /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? /^([\da-f:]+)$/.exec(entry) ?? [];
      if (name === '' || (entryPort !== undefined && entryPort !== port)) return false;
      if (name === '*') return true;
      if (name.includes(':')) return host === (name.startsWith('[') ? name : `[${name}]`);
      const apex = name.replace(/^\*?\./, '').replace(/\.$/, '');
      return host.endsWith(`.${apex}`) || (!name.startsWith('*') && host === apex);
    });
}
