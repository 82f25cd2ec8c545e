import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request as httpRequest,
} from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { type Dispatcher, type Handlers, createDispatcher } from '../../../main/bridge/dispatcher.ts';
import { type Door, openDoor } from '../../../main/browser/door.ts';
import { readScreenFiles } from '../../../main/browser/screen-files.ts';
import type { ScreenMessage } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as anybody may write it: path and headers go out as they are given, also those that fetch would not send. */
export async function ask(
  port: number,
  pathAsSent: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    path: pathAsSent,
    method,
    headers,
    agent: false,
  };
  const request = httpRequest(options);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The status that a WebSocket handshake is answered with: 101 where it was taken. */
export async function handshake(
  port: number,
  headers: Readonly<Record<string, string>>,
  pathAsSent = '/bridge',
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${pathAsSent}`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}

export interface TestDoor {
  readonly door: Door;
  readonly port: number;
  /** `Cookie` and `Origin` of a browser that opened the address. */
  readonly entered: Readonly<Record<'cookie' | 'origin', string>>;
  /** Beside the folder that is served lies `secret.txt`. */
  readonly folder: string;
  /** What the only handler, `vault.info`, was called with. */
  readonly calls: unknown[];
  stop(): Promise<void>;
}

export interface TestClock {
  now(): number;
  offset: number;
}

/**
 * A door with a stand-in screen, opened by its one-time address.
 * @param dispatcher a bridge that knows `vault.info` alone, where missing
 */
export async function startDoor(clock: TestClock = testClock(), dispatcher?: Dispatcher): Promise<TestDoor> {
  const root = await mkdtemp(path.join(tmpdir(), 'latchkey-door-'));
  const folder = path.join(root, 'renderer');
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  await writeFile(path.join(root, 'secret.txt'), 'not for anybody');
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Screen</title>');
  await writeFile(path.join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(path.join(folder, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(path.join(folder, 'assets', 'index-abc123.js.map'), '{}');
  const calls: unknown[] = [];
  const handlers = {
    'vault.info': (input: unknown) => {
      calls.push(input);
      return Promise.resolve(ok({ kind: 'memory', state: 'open', message: null, reason: null, file: false }));
    },
  } as unknown as Handlers;
  const opened = await openDoor({
    dispatcher: dispatcher ?? createDispatcher(handlers),
    files: await readScreenFiles(folder),
    clock,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const door = opened.value;
  const port = Number(new URL(door.origin).port);
  const cookie = await enter(port, door.address());
  return {
    door,
    port,
    folder,
    calls,
    entered: { cookie, origin: door.origin },
    async stop() {
      await door.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function testClock(): TestClock {
  const clock = { offset: 0, now: () => Date.now() + clock.offset };
  return clock;
}

/** Opens a one-time address as a browser does; the cookie it gets. */
export async function enter(port: number, address: string): Promise<string> {
  const { pathname, search } = new URL(address);
  const { status, headers } = await ask(port, `${pathname}${search}`);
  const cookie = headers['set-cookie']?.[0];
  if (status !== 303 || cookie === undefined) throw new Error(`The address was answered with ${status}.`);
  return cookie.split(';')[0] ?? '';
}

/** A screen's end of the bridge. */
export interface TestScreen {
  readonly socket: WebSocket;
  /** Everything that came, oldest first. */
  readonly messages: ScreenMessage[];
  call(method: string, input?: unknown): Promise<unknown>;
  /** The number the next call will have. */
  next(): number;
  /** The first message that fits, of those that came (after the first `from`) and those to come. */
  message(fits: (message: ScreenMessage) => boolean, from?: number): Promise<ScreenMessage>;
  /** The code that the socket is closed with. */
  readonly closed: Promise<number>;
}

export async function openScreen(
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<TestScreen> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, { headers, perMessageDeflate: true });
  const messages: ScreenMessage[] = [];
  const looking = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString('utf8')) as ScreenMessage);
    for (const look of looking) look();
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  let last = 0;
  const message = (fits: (message: ScreenMessage) => boolean, from = 0): Promise<ScreenMessage> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = messages.slice(from).find(fits);
        if (found === undefined) return;
        looking.delete(look);
        resolve(found);
      };
      looking.add(look);
      look();
    });
  return {
    socket,
    messages,
    message,
    closed,
    next: () => last + 1,
    async call(method, input = {}) {
      const request = (last += 1);
      socket.send(JSON.stringify({ request, method, input }));
      const answer = await message((each) => each.type === 'answer' && each.request === request);
      return answer.type === 'answer' ? answer.result : null;
    },
  };
}
