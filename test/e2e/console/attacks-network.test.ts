import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, handshake, openScreen } from '../../integration/browser-door/door-client.ts';
import { openChromium } from '../../support/browser.ts';
import { type Door, startDoor } from './door.ts';

// Attacks on a running `latchkey serve` by way of the network: real second names, other programs and users of this computer.
// Everything goes to 127.0.0.1, is counted, and ends by itself.

const manyConnections = 200;
/** More than the door takes. */
const manyScreens = 40;

let browser: Browser;
let victim: BrowserContext;
let door: Door;
let port: number;
let entered: { cookie: string; origin: string };
let attacker: Server;
let attackerPort: number;
/** What the attacker's own server was asked. */
const asked: { path: string; headers: Record<string, unknown> }[] = [];

beforeAll(async () => {
  attacker = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Attacker</title>');
  });
  attacker.listen(0, '127.0.0.1');
  await once(attacker, 'listening');
  attackerPort = (attacker.address() as AddressInfo).port;
  [browser, door] = await Promise.all([
    // Every name below attacker.example leads to this computer, as a rebound one does.
    openChromium(['--host-resolver-rules=MAP *.attacker.example 127.0.0.1']),
    startDoor({ PATH: process.env.PATH ?? '' }, ['--vault', 'memory']),
  ]);
  const { origin } = new URL(door.url);
  port = Number(new URL(origin).port);
  victim = await browser.newContext();
  const page = await victim.newPage();
  await page.goto(door.url);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  const [cookie] = await victim.cookies(page.url());
  entered = { origin, cookie: `${cookie?.name ?? ''}=${cookie?.value ?? ''}` };
});

afterAll(async () => {
  await browser.close();
  attacker.close();
  attacker.closeAllConnections();
  expect(await door.stop()).toBe(0);
});

/** A page of the attacker in the browser of the person who has the console open. */
async function lured(host: string): Promise<Page> {
  const tab = await victim.newPage();
  await tab.goto(`http://${host}:${attackerPort}/`);
  return tab;
}

describe.each(['www.attacker.example', '127.0.0.1'])('a page of %s, in the same browser', (host) => {
  test('opens no WebSocket', async () => {
    const tab = await lured(host);
    const outcome = await tab.evaluate(
      (address) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve('opened');
          socket.onerror = () => resolve('refused');
        }),
      `ws://127.0.0.1:${port}/bridge`,
    );
    expect(outcome).toBe('refused');
    await tab.close();
  });

  test('reads nothing, runs nothing of ours, and frames nothing', async () => {
    const tab = await lured(host);
    const outcomes = await tab.evaluate(async (origin) => {
      const element = (name: 'script' | 'img' | 'link', set: (made: HTMLElement) => void): Promise<string> =>
        new Promise((resolve) => {
          const made = document.createElement(name);
          made.onload = () => resolve('loaded');
          made.onerror = () => resolve('refused');
          set(made);
          document.head.append(made);
        });
      const read = (mode: RequestMode): Promise<string> =>
        fetch(origin, { mode, credentials: 'include' }).then(
          async (answer) => `${answer.type} ${await answer.text()}`,
          () => 'refused',
        );
      const frame = document.createElement('iframe');
      const framed = new Promise<string>((resolve) => {
        frame.onload = () => {
          try {
            resolve(frame.contentDocument === null ? 'refused' : frame.contentDocument.body.textContent);
          } catch {
            resolve('refused');
          }
        };
      });
      frame.src = origin;
      document.body.append(frame);
      return {
        cors: await read('cors'),
        opaque: await read('no-cors'),
        script: await element('script', (made) => ((made as HTMLScriptElement).src = `${origin}/`)),
        picture: await element('img', (made) => ((made as HTMLImageElement).src = `${origin}/icon.svg`)),
        frame: await framed,
      };
    }, entered.origin);
    expect(outcomes).toEqual({
      cors: 'refused',
      opaque: 'refused',
      script: 'refused',
      picture: 'refused',
      frame: 'refused',
    });
    await tab.close();
  });
});

test('a server on another port of this computer is not sent the cookie of the console', async () => {
  const before = asked.length;
  const tab = await lured('127.0.0.1');
  expect((await victim.cookies(door.url)).map(({ name }) => name)).toEqual([`latchkey-${port}`]);
  expect(asked.length).toBeGreaterThan(before);
  for (const { headers } of asked.slice(before)) expect(headers).not.toHaveProperty('cookie');
  await tab.close();
});

