import { expect, test } from 'vitest';
import type { Network } from '../../../main/http/network.ts';
import { type ResolveProxy, checkProxyAddress, environmentProxy, waysTo } from '../../../main/http/proxy.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';

const api = new URL('https://api.vendor.example/v1');

function ways(
  url: URL | string,
  env: Record<string, string>,
  network: Partial<Network> = {},
  resolveProxy: ResolveProxy | null = null,
): Promise<Result<readonly (URL | null)[]>> {
  const certificates = { files: [], system: true };
  const whole = { proxy: 'system', proxyCredentials: null, noProxy: '', certificates, ...network };
  return waysTo(new URL(url), whole, env, resolveProxy);
}

async function proxyOf(
  url: URL | string,
  env: Record<string, string>,
  choice = 'system',
): Promise<string | null> {
  const found = await ways(url, env, { proxy: choice });
  if (!found.ok) throw new Error(found.error.message);
  expect(found.value).toHaveLength(1);
  return found.value[0]?.href ?? null;
}

test('the environment names the proxy, lower case and HTTPS_PROXY first', async () => {
  expect(await proxyOf(api, {})).toBeNull();
  expect(await proxyOf(api, { HTTPS_PROXY: 'http://a.example:1', https_proxy: 'http://b.example:2' })).toBe(
    'http://b.example:2/',
  );
  expect(await proxyOf(api, { HTTP_PROXY: 'http://a.example:1', HTTPS_PROXY: 'http://b.example:2' })).toBe(
    'http://b.example:2/',
  );
  expect(await proxyOf(api, { HTTP_PROXY: 'http://a.example:1' })).toBe('http://a.example:1/');
  expect(await proxyOf(api, { ALL_PROXY: 'https://a.example:1' })).toBe('https://a.example:1/');
  expect(await proxyOf(api, { HTTPS_PROXY: 'proxy.example:3128' })).toBe('http://proxy.example:3128/');
});

test('a proxy chosen by hand goes before the environment, and none means none', async () => {
  const env = { HTTPS_PROXY: 'http://a.example:1' };
  expect(await proxyOf(api, env, 'http://b.example:2')).toBe('http://b.example:2/');
  expect(await proxyOf(api, env, 'none')).toBeNull();
});

test.each(['http://127.0.0.1:4101/', 'http://localhost:4101/', 'http://[::1]:4101/', 'https://127.0.0.1/'])(
  '%s is always direct',
  async (url) => {
    expect(await proxyOf(url, { HTTPS_PROXY: 'http://a.example:1' })).toBeNull();
    expect(await proxyOf(url, {}, 'http://a.example:1')).toBeNull();
  },
);

test.each([
  ['*', true],
  ['api.vendor.example', true],
  ['API.Vendor.Example', true],
  ['vendor.example', true],
  ['.vendor.example', true],
  ['*.vendor.example', true],
  ['other.example, vendor.example', true],
  ['other.example vendor.example', true],
  ['vendor.example:443', true],
  ['vendor.example:8443', false],
  ['*.api.vendor.example', false],
  ['endor.example', false],
  ['vendor', false],
  ['', false],
  [',', false],
])('NO_PROXY "%s" exempts api.vendor.example: %s', async (noProxy, exempt) => {
  const proxy = await proxyOf(api, { HTTPS_PROXY: 'http://a.example:1', NO_PROXY: noProxy });
  expect(proxy === null).toBe(exempt);
});

test.each([
  ['2001:db8::1', true],
  ['[2001:db8::1]', true],
  ['[2001:db8::1]:443', true],
  ['[2001:db8::1]:80', false],
  ['2001:db8::2', false],
])('NO_PROXY "%s" exempts [2001:db8::1]: %s', async (noProxy, exempt) => {
  const proxy = await proxyOf('https://[2001:db8::1]/', {
    HTTPS_PROXY: 'http://a.example:1',
    NO_PROXY: noProxy,
  });
  expect(proxy === null).toBe(exempt);
});

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['10.1.2.3', '10.0.0.0/8:443', true],
  ['10.1.2.3', '10.0.0.0/8:80', false],
  ['10.1.2.3', 'vendor.example, 192.168.0.0/16 10.1.2.0/23', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.3/32', true],
  ['10.1.2.3', '10.1.2.4/32', false],
  // Bits of the host in it say nothing.
  ['10.1.2.3', '10.1.99.99/16', true],
  ['10.1.2.3', '11.0.0.0/8', false],
  ['10.1.2.3', '0.0.0.0/0', true],
  ['10.1.2.3', '10.0.0.0/33', false],
  ['10.1.2.3', '10.0.0.0/', false],
  ['10.1.2.3', '10.0.0.0/8/8', false],
  ['10.1.2.3', '10.0.0.0/-8', false],
  ['10.1.2.3', '10/8', false],
  // The end of an address is no domain.
  ['10.1.2.3', '2.3', false],
  ['10.1.2.3', '::/0', false],
  ['[2001:db8::1]', '2001:db8::/32', true],
  ['[2001:db8::1]', '[2001:db8::]/32', true],
  ['[2001:db8::1]', '[2001:db8::]/32:443', true],
  ['[2001:db8::1]', '[2001:db8::]/32:80', false],
  ['[2001:db8::1]', '[2001:db8::/32]', true],
  ['[2001:db8::1]', '2001:0DB8:0:0::0001', true],
  ['[2001:db8::1]', '2001:db9::/31', true],
  ['[2001:db8::1]', '2001:db9::/32', false],
  ['[2001:db8::1]', '2001:db8::/129', false],
  ['[2001:db8::1]', '0.0.0.0/0', false],
  // Names are not looked up, and a range is no name.
  ['api.vendor.example', '0.0.0.0/0, ::/0', false],
  ['api.vendor.example', 'vendor.example/8', false],
])('%s without a proxy where NO_PROXY is "%s": %s', async (host, noProxy, exempt) => {
  const env = { HTTPS_PROXY: 'http://a.example:1' };
  const expected = ok([exempt ? null : new URL(env.HTTPS_PROXY)]);
  expect(await ways(`https://${host}/`, { ...env, NO_PROXY: noProxy })).toEqual(expected);
  expect(await ways(`https://${host}/`, env, { noProxy })).toEqual(expected);
});

