import { readdirSync, readlinkSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openLoopback } from '../../../main/sessions/loopback/loopback.ts';
import type { Loopback } from '../../../main/sessions/loopback/loopback.ts';
import { type RawClient, connect, exchange, head } from './raw.ts';
import { ask, isFree, receive, state } from './receiver.ts';

const right = `/callback?code=code-example&state=${state}`;

/** Sockets that this process holds open, as the system counts them (Linux), else as Node does. */
function openSockets(): number {
  try {
    return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length;
  } catch {
    return process.getActiveResourcesInfo().filter((name) => /TCP/.test(name)).length;
  }
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // closed between the two looks
  }
}

/** Waits until no more sockets are open than `before`; the test's own time limit ends it where some never close. */
async function allClosed(before: number): Promise<void> {
  await expect.poll(openSockets, { timeout: 30_000, interval: 10 }).toBeLessThanOrEqual(before);
}

let before: number;
beforeEach(() => {
  before = openSockets();
});

/** The receiver still waits, takes the right callback, and then nothing is left open. */
async function stillWorks(loopback: Loopback): Promise<void> {
  expect(await Promise.race([loopback.callback, Promise.resolve('waiting')])).toBe('waiting');
  const tab = ask(loopback, right);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.search).toBe(new URL(right, 'http://x').search);
  loopback.finish('success');
  expect((await tab).body).toContain('You are signed in');
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
  await allClosed(before);
}

type Attack = (loopback: Loopback) => string | Buffer;
const get =
  (target: string, ...headers: string[]): Attack =>
  (loopback) =>
    head(loopback, `GET ${target}`, ...headers);
const withMethod =
  (method: string): Attack =>
  (loopback) =>
    head(loopback, `${method} ${right}`);

describe('a client that is answered or cut off, without effect:', () => {
  test.each<[what: string, attack: Attack, answer: RegExp]>([
    ['the icon', get('/favicon.ico'), /^HTTP\/1\.1 404/],
    ['the root', get('/'), /^HTTP\/1\.1 404/],
    ['robots', get('/robots.txt'), /^HTTP\/1\.1 404/],
    ['another path', get(right.replace('callback', 'callback2')), /^HTTP\/1\.1 404/],
    ['a deeper path', get(right.replace('callback', 'callback/x')), /^HTTP\/1\.1 404/],
    ['a path with a dot segment', get(`/.${right}`), /^HTTP\/1\.1 404/],
    ['a path with two slashes', get(`/${right}`), /^HTTP\/1\.1 404/],
    ['a whole address as the target', (l) => head(l, `GET ${l.redirectUri}?code=a&state=${state}`), /404/],
    ['HEAD', withMethod('HEAD'), /^HTTP\/1\.1 404/],
    ['POST without a body', withMethod('POST'), /cannot read this answer/],
    ['PUT', withMethod('PUT'), /^HTTP\/1\.1 404/],
    ['DELETE', withMethod('DELETE'), /^HTTP\/1\.1 404/],
    ['OPTIONS', withMethod('OPTIONS'), /^HTTP\/1\.1 404/],
    ['TRACE', withMethod('TRACE'), /^HTTP\/1\.1 404/],
    ['a method that HTTP does not have', withMethod('STEAL'), /^$|^HTTP\/1\.1 400/],
    ['CONNECT', (l) => head(l, 'CONNECT 127.0.0.1:80'), /^$/],
    [
      'an answer by form_post',
      (l) =>
        `${head(l, 'POST /callback', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 42')}code=code-example&${`state=${state}`.slice(0, 24)}`,
      /cannot read this answer/,
    ],
    ['a signed answer (JARM)', get('/callback?response=eyJhbGciOiJub25lIn0.e30.'), /cannot read this answer/],
    ['no query', get('/callback'), /no open sign-in/],
    ['an empty query', get('/callback?'), /no open sign-in/],
    ['no state', get('/callback?code=a'), /no open sign-in/],
    ['an empty state', get('/callback?code=a&state='), /no open sign-in/],
    ['a wrong state', get('/callback?code=a&state=other'), /no open sign-in/],
    ['the state with a space after it', get(`/callback?code=a&state=${state}%20`), /no open sign-in/],
    ['the state twice', get(`${right}&state=${state}`), /no open sign-in/],
    ['the state twice, once escaped', get(`${right}&st%61te=${state}`), /no open sign-in/],
    ['the code twice', get(`${right}&code=b`), /no open sign-in/],
    ['the state in the fragment', get(`/callback?code=a#state=${state}`), /^$|^HTTP\/1\.1 40[04]/],
    ['an error without a state', get('/callback?error=access_denied'), /no open sign-in/],
    ['a query of 20 KB', get(`${right}&x=${'x'.repeat(20_000)}`), /^HTTP\/1\.1 404/],
    ['a query of 64 KB', get(`${right}&x=${'x'.repeat(65_536)}`), /^$|^HTTP\/1\.1 431/],
    ['a header of 64 KB', get(right, `X-Long: ${'x'.repeat(65_536)}`), /^$|^HTTP\/1\.1 431/],
    ['another Host', () => `GET ${right} HTTP/1.1\r\nHost: attacker.example\r\n\r\n`, /^HTTP\/1\.1 404/],
    ['no Host (HTTP/1.1)', () => `GET ${right} HTTP/1.1\r\n\r\n`, /^$|^HTTP\/1\.1 400/],
    ['no Host (HTTP/1.0)', () => `GET ${right} HTTP/1.0\r\n\r\n`, /404/],
    ['HTTP/2 without asking', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^$|400/],
    ['a TLS hello', () => Buffer.from('160301020001000300', 'hex'), /^$|400/],
    ['garbage', () => Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256)), /^$|400/],
    ['line feeds alone', (l) => head(l, `GET ${right}`).replaceAll('\r\n', '\n\0'), /^$|400/],
    ['two lengths', get(right, 'Content-Length: 1', 'Content-Length: 2'), /^$|400/],
    ['a length and chunks', get(right, 'Content-Length: 1', 'Transfer-Encoding: chunked'), /^$|400/],
  ])('%s', async (_what, attack, answer) => {
    const loopback = await receive();
    const said = await exchange(loopback, attack(loopback));
    expect(said).toMatch(answer);
    expect(said).not.toMatch(/^HTTP\/1\.1 200|signed in|code-example|state-example/);
    await stillWorks(loopback);
  });
});

