import { expect, test } from 'vitest';
import { proxyFor } from '../../../main/http/proxy.ts';

const api = new URL('https://api.vendor.example/v1');

function proxyOf(url: URL | string, env: Record<string, string>, choice = 'system'): string | null {
  const found = proxyFor(new URL(url), choice, env);
  if (!found.ok) throw new Error(found.error.message);
  return found.value?.href ?? null;
}

test('the environment names the proxy, lower case and HTTPS_PROXY first', () => {
  expect(proxyOf(api, {})).toBeNull();
  expect(proxyOf(api, { HTTPS_PROXY: 'http://a.example:1', https_proxy: 'http://b.example:2' })).toBe(
    'http://b.example:2/',
  );
  expect(proxyOf(api, { HTTP_PROXY: 'http://a.example:1', HTTPS_PROXY: 'http://b.example:2' })).toBe(
    'http://b.example:2/',
  );
  expect(proxyOf(api, { HTTP_PROXY: 'http://a.example:1' })).toBe('http://a.example:1/');
  expect(proxyOf(api, { ALL_PROXY: 'https://a.example:1' })).toBe('https://a.example:1/');
  expect(proxyOf(api, { HTTPS_PROXY: 'proxy.example:3128' })).toBe('http://proxy.example:3128/');
});

test('a proxy chosen by hand goes before the environment, and none means none', () => {
  const env = { HTTPS_PROXY: 'http://a.example:1' };
  expect(proxyOf(api, env, 'http://b.example:2')).toBe('http://b.example:2/');
  expect(proxyOf(api, env, 'none')).toBeNull();
});

test.each(['http://127.0.0.1:4101/', 'http://localhost:4101/', 'http://[::1]:4101/', 'https://127.0.0.1/'])(
  '%s is always direct',
  (url) => {
    expect(proxyOf(url, { HTTPS_PROXY: 'http://a.example:1' })).toBeNull();
    expect(proxyOf(url, {}, 'http://a.example:1')).toBeNull();
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
])('NO_PROXY "%s" exempts api.vendor.example: %s', (noProxy, exempt) => {
  const proxy = proxyOf(api, { HTTPS_PROXY: 'http://a.example:1', NO_PROXY: noProxy });
  expect(proxy === null).toBe(exempt);
});

test.each([
  ['2001:db8::1', true],
  ['[2001:db8::1]', true],
  ['[2001:db8::1]:443', true],
  ['[2001:db8::1]:80', false],
  ['2001:db8::2', false],
])('NO_PROXY "%s" exempts [2001:db8::1]: %s', (noProxy, exempt) => {
  const proxy = proxyOf('https://[2001:db8::1]/', { HTTPS_PROXY: 'http://a.example:1', NO_PROXY: noProxy });
  expect(proxy === null).toBe(exempt);
});

test.each(['ftp://proxy.example', 'socks5://proxy.example:1080', 'http://', 'http://ann:pass-word-1@:99999'])(
  'the proxy "%s" is refused without being repeated',
  (text) => {
    const found = proxyFor(api, 'system', { HTTPS_PROXY: text });
    expect(found).toMatchObject({ ok: false, error: { code: 'proxy_failed' } });
    expect(JSON.stringify(found)).not.toContain('pass-word-1');
  },
);
