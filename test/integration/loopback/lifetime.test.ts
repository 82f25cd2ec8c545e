import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../main/sessions/loopback/listen.ts';
import { openLoopback } from '../../../main/sessions/loopback/loopback.ts';
import { ask, inTime, isFree, manualClock, receive, state } from './receiver.ts';

const right = `/callback?code=code-example&state=${state}`;

async function occupy(address = '127.0.0.1'): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

test('of an ordered list the first free port is taken', async () => {
  const taken = await occupy();
  const free = await receive();
  const { port } = new URL(free.redirectUri);
  await free.close();
  const loopback = await receive({ ports: [taken, Number(port)] });
  expect(loopback.redirectUri).toBe(`http://127.0.0.1:${port}/callback`);
});

test('when every port is taken the failure names them', async () => {
  const ports = [await occupy(), await occupy()];
  const options = { path: '/callback', state, mode: 'query', timeoutMs: 1000, clock: manualClock() } as const;
  const all = await openLoopback({ ...options, ports });
  expect(all).toMatchObject({
    ok: false,
    error: { code: 'port_unavailable', message: expect.stringContaining(ports.join(', ')) as string },
  });
  const one = await openLoopback({ ...options, ports: ports.slice(0, 1) });
  expect(one).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining(`Port ${String(ports[0])}`) as string },
  });
});

test('only the loopback interface is listened on', async () => {
  const loopback = await receive();
  const { port } = new URL(loopback.redirectUri);
  // On Linux all of 127.0.0.0/8 is this computer, so a server on every interface would answer here.
  const answered = await new Promise((resolve) => {
    const socket = net.connect(Number(port), '127.0.0.2', () => resolve(true));
    socket.on('error', () => resolve(false));
  });
  expect(answered).toBe(false);
});

test('where the first address is absent, as IPv4 may be, ::1 is used and Host is checked against it', async () => {
  // 240.0.0.0/4 is reserved (RFC 1112 4): no computer has it.
  const server = createServer();
  const bound = await listenOnLoopback(server, [], { addresses: ['240.0.0.1', '::1'] });
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(bound).toEqual({
    ok: true,
    value: { origin: `http://[::1]:${String(port)}`, host: `[::1]:${String(port)}`, twin: null },
  });
});

test('a computer without any of the addresses gets a failure in words', async () => {
  const bound = await listenOnLoopback(createServer(), [], { addresses: ['240.0.0.1', '240.0.0.2'] });
  expect(bound).toMatchObject({ ok: false, error: { code: 'port_unavailable' } });
});

describe('a redirect URI that names localhost', () => {
  test.each(['127.0.0.1', '::1'])(
    'is answered on both loopback addresses, here %s, and on no other',
    async (address) => {
      const loopback = await receive({ localhost: true });
      const { port, hostname } = new URL(loopback.redirectUri);
      expect(hostname).toBe('localhost');
      expect(await ask(loopback, '/callback?code=c&state=wrong', { address })).toMatchObject({ status: 404 });
      const literal = { address, headers: { host: `127.0.0.1:${port}` } };
      expect(await ask(loopback, right, literal)).toMatchObject({ status: 404 });
      await expect(ask(loopback, right, { address: '127.0.0.2' })).rejects.toThrow('ECONNREFUSED');
      const tab = ask(loopback, right, { address });
      expect(await inTime(loopback.callback)).toMatchObject({ ok: true });
      loopback.finish('success');
      expect(await inTime(tab)).toMatchObject({
        status: 200,
        body: expect.stringContaining('signed in') as string,
      });
      await loopback.closed;
      for (const each of ['127.0.0.1', '::1']) expect(await isFree(loopback, each), each).toBe(true);
    },
  );

  test('takes no port that somebody else has on one of the addresses: the code could go there', async () => {
    const taken = await occupy('::1');
    const free = await receive();
    const next = Number(new URL(free.redirectUri).port);
    await free.close();
    const loopback = await receive({ localhost: true, ports: [taken, next] });
    expect(loopback.redirectUri).toBe(`http://localhost:${next}/callback`);
    const none = await openLoopback({
      ...{ localhost: true, ports: [taken], path: '/callback', state, mode: 'query', timeoutMs: 1000 },
      clock: manualClock(),
    });
    expect(none).toMatchObject({ ok: false, error: { code: 'port_unavailable' } });
    const after = net.createServer();
    await new Promise<void>((resolve) => after.listen(taken, '127.0.0.1', resolve));
    after.close();
  });

  test('does with the one address that a computer has', async () => {
    const server = createServer();
    const bound = await listenOnLoopback(server, [], {
      localhost: true,
      addresses: ['127.0.0.1', '240.0.0.1'],
    });
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const host = `localhost:${String(port)}`;
    expect(bound).toEqual({ ok: true, value: { origin: `http://${host}`, host, twin: null } });
  });

  test('is closed on both by cancelling, whatever is connected', async () => {
    const stop = new AbortController();
    const loopback = await receive({ localhost: true, signal: stop.signal });
    const { port } = new URL(loopback.redirectUri);
    const idle = ['127.0.0.1', '::1'].map((address) =>
      net.connect(Number(port), address).on('error', () => undefined),
    );
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const ended = idle.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    stop.abort();
    expect(await loopback.callback).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await inTime(loopback.closed)).toBeUndefined();
    expect(await inTime(Promise.all(ended))).toHaveLength(2);
    for (const each of ['127.0.0.1', '::1']) expect(await isFree(loopback, each), each).toBe(true);
  });
});