test.each(['ftp://proxy.example', 'socks5://proxy.example:1080', 'http://', 'http://ann:pass-word-1@:99999'])(
  'the proxy "%s" is refused without being repeated',
  async (text) => {
    const found = await ways(api, { HTTPS_PROXY: text });
    expect(found).toMatchObject({ ok: false, error: { code: 'proxy_failed' } });
    expect(JSON.stringify(found)).not.toContain('pass-word-1');
  },
);

test('user name and password from the vault go to the proxy they were given for, whatever is in them', async () => {
  const credentials = { username: 'ann@example.com', password: 'a:b/c%20ü' };
  const found = await ways(
    api,
    {},
    {
      proxy: 'http://proxy.example:3128',
      proxyCredentials: () => Promise.resolve(ok(credentials)),
    },
  );
  const proxy = found.ok ? found.value[0] : null;
  expect(proxy?.host).toBe('proxy.example:3128');
  expect(decodeURIComponent(proxy?.username ?? '')).toBe(credentials.username);
  expect(decodeURIComponent(proxy?.password ?? '')).toBe(credentials.password);
});

test('a vault that is not open is what the request fails with', async () => {
  const locked = fail('vault_locked', 'The keychain is locked.', 'Unlock it.');
  const proxyCredentials = (): Promise<Result<never>> => Promise.resolve(locked);
  const proxy = 'http://proxy.example:3128';
  expect(await ways(api, {}, { proxy, proxyCredentials })).toEqual(locked);
  // Nobody is asked for what is not used.
  expect(await ways(api, {}, { proxy, proxyCredentials, noProxy: 'vendor.example' })).toEqual(ok([null]));
});

test.each([
  ['DIRECT', [null]],
  ['PROXY a.example:8080', ['http://a.example:8080/']],
  [
    'PROXY a.example:8080; HTTPS b.example:443;DIRECT',
    ['http://a.example:8080/', 'https://b.example/', null],
  ],
  ['SOCKS5 c.example:1080; proxy a.example:8080', ['http://a.example:8080/']],
  ['PROXY [2001:db8::1]:8080', ['http://[2001:db8::1]:8080/']],
])('the desktop answers "%s"', async (answer, expected) => {
  const asked: string[] = [];
  const found = await ways(
    'https://api.vendor.example/v1?code=1',
    { HTTPS_PROXY: 'http://no.example' },
    {},
    (url) => {
      asked.push(url);
      return Promise.resolve(answer);
    },
  );
  expect(found).toMatchObject({ ok: true });
  if (found.ok) expect(found.value.map((proxy) => proxy?.href ?? null)).toEqual(expected);
  expect(asked).toEqual(['https://api.vendor.example']);
});

test('the desktop is not asked where the settings say it, nor about this computer', async () => {
  const never = (): Promise<never> => Promise.reject(new Error('Nobody may ask.'));
  expect(await ways(api, {}, { proxy: 'none' }, never)).toEqual(ok([null]));
  expect(await ways(api, {}, { noProxy: 'vendor.example' }, never)).toEqual(ok([null]));
  expect(await ways('http://127.0.0.1:4101/', {}, {}, never)).toEqual(ok([null]));
  expect(await ways(api, {}, {}, never)).toMatchObject({ ok: false, error: { code: 'proxy_failed' } });
});

test('a system that offers SOCKS alone is told of, not passed by', async () => {
  const found = await ways(api, {}, {}, () => Promise.resolve('SOCKS5 c.example:1080'));
  expect(found).toMatchObject({ ok: false, error: { code: 'proxy_failed' } });
});

test.each([
  ['proxy.example:3128', 'http://proxy.example:3128'],
  ['https://proxy.example', 'https://proxy.example'],
  ['http://ann:pass-word-1@proxy.example:3128', null],
  ['http://proxy.example:3128/path', null],
  ['socks5://proxy.example', null],
  ['', null],
])('the address "%s" of a proxy is set as %s', (text, expected) => {
  const checked = checkProxyAddress(text);
  expect(checked.ok ? checked.value.origin : null).toBe(expected);
  if (!checked.ok) expect(checked.error.code).toBe('input_invalid');
  expect(JSON.stringify(checked)).not.toContain('pass-word-1');
});

test('of the proxy in the environment only the host is told', () => {
  expect(environmentProxy({})).toBeNull();
  expect(environmentProxy({ https_proxy: 'http://ann:pass-word-1@proxy.example:3128' })).toEqual({
    variable: 'HTTPS_PROXY',
    host: 'proxy.example:3128',
  });
  expect(environmentProxy({ ALL_PROXY: 'socks5://x' })).toEqual({ variable: 'ALL_PROXY', host: null });
});
