import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type Failure, type Result, fail, ok } from '../../../preload/errors.ts';
import type { Clock } from '../../clock.ts';
import { type Expected, classify, isAnswerTo, readBody } from './callback.ts';
import { type Answer, handOverAnswer, htmlAnswer, jsonAnswer } from './html.ts';
import { listenOnLoopback } from './listen.ts';
import {
  type Page,
  failurePage,
  foreignPage,
  nothingPage,
  signedInPage,
  stillWorkingPage,
  unreadablePage,
  usedPage,
} from './pages.ts';

export interface LoopbackOptions {
  /** Ports to try in this order; empty = any free one. */
  readonly ports: readonly number[];
  /** Whether the redirect URI names `localhost` instead of the address. */
  readonly localhost?: boolean;
  /** Path of the redirect URI, e.g. `/callback`. */
  readonly path: string;
  /** The `state` of the authorization request. */
  readonly state: string;
  /** Where the answer stands: `query` for a code (RFC 6749 4.1.2), `fragment` for implicit (4.2.2). */
  readonly mode: 'query' | 'fragment';
  /** Milliseconds until the browser has to be back. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface Loopback {
  readonly redirectUri: string;
  /**
   * Settles once. The callback URL; in fragment mode its query holds what the fragment held.
   * Errors: callback_timeout; cancelled (by the signal, or by closing).
   */
  readonly callback: Promise<Result<URL>>;
  /** Tells the waiting tab how the sign-in ended, then frees the port. Only the first call counts. */
  readonly finish: (page: 'success' | { readonly failure: Failure }) => void;
  /** Frees the port at once, whatever is connected. */
  readonly close: () => Promise<void>;
  /** Resolves when the port is free: a process that ends before may cut the tab's page off. */
  readonly closed: Promise<void>;
}

/** A tab is not left without an answer for longer. */
const longestHoldMs = 2 * 60_000;
/** Time for a tab to fetch its last page before the connection is cut. */
const lastPageMs = 2_000;

/**
 * Waits on the loopback interface for one browser to come back (RFC 8252 7.3, RFC 9700 4.1). It listens before this
 * resolves, so the browser is opened after. Only GET with the exact path and the right state counts (in fragment mode a
 * same-origin POST of the page that GET serves); everything else is answered and changes nothing, and so is a second
 * right callback. The tab's request is held until {@link Loopback.finish}.
 * Errors: port_unavailable, cancelled.
 */
export async function openLoopback(options: LoopbackOptions): Promise<Result<Loopback>> {
  const { path, state, mode, clock, signal } = options;
  if (signal?.aborted) return cancelled();
  const callback = Promise.withResolvers<Result<URL>>();
  const closed = Promise.withResolvers<undefined>();
  const sockets = new Set<Socket>();
  const waiting = new AbortController();
  const finished = new AbortController();
  let phase: 'waiting' | 'held' | 'finished' = 'waiting';
  let held: { readonly response: ServerResponse; readonly as: (page: Page) => Answer } | null = null;

  const server = createServer({
    maxHeaderSize: 64 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 2_000,
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('clientError', (_, socket) => socket.destroy());
  const bound = await listenOnLoopback(server, options.ports, { localhost: options.localhost === true });
  if (!bound.ok) return bound;
  const { origin, host, twin } = bound.value;
  const expected: Expected = { origin, host, path, state, mode };
  const redirectUri = `${expected.origin}${path}`;
  server.on('request', (request, response) => void receive(request, response));
  const all = [server, ...(twin === null ? [] : [twin])];
  const allClosed = all.map((each) => new Promise((resolve) => each.once('close', resolve)));
  void Promise.all(allClosed).then(() => closed.resolve(undefined));

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const kind = classify(request, expected);
    const as = kind === 'hand_over' ? jsonAnswer : htmlAnswer;
    if (kind === 'callback') {
      accept((request.url ?? '').slice(path.length + 1), response, as);
    } else if (kind === 'hand_over') {
      accept(await readBody(request), response, as);
    } else if (kind === 'entrance') {
      send(response, phase === 'waiting' ? handOverAnswer() : as(usedPage));
    } else {
      send(
        response,
        as(kind === 'nothing' ? nothingPage : kind === 'foreign' ? foreignPage : unreadablePage),
      );
    }
  }

  function accept(answer: string | null, response: ServerResponse, as: (page: Page) => Answer): void {
    if (answer === null || !isAnswerTo(answer, state)) {
      send(response, as(foreignPage));
      return;
    }
    if (phase !== 'waiting') {
      send(response, as(usedPage));
      return;
    }
    phase = 'held';
    held = { response, as };
    const url = new URL(redirectUri);
    url.search = answer;
    settle(ok(url));
    void clock.sleep(longestHoldMs, finished.signal).then(() => tell(stillWorkingPage));
  }

  /** Whichever comes first counts: the callback, the time limit, the signal, closing. */
  function settle(result: Result<URL>): void {
    waiting.abort();
    signal?.removeEventListener('abort', free);
    callback.resolve(result);
  }

  function tell(page: Page): void {
    if (phase === 'finished') return;
    const tab = held;
    phase = 'finished';
    finished.abort();
    settle(cancelled());
    if (tab === null || tab.response.destroyed) {
      free();
      return;
    }
    send(tab.response, tab.as(page));
    // Stops listening now; the tab's connection ends the server when the page was fetched.
    for (const each of all) each.close();
    for (const socket of sockets) if (socket !== tab.response.socket) socket.destroy();
    const delivered = new AbortController();
    void closed.promise.then(() => delivered.abort());
    void clock.sleep(lastPageMs, delivered.signal).then(free);
  }

  function free(): void {
    phase = 'finished';
    finished.abort();
    settle(cancelled());
    for (const each of all) each.close();
    for (const socket of sockets) socket.destroy();
  }

  signal?.addEventListener('abort', free);
  void clock.sleep(options.timeoutMs, waiting.signal).then(() => {
    if (phase !== 'waiting') return;
    settle(
      fail(
        'callback_timeout',
        `The browser did not come back within ${describeTime(options.timeoutMs)}.`,
        'Start the sign-in again. If the browser could not open the last page, check that it may reach 127.0.0.1.',
      ),
    );
    free();
  });

  if (isAborted(signal)) free();

  return ok({
    redirectUri,
    callback: callback.promise,
    finish: (page) => tell(page === 'success' ? signedInPage : failurePage(page.failure)),
    close: () => {
      free();
      return closed.promise;
    },
    closed: closed.promise,
  });
}

/** Asked again after an await, which the type checker would take for settled. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function cancelled(): ReturnType<typeof fail> {
  return fail('cancelled', 'The sign-in was cancelled.', 'Start it again when you like.');
}

function describeTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${String(seconds)} seconds`;
  return `${String(Math.round(seconds / 60))} minutes`;
}