test('when the browser does not come back the wait ends, and the port is free', async () => {
  const clock = manualClock();
  const loopback = await receive({ clock, timeoutMs: 300_000 });
  await clock.wake(300_000);
  expect(await loopback.callback).toMatchObject({
    ok: false,
    error: { code: 'callback_timeout', message: expect.stringContaining('5 minutes') as string },
  });
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
});

test('the time limit no longer counts once the browser is back', async () => {
  const clock = manualClock();
  const loopback = await receive({ clock, timeoutMs: 300_000 });
  const tab = ask(loopback, right);
  expect((await loopback.callback).ok).toBe(true);
  await clock.wake(300_000);
  loopback.finish('success');
  expect((await tab).body).toContain('You are signed in');
});

test('cancelling ends the wait and frees the port', async () => {
  const controller = new AbortController();
  const loopback = await receive({ signal: controller.signal });
  controller.abort();
  expect(await loopback.callback).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
});

test('a sign-in that is cancelled already does not listen', async () => {
  const options = { ports: [], path: '/callback', state, mode: 'query', timeoutMs: 1000 } as const;
  const opened = await openLoopback({ ...options, clock: manualClock(), signal: AbortSignal.abort() });
  expect(opened).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});

test('closing ends the wait and frees the port, also while connections are open and a tab waits', async () => {
  const loopback = await receive();
  const { port } = new URL(loopback.redirectUri);
  const idle = net.connect(Number(port), '127.0.0.1');
  idle.on('error', () => undefined);
  await new Promise((resolve) => idle.once('connect', resolve));
  const tab = ask(loopback, right);
  await loopback.callback;
  expect(await inTime(loopback.close().then(() => 'closed'))).toBe('closed');
  await expect(tab).rejects.toThrow();
  expect(await isFree(loopback)).toBe(true);

  const second = await receive();
  await second.close();
  await second.close();
  expect(await second.callback).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});

test('a tab that keeps its connection open does not keep the port after the last page', async () => {
  const clock = manualClock();
  const loopback = await receive({ clock });
  const { port, host } = new URL(loopback.redirectUri);
  const tab = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  const page = new Promise((resolve) => tab.once('data', resolve));
  tab.write(`GET ${right} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`);
  await loopback.callback;
  loopback.finish('success');
  expect(String(await page)).toContain('200 OK');
  // The tab never ends its half of the connection; the bound for the last page does.
  await clock.wake(2000);
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
});

test('a tab that was closed while it waited changes nothing, and finishing frees the port', async () => {
  const loopback = await receive();
  const { port, host } = new URL(loopback.redirectUri);
  const tab = net.connect(Number(port), '127.0.0.1');
  tab.write(`GET ${right} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect((await loopback.callback).ok).toBe(true);
  tab.destroy();
  loopback.finish('success');
  loopback.finish('success');
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
});

test('a tab does not wait for ever: after the bound it is told that Latchkey is still working', async () => {
  const clock = manualClock();
  const loopback = await receive({ clock });
  const tab = ask(loopback, right);
  await loopback.callback;
  await clock.wake(120_000);
  expect((await tab).body).toContain('still working');
  loopback.finish('success');
});
