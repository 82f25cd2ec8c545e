import { BlockList, isIP } from 'node:net';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { isLoopbackHost } from './endpoint-url.ts';
import type { Network } from './network.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asks the desktop for the way to an address; the answer is that of a PAC file, `PROXY host:port; DIRECT`
 * (https://www.electronjs.org/docs/latest/api/session#sesresolveproxyurl).
 */
export type ResolveProxy = (url: string) => Promise<string>;

/**
 * The ways to `url`, to be tried in this order: a proxy, or null for direct; at least one. Loopback hosts are always
 * direct, as are the hosts that NO_PROXY or the settings exempt. `system` means what the desktop answers where there is
 * one to ask, else the environment: HTTPS_PROXY, else HTTP_PROXY, else ALL_PROXY (lower case first, as curl reads them).
 * Errors: proxy_failed where no proxy can be used (its address is never repeated: it may hold a password), those of the
 * credentials' vault.
 */
export async function waysTo(
  url: URL,
  network: Network,
  env: Environment,
  resolveProxy: ResolveProxy | null,
): Promise<Result<readonly (URL | null)[]>> {
  if (network.proxy === 'none' || isLoopbackHost(url.hostname)) return ok([null]);
  if (isExempt(url, read(env, 'NO_PROXY')) || isExempt(url, network.noProxy)) return ok([null]);
  if (network.proxy !== 'system') {
    const proxy = checkProxyAddress(network.proxy);
    if (!proxy.ok) return proxy;
    const credentials = network.proxyCredentials === null ? ok(null) : await network.proxyCredentials();
    if (!credentials.ok) return credentials;
    return ok([withCredentials(proxy.value, credentials.value)]);
  }
  if (resolveProxy !== null) return resolved(url, resolveProxy);
  const [variable, text] = fromEnvironment(env);
  if (text === '') return ok([null]);
  const proxy = proxyUrl(text);
  return proxy === null ? unusable(`The address in ${variable}`) : ok([proxy]);
}

/**
 * The address of a proxy as a person may set it: an origin, without user name and password. `proxy.example:3128`
 * without a scheme is widely written and means http. Errors: input_invalid.
 */
export function checkProxyAddress(text: string): Result<URL> {
  const proxy = proxyUrl(text);
  if (proxy === null) return notAnAddress();
  if (proxy.username !== '' || proxy.password !== '') {
    return fail(
      'input_invalid',
      'The address of the proxy holds a user name or password.',
      'Take away what stands before the @; they have fields of their own, and are kept in the vault.',
    );
  }
  return proxy.pathname === '/' && proxy.search === '' ? ok(proxy) : notAnAddress();
}

/** Which variable names a proxy, and that proxy's host and port (null where it is no address); null = none does. */
export function environmentProxy(
  env: Environment,
): { readonly variable: string; readonly host: string | null } | null {
  const [variable, text] = fromEnvironment(env);
  return text === '' ? null : { variable, host: proxyUrl(text)?.host ?? null };
}

function proxyUrl(text: string): URL | null {
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  return proxy !== null && proxy.hostname !== '' && ['http:', 'https:'].includes(proxy.protocol)
    ? proxy
    : null;
}

function withCredentials(
  proxy: URL,
  credentials: { readonly username: string; readonly password: string } | null,
): URL {
  if (credentials === null) return proxy;
  const known = new URL(proxy);
  known.username = encodeURIComponent(credentials.username);
  known.password = encodeURIComponent(credentials.password);
  return known;
}

const kinds = 'Only http and https proxies can be used, no SOCKS.';

function notAnAddress(): Result<never> {
  return fail(
    'input_invalid',
    'This is not the address of a proxy that can be used.',
    `Write it like http://proxy.example:3128. ${kinds}`,
  );
}

function unusable(what: string): Result<never> {
  return fail(
    'proxy_failed',
    `${what} is not that of a proxy that can be used.`,
    `Write it like http://proxy.example:3128. ${kinds}`,
  );
}

async function resolved(url: URL, resolveProxy: ResolveProxy): Promise<Result<readonly (URL | null)[]>> {
  let answer: string;
  try {
    // Only the origin: what else stands in an address is nobody's business.
    answer = await resolveProxy(url.origin);
  } catch {
    return fail(
      'proxy_failed',
      "The system's proxy settings could not be read.",
      'Set the proxy by hand: latchkey settings set proxy ADDRESS, or none.',
    );
  }
  const offered = answer.split(';').map((one) => one.trim().split(/\s+/));
  const ways = offered.flatMap(([kind = '', place = '']): (URL | null)[] => {
    const scheme = { DIRECT: 'direct', PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[kind.toUpperCase()];
    if (scheme === 'direct') return [null];
    const proxy = scheme === undefined ? null : proxyUrl(`${scheme}://${place}`);
    return proxy === null ? [] : [proxy];
  });
  if (ways.length > 0) return ok(ways);
  return fail(
    'proxy_failed',
    `The system's proxy settings offer no way to ${url.host} that can be used. ${kinds}`,
    'Set another proxy by hand: latchkey settings set proxy ADDRESS, or none.',
  );
}

function read(env: Environment, name: string): string {
  return env[name.toLowerCase()] ?? env[name] ?? '';
}

function fromEnvironment(env: Environment): readonly [variable: string, text: string] {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']) {
    const text = read(env, name).trim();
    if (text !== '') return [name, text];
  }
  return ['', ''];
}

/** Whether every entry of such a list can exempt a host: see {@link isExempt}. */
export function isNoProxyList(text: string): boolean {
  return entriesOf(text).every((entry) => {
    const { name } = readEntry(entry);
    return /^[\w.*:/-]+$/.test(name) && (!/[/:]/.test(name) || rangeOf(name) !== null);
  });
}

/**
 * Whether the list exempts the host. Entries are separated by commas or spaces: `*`; a host, which holds for its
 * subdomains too, with or without a leading dot; `*.host` for subdomains alone; an address, with or without brackets; a
 * range of addresses in CIDR notation (RFC 4632 3.1, RFC 4291 2.3), which is compared with hosts that are written as
 * addresses, for names are not looked up; each with an optional `:port`. As curl and Go read it.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/\.$/, '').replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return entriesOf(noProxy).some((entry) => {
    const { name, port: only } = readEntry(entry);
    if (name === '' || (only !== undefined && only !== port)) return false;
    if (name === '*') return true;
    if (isIP(host) !== 0) return isWithin(host, name);
    const apex = name.replace(/^\*?\./, '').replace(/\.$/, '');
    return host.endsWith(`.${apex}`) || (!name.startsWith('*') && host === apex);
  });
}

/** An IPv4 address is in no range of IPv6, although `BlockList` knows them as mapped ones (RFC 4291 2.5.5.2). */
function isWithin(address: string, range: string): boolean {
  const family = familyOf(address);
  return family === familyOf(range.replace(/\/.*$/, '')) && rangeOf(range)?.check(address, family) === true;
}

function entriesOf(noProxy: string): readonly string[] {
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '');
}

/** An entry without its brackets and its port; no name where it can be none. */
function readEntry(entry: string): { readonly name: string; readonly port: string | undefined } {
  const [, name = '', port] =
    /^(\[[^\]]+\](?:\/\d+)?|[^:]+)(?::(\d+))?$/.exec(entry) ?? /^([\da-f:.]+(?:\/\d+)?)$/.exec(entry) ?? [];
  return { name: name.replace(/[[\]]/g, ''), port };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The addresses that `address` or `address/bits` means; null where it is neither. */
function rangeOf(written: string): BlockList | null {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(written) ?? [];
  const width = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || Number(bits ?? 0) > width) return null;
  const range = new BlockList();
  range.addSubnet(address, Number(bits ?? width), familyOf(address));
  return range;
}
