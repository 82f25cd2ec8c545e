import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page, WebSocketRoute } from 'playwright';
import type { Bridge, MethodName, Progress, RequestMessage } from '../../../preload/contract.ts';
import type { Failure } from '../../../preload/errors.ts';
import { type Scene, fakeBridge } from '../../../renderer/dev/fake.ts';
import { screenFolder } from '../../support/first-view.ts';

/** An address that is answered before anything is asked of a network; clipboard and WebSockets work as at a real door. */
const origin = 'http://127.0.0.1:9';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Values, or functions that make them of the input. */
type Answers = { readonly [M in MethodName]?: unknown };

/** The built screen over a bridge in the test's hands: requests are held, fail, or are answered with invented data. */
export interface HeldScreen {
  readonly page: Page;
  /** Requests for this method wait from now on, until `fail` or `release`. */
  hold(method: MethodName): void;
  /** How many wait. */
  held(method: MethodName): number;
  /** How many of them the screen does not wait for any more. */
  givenUp(method: MethodName): number;
  /** What they ask. */
  inputs(method: MethodName): unknown[];
  progress(method: MethodName, progress: Progress): void;
  /** What waits fails, and so does what is asked after it, until `release`. */
  fail(method: MethodName, failure: Failure): void;
  /** What was asked last is answered with this; what was asked before it goes on waiting. */
  answerLast(method: MethodName, value: unknown): void;
  /** What waits is answered, and so is what is asked from now on. */
  release(method: MethodName): void;
  emit(event: string, payload?: unknown): void;
  /** The connection to the program is lost; the screen may connect again. */
  hangUp(): Promise<void>;
}

/** @param answers values instead of the scene's */
export async function openHeld(
  browser: Browser,
  scene: Scene,
  answers: Answers = {},
  holdFirst: readonly MethodName[] = [],
): Promise<HeldScreen> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const bridge: Bridge = fakeBridge(scene);
  const held = new Map<MethodName, RequestMessage[]>(holdFirst.map((method) => [method, []]));
  const failing = new Map<MethodName, Failure>();
  const givenUp = new Set<number>();
  let socket: WebSocketRoute | null = null;
  const send = (message: unknown): void => socket?.send(JSON.stringify(message));
  for (const event of [
    'connections.changed',
    'preferences.changed',
    'vault.changed',
    'lists.changed',
  ] as const)
    bridge.on(event, (payload) => send({ type: 'event', event, payload }));

  const refuse = ({ request }: RequestMessage, error: Failure): void =>
    send({ type: 'answer', request, result: { ok: false, error } });
  async function answer({ request, method, input }: RequestMessage): Promise<void> {
    const value = answers[method];
    const result =
      value === undefined
        ? await bridge.call(method, input as never, {
            progress: (progress) => send({ type: 'progress', request, progress }),
          })
        : {
            ok: true,
            value: typeof value === 'function' ? (value as (asked: unknown) => unknown)(input) : value,
          };
    send({ type: 'answer', request, result });
  }

  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = path.join(screenFolder, pathname === '/' ? 'index.html' : pathname);
    await route.fulfill({ body: readFileSync(file), contentType: types[path.extname(file)] ?? 'text/plain' });
  });
  await page.routeWebSocket(/\/bridge$/, (opened) => {
    socket = opened;
    opened.onMessage((text) => {
      const message = JSON.parse(String(text)) as RequestMessage;
      if (message.method === 'requests.cancel') givenUp.add((message.input as { request: number }).request);
      const waiting = held.get(message.method);
      const failure = failing.get(message.method);
      if (waiting !== undefined) waiting.push(message);
      else if (failure !== undefined) refuse(message, failure);
      else void answer(message);
    });
  });
  await page.goto(`${origin}/`);
  return {
    page,
    hold: (method) => void held.set(method, []),
    held: (method) => held.get(method)?.length ?? 0,
    givenUp: (method) => (held.get(method) ?? []).filter(({ request }) => givenUp.has(request)).length,
    inputs: (method) => (held.get(method) ?? []).map(({ input }) => input),
    progress(method, progress) {
      for (const { request } of held.get(method) ?? []) send({ type: 'progress', request, progress });
    },
    fail(method, failure) {
      failing.set(method, failure);
      const waiting = held.get(method) ?? [];
      held.delete(method);
      for (const message of waiting) refuse(message, failure);
    },
    answerLast(method, value) {
      const message = held.get(method)?.pop();
      if (message === undefined) throw new Error(`Nothing waits for ${method}.`);
      send({ type: 'answer', request: message.request, result: { ok: true, value } });
    },
    release(method) {
      failing.delete(method);
      const waiting = held.get(method) ?? [];
      held.delete(method);
      for (const message of waiting) void answer(message);
    },
    emit: (event, payload = {}) => send({ type: 'event', event, payload }),
    hangUp: async () => {
      await socket?.close();
    },
  };
}