test('a name that was rebound to this computer, at our own port, gets no screen and no bridge', async () => {
  const tab = await victim.newPage();
  const answer = await tab.goto(`http://www.attacker.example:${port}/`);
  expect(answer?.status()).toBe(421);
  const outcome = await tab
    .evaluate(async () => {
      const socket = new WebSocket('/bridge');
      const opened = await new Promise((resolve) => {
        socket.onopen = () => resolve('opened');
        socket.onerror = () => resolve('refused');
      });
      return `${String(opened)} ${String((await fetch('/')).status)}`;
    })
    .catch((error: unknown) => String(error));
  expect(outcome).not.toContain('opened');
  expect(outcome).not.toContain('200');
  await tab.close();
});

test('the page that is left for another tells it no address, so no key and no token', async () => {
  const tab = await victim.newPage();
  await tab.goto(new URL('#/users', new URL('.', door.url)).href);
  const before = asked.length;
  await tab.evaluate((address) => {
    location.href = address;
  }, `http://127.0.0.1:${attackerPort}/left`);
  await tab.waitForURL('**/left');
  const requests = asked.slice(before).filter(({ path }) => path === '/left');
  expect(requests.length).toBeGreaterThan(0);
  for (const { headers } of requests) expect(headers).not.toHaveProperty('referer');
  await tab.close();
});

test('who tries every port and path gets neither screen nor version', async () => {
  for (const path of [
    '/',
    '/open',
    '/open?key=',
    '/bridge',
    '/index.html',
    '/assets/',
    '/.env',
    '/%2e%2e/',
  ]) {
    const { status, body, headers } = await ask(port, path);
    expect([401, 403, 404]).toContain(status);
    const said = `${body}${JSON.stringify(headers)}`.replaceAll('127.0.0.1', '');
    expect(said).not.toMatch(/\d+\.\d+\.\d+|node|x-powered|<script/i);
  }
});

test.skipIf(process.getuid?.() !== 0)(
  'another user of this computer gets no screen, and sees no key in the list of processes (skipped: needs root to become another user)',
  async () => {
    const nobody = 65_534;
    const script = `
      fetch('${entered.origin}/').then(async (answer) => {
        const { readdirSync, readFileSync } = await import('node:fs');
        let seen = '';
        for (const id of readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
          for (const file of ['cmdline', 'environ']) {
            try { seen += readFileSync('/proc/' + id + '/' + file, 'latin1'); } catch {}
          }
        }
        console.log(JSON.stringify({ status: answer.status, body: await answer.text(), seen }));
      });`;
    const { stdout } = await promisify(execFile)('/usr/bin/env', ['node', '-e', script], {
      uid: nobody,
      gid: nobody,
      env: { PATH: process.env.PATH ?? '' },
      cwd: '/',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { status, body, seen } = JSON.parse(stdout) as { status: number; body: string; seen: string };
    expect(status).toBe(401);
    expect(body).not.toContain('<script');
    expect(seen).toContain('serve');
    expect(seen).not.toContain(new URL(door.url).searchParams.get('key'));
    expect(seen).not.toContain(entered.cookie.split('=')[1]);
  },
);

describe('who floods the door', () => {
  test('with many connections that never finish a request keeps nobody else out', async () => {
    const slow: Socket[] = [];
    for (let count = 0; count < manyConnections; count += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
      slow.push(socket);
    }
    await Promise.all(slow.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect')));
    expect((await ask(port, '/', entered)).status).toBe(200);
    // Each is hung up on, with nothing of ours in the answer.
    const answers = await Promise.all(
      slow.map(async (socket) => {
        let text = '';
        socket.on('data', (data) => (text += data.toString()));
        await once(socket, 'close');
        return text;
      }),
    );
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test('with a header larger than any browser’s is refused', async () => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined); // hung up on while it still writes
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Large: ${'x'.repeat(20 * 1024)}\r\n\r\n`);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('with more screens than there are tabs is told so, and a tab that closes makes room', async () => {
    const screens = [];
    const refused = [];
    for (let count = 0; count < manyScreens; count += 1) {
      const status = await handshake(port, entered);
      if (status === 101) screens.push(await openScreen(port, entered));
      else refused.push(status);
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set([503]));
    const [first] = screens;
    first?.socket.close();
    await first?.closed;
    await expect.poll(() => handshake(port, entered)).toBe(101);
    for (const screen of screens) screen.socket.terminate();
  });

  test('with a message in pieces that never end is cut off at the bound, and others go on', async () => {
    const slow = await openScreen(port, entered);
    const piece = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < 20; sent += 1) slow.socket.send(piece, { fin: false });
    expect(await slow.closed).toBe(1009);
    const other = await openScreen(port, entered);
    expect(await other.call('app.info')).toMatchObject({ ok: true });
    other.socket.close();
  });
});
