import { expect, test } from 'vitest';
import { caFile, closedPort, failureOf, openHttp, serve, serveProxy, serveTls } from './servers.ts';

const api = 'https://api.vendor.example/v1/sites?code=pass-word-1';

test('https goes through the proxy of the environment, which sees host and port alone', async () => {
  const seen: string[] = [];
  const { port } = await serveTls('server', (request, response) => {
    seen.push(
      `${request.headers.host ?? ''}${request.url ?? ''} ${String(request.headers['proxy-authorization'])}`,
    );
    response.end('secure');
  });
  const proxy = await serveProxy(() => ({ port }));
  const http = openHttp({ caFile, env: { HTTPS_PROXY: proxy.url.replace('//', '//ann:pass%20word@') } });
  expect(await (await http.fetch(api)).text()).toBe('secure');
  expect(proxy.asked).toEqual([
    {
      method: 'CONNECT',
      target: 'api.vendor.example:443',
      authorization: `Basic ${Buffer.from('ann:pass word').toString('base64')}`,
    },
  ]);
  expect(seen).toEqual(['api.vendor.example/v1/sites?code=pass-word-1 undefined']);
});

test('a proxy chosen by hand is used without any environment', async () => {
  const { port } = await serveTls('server', (_, response) => void response.end('secure'));
  const proxy = await serveProxy(() => ({ port }));
  await openHttp({ caFile, proxy: proxy.url }).fetch(api);
  expect(proxy.asked).toHaveLength(1);
});

test('this computer is always reached directly, http and https', async () => {
  const proxy = await serveProxy(() => ({ status: 502 }));
  const plain = await serve((_, response) => void response.end('direct'));
  const secure = await serveTls('server', (_, response) => void response.end('direct'));
  const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, ALL_PROXY: proxy.url };
  const http = openHttp({ caFile, env });
  for (const url of [plain.origin, plain.origin.replace('127.0.0.1', 'localhost'), secure.origin]) {
    expect(await (await http.fetch(url)).text()).toBe('direct');
  }
  expect(proxy.asked).toEqual([]);
});

test('the proxy cannot replace the certificate: an unknown authority is refused through it too', async () => {
  const { port } = await serveTls('server', (_, response) => void response.end());
  const proxy = await serveProxy(() => ({ port }));
  const failure = await failureOf(openHttp({ proxy: proxy.url }).fetch(api));
  expect(failure.code).toBe('tls_untrusted');
  expect(failure.message).toContain(`api.vendor.example, reached through the proxy ${proxy.host},`);
});

test.each([
  [407, 'refused the user name or password (407)'],
  [403, 'did not connect to api.vendor.example (403)'],
  [502, 'did not connect to api.vendor.example (502)'],
])('a proxy that answers %d is proxy_failed', async (status, words) => {
  const proxy = await serveProxy(() => ({ status }));
  const credentials = { username: 'ann', password: 'pass-word-2' };
  const failure = await failureOf(openHttp({ proxy: proxy.url, credentials }).fetch(api));
  expect(failure.code).toBe('proxy_failed');
  expect(failure.message).toContain(proxy.host);
  expect(failure.message).toContain(words);
  expect(JSON.stringify(failure)).not.toContain('pass-word');
});

test('a proxy that is not there is proxy_failed, not an unreachable vendor', async () => {
  const port = await closedPort();
  const failure = await failureOf(openHttp({ proxy: `http://127.0.0.1:${String(port)}` }).fetch(api));
  expect(failure.code).toBe('proxy_failed');
  expect(failure.message).toContain(`The proxy 127.0.0.1:${String(port)} refused the connection`);
});

test('a proxy that breaks off is an error and not an endless wait', async () => {
  const proxy = await serveProxy(() => ({ port: 1 }));
  const failure = await failureOf(openHttp({ proxy: proxy.url }).fetch(api));
  expect(failure.code).toBe('proxy_failed');
});

test('a broken answer behind a proxy is the vendor, not the proxy', async () => {
  const { port } = await serveTls('server', (_, response) => {
    response.write('half', () => response.socket?.destroy());
  });
  const proxy = await serveProxy(() => ({ port }));
  const failure = await failureOf(openHttp({ caFile, proxy: proxy.url }).fetch(api));
  expect(failure.code).toBe('network_unreachable');
  expect(failure.message).toContain('api.vendor.example');
});

test('a proxy that is reached over TLS has to prove itself too', async () => {
  const { port } = await serveTls('server', (_, response) => void response.end('secure'));
  const proxy = await serveProxy(() => ({ port }), { secure: true });
  expect(await (await openHttp({ caFile, proxy: proxy.url }).fetch(api)).text()).toBe('secure');
  expect(proxy.asked).toMatchObject([{ method: 'CONNECT', target: 'api.vendor.example:443' }]);
  const failure = await failureOf(openHttp({ proxy: proxy.url }).fetch(api));
  expect(failure.code).toBe('tls_untrusted');
  expect(failure.message).toContain(proxy.host);
});
