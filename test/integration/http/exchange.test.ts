import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { closedPort, failureOf, openHttp, serve, serveRaw } from './servers.ts';

test('a request goes out as it was given and the answer comes back whole', async () => {
  const { origin } = await serve((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(pieces).toString() }));
    });
  });
  const response = await openHttp({ userAgent: 'Latchkey/1.2.3' }).fetch(`${origin}/token?a=1`, {
    method: 'POST',
    headers: new Headers({ authorization: 'Bearer example' }),
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'a b' }),
  });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toMatchObject({
    method: 'POST',
    url: '/token?a=1',
    headers: {
      authorization: 'Bearer example',
      'user-agent': 'Latchkey/1.2.3',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    },
    body: 'grant_type=client_credentials&scope=a+b',
  });
});

test.each([204, 205, 304])('an answer %d without a body is an answer', async (status) => {
  const { origin } = await serve((_, response) => void response.writeHead(status).end());
  const response = await openHttp().fetch(origin);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe('');
});

test.each([301, 302, 303, 307, 308])('a redirect %d is returned and not followed', async (status) => {
  const asked: string[] = [];
  const { origin } = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { location: '/elsewhere' }).end('moved');
  });
  const answered = await openHttp()
    .fetch(`${origin}/token`, { method: 'POST', body: 'secret', redirect: 'follow' })
    .catch(() => null);
  expect(asked).toEqual(['/token']);
  expect(answered?.status).toBe(status);
  expect(answered?.headers.get('location')).toBe('/elsewhere');
});

test('an address that is neither https nor this computer is refused before anything is sent', async () => {
  const http = openHttp();
  const failure = await failureOf(http.fetch('http://api.vendor.example/v1'));
  expect(failure.code).toBe('input_invalid');
  expect(http.recorded).toEqual([]);
});

test('a header that cannot be sent is refused without its value being repeated', async () => {
  const { origin } = await serve((_, response) => void response.end());
  const failure = await failureOf(
    openHttp().fetch(origin, { headers: { authorization: 'Bearer pass-word-1\nx' } }),
  );
  expect(failure.code).toBe('input_invalid');
  expect(JSON.stringify([failure, failure.error.cause])).not.toContain('pass-word-1');
});

test('nothing listening is network_unreachable and names host and port', async () => {
  const port = await closedPort();
  const failure = await failureOf(
    openHttp().fetch(`http://127.0.0.1:${String(port)}/token?code=pass-word-1`),
  );
  expect(failure.code).toBe('network_unreachable');
  expect(failure.message).toContain(`127.0.0.1:${String(port)} refused the connection`);
  expect(failure.error.message).toBe(failure.message);
  expect(JSON.stringify(failure)).not.toContain('pass-word-1');
});

test('a connection reset before the answer is network_unreachable', async () => {
  const { origin } = await serveRaw((socket) => socket.resetAndDestroy());
  const failure = await failureOf(openHttp().fetch(origin));
  expect(failure.code).toBe('network_unreachable');
  expect(failure.message).toContain('broke the connection off');
});

test('a connection that ends in the middle of the body is network_unreachable, with the status on record', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => response.socket?.resetAndDestroy());
  });
  const http = openHttp();
  const failure = await failureOf(http.fetch(origin));
  expect(failure.code).toBe('network_unreachable');
  expect(http.recorded).toMatchObject([
    { status: 200, bytes: null, failure: { code: 'network_unreachable' } },
  ]);
});

test('a chunked body that just stops is not taken for a whole one', async () => {
  const { origin } = await serveRaw((socket) => {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
  });
  const failure = await failureOf(openHttp().fetch(origin));
  expect(failure.code).toBe('network_unreachable');
});

test('an answer that does not come is a timeout', async () => {
  const { origin } = await serve(() => undefined);
  const failure = await failureOf(openHttp({ timeoutMs: { headers: 300 } }).fetch(origin));
  expect(failure.code).toBe('timeout');
  expect(failure.message).toContain('did not answer in time');
});

test('a body that stops coming is a timeout', async () => {
  const { origin } = await serve((_, response) => void response.write('half'));
  const failure = await failureOf(openHttp({ timeoutMs: { body: 300 } }).fetch(origin));
  expect(failure.code).toBe('timeout');
  expect(failure.message).toContain('half-way');
});