describe('a client that never finishes does not hold anything:', () => {
  test.each<[what: string, attack: Attack]>([
    ['silence', () => ''],
    ['half a request line', () => 'GET /call'],
    ['a request of HTTP/0.9', () => `GET ${right}\r\n`],
    ['headers without an end', (l) => head(l, `GET ${right}`).slice(0, -2)],
    ['a body that does not come', (l) => head(l, 'POST /callback', 'Content-Length: 1000')],
  ])('%s', async (_what, attack) => {
    const loopback = await receive();
    const clients: RawClient[] = [];
    for (let n = 0; n < 50; n += 1) {
      const client = await connect(loopback);
      client.send(attack(loopback));
      clients.push(client);
    }
    await stillWorks(loopback);
    for (const client of clients) expect(await client.ended).not.toMatch(/200|signed in/);
  });
});

test('two requests in one go: the first counts, the second is never read', async () => {
  const loopback = await receive();
  const client = await connect(loopback);
  client.send(
    head(loopback, `GET ${right}`) + head(loopback, `GET ${right.replace('code-example', 'injected')}`),
  );
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('code')).toBe('code-example');
  loopback.finish('success');
  expect((await client.ended).match(/HTTP\/1\.1/g)).toHaveLength(1);
  await allClosed(before);
});

test('a second right callback is told that it is late, while the first waits and after it', async () => {
  const loopback = await receive();
  const first = ask(loopback, right);
  await loopback.callback;
  const second = await ask(loopback, right.replace('code-example', 'injected'));
  expect(second.status).toBe(410);
  loopback.finish('success');
  expect((await first).body).toContain('You are signed in');
  await loopback.closed;
  await expect(ask(loopback, right)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await allClosed(before);
});

test.each(['&error_description=Not%20today', ''])('an error answer is an answer%s', async (description) => {
  const loopback = await receive();
  const tab = ask(loopback, `/callback?error=access_denied${description}&state=${state}`);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('error')).toBe('access_denied');
  loopback.finish({ failure: { code: 'authorization_denied', message: 'Refused.', hint: 'Ask.' } });
  expect((await tab).body).toContain('Refused.');
  await allClosed(before);
});

