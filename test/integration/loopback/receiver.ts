import http, { type IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../main/clock.ts';
import {
  type Loopback,
  type LoopbackOptions,
  openLoopback,
} from '../../../main/sessions/loopback/loopback.ts';

export const state = 'state-example-0123456789';

/** A receiver that is closed with the test. */
export async function receive(options: Partial<LoopbackOptions> = {}): Promise<Loopback> {
  const opened = await openLoopback({
    ports: [],
    path: '/callback',
    state,
    mode: 'query',
    timeoutMs: 60_000,
    clock: systemClock,
    ...options,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own; `target` as it is written into the request line. */
export function ask(
  loopback: Loopback,
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; address?: string } = {},
): Promise<Reply> {
  const { hostname, host, port } = new URL(loopback.redirectUri);
  const reply = new Promise<Reply>((resolve, reject) => {
    const request = http.request({
      host: options.address ?? hostname.replace(/[[\]]/g, ''),
      port,
      path: target,
      method: options.method ?? 'GET',
      headers: { host, ...options.headers },
      agent: false,
    });
    request.on('error', reject).on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const body = Buffer.concat(pieces).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
      response.on('error', reject);
    });
    request.end(options.body);
  });
  // A tab whose end a test does not look at is cut off with the receiver.
  reply.catch(() => undefined);
  return reply;
}

/** Whether a server can listen on the receiver's port, which it can when the receiver has gone. */
export async function isFree(loopback: Loopback, address = '127.0.0.1'): Promise<boolean> {
  const { port } = new URL(loopback.redirectUri);
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(Number(port), address, () => server.close(() => resolve(true)));
  });
}

/** A clock whose sleeps end when the test says so. */
export function manualClock(): Clock & { wake(ms: number): Promise<void> } {
  const sleepers = new Map<number, () => void>();
  return {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.set(ms, resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
    async wake(ms) {
      const sleeper = sleepers.get(ms);
      if (sleeper === undefined) throw new Error(`Nobody sleeps for ${String(ms)} ms.`);
      sleeper();
      await Promise.resolve();
    },
  };
}

/**
 * The status that a request is answered with, or that the receiver took it for the browser's answer: such a request is held
 * until the sign-in has ended.
 */
export function outcomeOf(loopback: Loopback, reply: Promise<Reply>): Promise<number | 'taken'> {
  return Promise.race([reply.then(({ status }) => status), loopback.callback.then(() => 'taken' as const)]);
}

/** What comes of `work`, or that it was waited for far longer than it takes. */
export function inTime<T>(work: Promise<T>): Promise<T | 'nothing'> {
  const bound = Promise.withResolvers<'nothing'>();
  const timer = setTimeout(() => bound.resolve('nothing'), 30_000);
  return Promise.race([work, bound.promise]).finally(() => clearTimeout(timer));
}
