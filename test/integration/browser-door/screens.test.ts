import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { createConnection } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dispatcher, type Handlers, createDispatcher } from '../../../main/bridge/dispatcher.ts';
import { maxMessageBytes, maxWaitingBytes } from '../../../main/browser/screens.ts';
import type { ScreenMessage } from '../../../preload/contract.ts';
import { type TestDoor, enter, handshake, openScreen, startDoor, testClock } from './door-client.ts';

let test_: TestDoor;
beforeAll(async () => void (test_ = await startDoor()));
afterAll(() => test_.stop());

describe('a handshake', () => {
  test('with our cookie, origin and host is taken', async () => {
    expect(await handshake(test_.port, test_.entered)).toBe(101);
    expect(await handshake(test_.port, { ...test_.entered, 'sec-fetch-site': 'same-origin' })).toBe(101);
  });

  test.each([
    'https://evil.example',
    'null',
    'http://localhost',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:PORT.evil.example',
    'http://[::1]:PORT',
  ])('of a page from %s is turned down, with the cookie too', async (origin) => {
    const foreign = { ...test_.entered, origin: origin.replace('PORT', String(test_.port)) };
    expect(await handshake(test_.port, foreign)).toBe(403);
  });

  test('without an origin is turned down', async () => {
    expect(await handshake(test_.port, { cookie: test_.entered.cookie })).toBe(403);
  });

  test('for another host is turned down', async () => {
    for (const host of ['evil.example', `evil.example:${test_.port}`, `localhost:${test_.port}`]) {
      expect(await handshake(test_.port, { ...test_.entered, host }), host).toBe(421);
    }
  });

  test('that another page caused is turned down', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(await handshake(test_.port, { ...test_.entered, 'sec-fetch-site': site })).toBe(403);
    }
  });

  test('without the cookie, or with a wrong one, is turned down', async () => {
    const { origin, cookie } = test_.entered;
    expect(await handshake(test_.port, { origin })).toBe(401);
    expect(await handshake(test_.port, { origin, cookie: `${cookie}x` })).toBe(401);
  });

  test('anywhere but at /bridge is turned down', async () => {
    for (const path of ['/', '/bridge/', '/bridge?x=1', '/open']) {
      expect(await handshake(test_.port, test_.entered, path), path).toBe(404);
    }
  });
});

describe('a screen', () => {
  test('is answered, and a second tab too', async () => {
    const one = await openScreen(test_.port, test_.entered);
    const other = await openScreen(test_.port, test_.entered);
    expect(await one.call('vault.info')).toMatchObject({ ok: true });
    expect(await other.call('vault.info')).toMatchObject({ ok: true });
    one.socket.close();
    await one.closed;
    expect(await other.call('vault.info')).toMatchObject({ ok: true });
    other.socket.close();
  });

  test('of a second browser enters by an address of its own', async () => {
    const cookie = await enter(test_.port, test_.door.address());
    const screen = await openScreen(test_.port, { ...test_.entered, cookie });
    expect(await screen.call('vault.info')).toMatchObject({ ok: true });
    screen.socket.close();
  });

  test('gets no compressed frames: their size would tell of the secrets in them', async () => {
    const { socket } = await openScreen(test_.port, test_.entered);
    expect(socket.extensions).toBe('');
    socket.close();
  });

  test('asking wrongly is told so and goes on; no handler saw it', async () => {
    const screen = await openScreen(test_.port, test_.entered);
    const before = test_.calls.length;
    for (const [method, input] of [
      ['vault.steal', {}],
      ['vault.info', { more: 1 }],
      ['vault.info', 'text'],
      ['__proto__', {}],
    ] as const) {
      expect(await screen.call(method, input), method).toMatchObject({
        ok: false,
        error: { code: 'input_invalid' },
      });
    }
    expect(test_.calls).toHaveLength(before);
    expect(await screen.call('vault.info')).toMatchObject({ ok: true });
    screen.socket.close();
  });

  test.each([
    ['a message above the bound', () => 'x'.repeat(maxMessageBytes + 1), 1009],
    ['something that is not JSON', () => '{"request":1,', 1007],
    ['a binary frame', () => Buffer.from('{"request":1,"method":"vault.info","input":{}}'), 1003],
    ['JSON that is no request', () => '[1,2,3]', 1008],
    ['JSON nested beyond sense', () => '['.repeat(100_000) + ']'.repeat(100_000), 1008],
  ])('that sends %s is hung up on, and the others are not', async (_, message, code) => {
    const other = await openScreen(test_.port, test_.entered);
    const screen = await openScreen(test_.port, test_.entered);
    screen.socket.send(message());
    expect(await screen.closed).toBe(code);
    expect(await other.call('vault.info')).toMatchObject({ ok: true });
    other.socket.close();
  });

  test('may send a message as long as the bound', async () => {
    const screen = await openScreen(test_.port, test_.entered);
    const padding = 'x'.repeat(maxMessageBytes - 200);
    expect(await screen.call('vault.info', { padding })).toMatchObject({
      ok: false,
      error: { code: 'input_invalid' },
    });
    screen.socket.close();
  });
});

test('a screen that does not read is cut off when too much waits for it, one that reads is not', async () => {
  const portion = 'x'.repeat(1024 * 1024);
  const enough = maxWaitingBytes / portion.length;
  const screens: { send: (message: ScreenMessage) => void; ended: boolean }[] = [];
  const dispatcher: Dispatcher = {
    ...createDispatcher({} as Handlers),
    connect(send) {
      const screen = { send, ended: false };
      screens.push(screen);
      return { receive: () => true, close: () => void (screen.ended = true) };
    },
  };
  const own = await startDoor(testClock(), dispatcher);
  const deaf = await openScreen(own.port, own.entered);
  const listening = await openScreen(own.port, own.entered);
  // Stops reading the connection itself: what the system does not take waits at the door.
  deaf.socket.pause();
  const message = { type: 'answer', request: 1, result: portion } as unknown as ScreenMessage;
  let sent = 0;
  for (; sent < 2 * enough && screens[0]?.ended === false; sent += 1) {
    for (const screen of screens) if (!screen.ended) screen.send(message);
    while (listening.messages.length <= sent) await nextTurn();
  }
  expect(screens.map(({ ended }) => ended)).toEqual([true, false]);
  expect(sent).toBeGreaterThan(enough);
  deaf.socket.terminate();
  await own.stop();
});

test('no other address of this computer reaches the door', async () => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ address }) => address !== '127.0.0.1')
    .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address));
  for (const host of [...addresses, '::1', '127.0.0.2']) {
    const socket = createConnection({ host, port: test_.port });
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'connected'),
      once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code),
    ]).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    socket.destroy();
    expect(outcome, host).not.toBe('connected');
  }
});

test('a door that closes says so to every screen, then hangs up', async () => {
  const own = await startDoor();
  const screens = await Promise.all([openScreen(own.port, own.entered), openScreen(own.port, own.entered)]);
  await own.stop();
  for (const screen of screens) {
    expect(await screen.closed).toBe(1001);
    expect(screen.messages).toContainEqual({ type: 'event', event: 'app.closing', payload: {} });
  }
});
