import { expect, test, vi } from 'vitest';
import { createConsoleLock } from '../../../main/bridge/console-lock.ts';
import { type Dispatcher, createDispatcher } from '../../../main/bridge/dispatcher.ts';
import type { Handlers } from '../../../main/bridge/dispatcher.ts';
import { startIdleLock } from '../../../main/bridge/idle-lock.ts';
import type { VaultChoice } from '../../../main/bridge/vault-choice.ts';
import type { Console } from '../../../main/console.ts';
import type { ScreenMessage, VaultInfo } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';

const open: VaultInfo = { kind: 'keychain', state: 'open', message: null, reason: null, file: false };
const closed: VaultInfo = { ...open, state: 'locked', message: 'Locked.', reason: 'console_locked' };

/** A lock over a dispatcher whose `lists.sync` ends only when it is cancelled; `order` says what happened when. */
function locked(): {
  order: string[];
  ask: (method: string, input?: object) => Promise<unknown>;
} {
  const order: string[] = [];
  const say = (what: string): void => void order.push(what);
  const lock = createConsoleLock({
    console: {
      saveUnsaved: () => Promise.resolve(['acme']).finally(() => say('unsaved sessions stored')),
      forgetLists: () => {
        say('lists dropped');
        return Promise.resolve();
      },
    } as unknown as Console,
    vault: {
      lock: () => Promise.resolve(closed).finally(() => say('vault closed')),
    } as unknown as VaultChoice,
    dispatcher: () => dispatcher,
    renewalsEnded: () => Promise.resolve(),
  });
  const handlers = {
    'vault.lock': () => lock.lock(),
    'vault.unlock': () => lock.opening(() => Promise.resolve(ok(open))),
    'vault.info': () => Promise.resolve(ok(open)),
    'providers.list': () => Promise.resolve(ok([])),
    'connections.list': () => Promise.resolve(ok([])),
    'lists.sync': async (_: unknown, { signal }: { signal: AbortSignal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await new Promise((resolve) => setImmediate(resolve));
      say('what was under way ended');
      return ok({ failures: [] });
    },
  } as unknown as Handlers;
  const dispatcher: Dispatcher = createDispatcher(handlers, { refusal: (method) => lock.refusal(method) });
  const waiting = new Map<number, (result: unknown) => void>();
  const screen = dispatcher.connect((message: ScreenMessage) => {
    if (message.type === 'answer') waiting.get(message.request)?.(message.result);
  });
  let request = 0;
  return {
    order,
    ask: (method, input = {}) =>
      new Promise((resolve) => {
        request += 1;
        waiting.set(request, resolve);
        screen.receive({ request, method, input });
      }),
  };
}

test('a lock ends what is under way, then drops what is secret, and says what it could not store', async () => {
  const { order, ask } = locked();
  const sync = ask('lists.sync', { users: true });
  expect(await ask('vault.lock')).toEqual(ok({ vault: closed, unsaved: ['acme'] }));
  expect(order).toEqual([
    'what was under way ended',
    'unsaved sessions stored',
    'lists dropped',
    'vault closed',
  ]);
  await sync;
  await ask('vault.lock');
  expect(order).toHaveLength(4);
});

test('a locked console does nothing but what opens it again', async () => {
  const { ask } = locked();
  await ask('vault.lock');
  for (const [method, input] of [
    ['connections.list', {}],
    ['lists.sync', { users: false }],
    ['sessions.reveal', { id: 'a', token: 'access' }],
    ['sandbox.start', {}],
  ] as const)
    expect(await ask(method, input)).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  expect(await ask('vault.info')).toMatchObject({ ok: true });
  expect(await ask('providers.list')).toMatchObject({ ok: true });
  expect(await ask('vault.unlock')).toEqual(ok(open));
  expect(await ask('connections.list')).toEqual(ok([]));
});

test('the idle lock counts from what a person did last, waits for one who is busy, and locks once', async () => {
  vi.useFakeTimers();
  try {
    const now = (): number => Date.now();
    let minutes: number | null = null;
    let busy = false;
    let times = 0;
    const idle = startIdleLock({
      clock: { now },
      minutes: () => minutes,
      busy: () => busy,
      lock: () => Promise.resolve((times += 1)),
      everyMs: 1000,
    });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(times).toBe(0); // off

    idle.active();
    minutes = 5;
    await vi.advanceTimersByTimeAsync(299_000);
    idle.active();
    await vi.advanceTimersByTimeAsync(299_000);
    expect(times).toBe(0);
    busy = true;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(times).toBe(0);
    busy = false;
    await vi.advanceTimersByTimeAsync(299_000);
    expect(times).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(times).toBe(1);
    idle.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(times).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});