test('a server that drips for ever meets the bound on the whole exchange', async () => {
  const { origin } = await serve((_, response) => {
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const failure = await failureOf(openHttp({ timeoutMs: { whole: 300 } }).fetch(origin));
  expect(failure.code).toBe('timeout');
  expect(failure.message).toContain('took too long');
});

test.each(['SSH-2.0-Example\r\n', 'HTTP/1.1 abc\r\n\r\n', 'HTTP/1.1 999 X\r\ncontent-length: 0\r\n\r\n'])(
  '%j is no HTTP and therefore response_unexpected',
  async (answer) => {
    const { origin } = await serveRaw((socket) => socket.end(answer));
    const failure = await failureOf(openHttp().fetch(origin));
    expect(failure.code).toBe('response_unexpected');
  },
);

test('a body is bounded after decompression, and one of exactly the bound passes', async () => {
  const { origin } = await serve((request, response) => {
    const length = Number((request.url ?? '').slice(1));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(length, 'x')));
  });
  const http = openHttp({ maxBodyBytes: 100_000 });
  expect(await (await http.fetch(`${origin}/100000`)).text()).toBe('x'.repeat(100_000));
  const failure = await failureOf(http.fetch(`${origin}/100001`));
  expect(failure.code).toBe('response_unexpected');
  expect(failure.message).toContain('larger than 100000 bytes');
});

test('a damaged compressed body is response_unexpected', async () => {
  const { origin } = await serve(
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'),
  );
  const failure = await failureOf(openHttp().fetch(origin));
  expect(failure.code).toBe('response_unexpected');
});

test("the caller's abort comes back with the caller's own reason, before and during the exchange", async () => {
  const arrived = Promise.withResolvers<undefined>();
  const { origin } = await serve((_, response) => {
    response.write('half');
    arrived.resolve(undefined);
  });
  const http = openHttp();
  const reason = new Error('the user changed their mind');
  await expect(http.fetch(origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const request = http.fetch(origin, { signal: controller.signal });
  await arrived.promise;
  controller.abort(reason);
  await expect(request).rejects.toBe(reason);
  expect(http.recorded).toMatchObject([{ failure: { code: 'cancelled' } }]);
});

test("a mistake in the calling code is thrown as it is and not called the network's fault", async () => {
  const { origin } = await serve((_, response) => void response.end());
  await expect(openHttp().fetch(origin, { body: 'x' })).rejects.toBeInstanceOf(TypeError);
});

test('a record names what was done, for whom and how it went, and holds no query value, header or body', async () => {
  const { origin } = await serve((_, response) => void response.writeHead(404).end('pass-word-3'));
  const http = openHttp();
  await http.fetch(`${origin}/v1/users?search=pass-word-1&page=3`, {
    method: 'POST',
    headers: { authorization: 'Bearer pass-word-2' },
    body: 'pass-word-4',
    about: { purpose: 'api', connection: 'c1', attempt: 2 },
  });
  expect(http.recorded).toEqual([
    {
      at: expect.any(Number) as number,
      purpose: 'api',
      connection: 'c1',
      attempt: 2,
      method: 'POST',
      host: new URL(origin).host,
      path: '/v1/users?search=…&page=3',
      status: 404,
      milliseconds: expect.any(Number) as number,
      bytes: 11,
      proxy: null,
      failure: null,
    },
  ]);
  expect(JSON.stringify(http.recorded)).not.toContain('pass-word');
});

test("the server's clock is compared with ours", async () => {
  const ours = Date.UTC(2026, 10, 22, 12, 0, 0);
  const clock = { now: () => ours, sleep: () => Promise.resolve() };
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { date: new Date(ours + 90_000).toUTCString() }).end();
  });
  const http = openHttp({ clock });
  expect(http.skewSeconds(origin)).toBeNull();
  await http.fetch(`${origin}/token`);
  expect(http.skewSeconds(origin)).toBe(91);
});

test('after close the seam opens new connections when it is asked again', async () => {
  const { origin } = await serve((_, response) => void response.end('there'));
  const http = openHttp();
  await http.fetch(origin);
  await http.close();
  expect(await (await http.fetch(origin)).text()).toBe('there');
});