test('script in what a server says is text on the page', async () => {
  const loopback = await receive();
  const tab = ask(loopback, `/callback?error=x&state=${state}`);
  await loopback.callback;
  const message = `</p><script>alert(1)</script><img src=x onerror="alert('1')">`;
  loopback.finish({ failure: { code: 'authorization_denied', message, hint: message } });
  const { body } = await tab;
  expect(body.match(/<script>/g)).toHaveLength(1);
  expect(body).not.toContain('<img');
  expect(body).toContain('&lt;script&gt;alert(1)');
});

test('two sign-ins at once each get their own answer', async () => {
  const one = await receive({ state: 'state-one' });
  const two = await receive({ state: 'state-two' });
  expect((await ask(one, '/callback?code=b&state=state-two')).status).toBe(404);
  expect((await ask(two, '/callback?code=a&state=state-one')).status).toBe(404);
  void ask(two, '/callback?code=two&state=state-two');
  void ask(one, '/callback?code=one&state=state-one');
  const codes = await Promise.all([one.callback, two.callback]);
  expect(codes.map((callback) => callback.ok && callback.value.searchParams.get('code'))).toEqual([
    'one',
    'two',
  ]);
  await Promise.all([one.close(), two.close()]);
  await allClosed(before);
});

test('two sign-ins at once with one list of ports take one each, and the third is told that all are taken', async () => {
  const ports = await freePorts(2);
  const first = await receive({ ports });
  const second = await receive({ ports });
  expect([first, second].map(({ redirectUri }) => Number(new URL(redirectUri).port))).toEqual(ports);
  const third = await openLoopback({
    ports,
    path: '/callback',
    state,
    mode: 'query',
    timeoutMs: 1000,
    clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
  });
  expect(third).toMatchObject({ ok: false, error: { code: 'port_unavailable' } });
  await Promise.all([first.close(), second.close()]);
  await allClosed(before);
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

test('cancelled a hundred times, with tabs and idle connections open: no socket is left', async () => {
  for (let n = 0; n < 100; n += 1) {
    const controller = new AbortController();
    const loopback = await receive({ signal: controller.signal });
    const idle = await connect(loopback);
    if (n % 2 === 0) {
      void ask(loopback, right);
      await loopback.callback;
      await loopback.close();
    } else {
      controller.abort();
      expect(await loopback.callback).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    }
    await loopback.closed;
    await idle.ended;
  }
  await allClosed(before);
});

test('a thousand connections that say nothing do not keep the right one out', async () => {
  const loopback = await receive();
  const crowd = await Promise.all(Array.from({ length: 1000 }, () => connect(loopback)));
  await stillWorks(loopback);
  await Promise.all(crowd.map(({ ended }) => ended));
});

test('a tab that comes back while the first one was closed is told so, and the answer is not lost', async () => {
  const loopback = await receive();
  const tab = await connect(loopback);
  tab.send(head(loopback, `GET ${right}`));
  expect((await loopback.callback).ok).toBe(true);
  tab.drop();
  expect((await ask(loopback, right)).status).toBe(410);
  loopback.finish('success');
  await loopback.closed;
  await allClosed(before);
});

test('the addresses of other interfaces are closed', async () => {
  const loopback = await receive();
  const port = Number(new URL(loopback.redirectUri).port);
  for (const host of ['127.0.0.2', '::1', ...(await otherAddresses())]) {
    const answered = await new Promise((resolve) => {
      const socket = net.connect(port, host, () => resolve(true));
      socket.on('error', () => resolve(false));
      onTestFinished(() => void socket.destroy());
    });
    expect([host, answered]).toEqual([host, false]);
  }
});

async function otherAddresses(): Promise<string[]> {
  const { networkInterfaces } = await import('node:os');
  return Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.internal === false && address.family === 'IPv4')
    .map((address) => address?.address ?? '');
}
