import { expect, test } from 'vitest';
import type { Progress, RequestMessage } from '../../../preload/contract.ts';
import { backOffMs } from '../../../renderer/bridge/browser.ts';
import { createBridge } from '../../../renderer/bridge/client.ts';

/** The core's end of the wire, in the test's hands. */
function wire() {
  const sent: RequestMessage[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let tell: (connected: boolean) => void = () => undefined;
  let up = true;
  const bridge = createBridge(
    {
      send: (message) => {
        if (up) sent.push(structuredClone(message));
        return up;
      },
      onMessage: (listener) => (hear = listener),
      onConnection: (listener) => (tell = listener),
    },
    structuredClone,
  );
  return {
    bridge,
    sent,
    hear: (message: unknown) => hear(message),
    connected: (now: boolean) => {
      up = now;
      tell(now);
    },
  };
}
const vault = { kind: 'keychain', state: 'open', message: null, reason: null, file: false };

test('an answer goes to the request with its number', async () => {
  const { bridge, sent, hear } = wire();
  const [first, second] = [
    bridge.call('vault.info', {}),
    bridge.call('sessions.reveal', { id: 'c', token: 'id' }),
  ];
  hear({ type: 'answer', request: sent[1]?.request, result: { ok: true, value: { token: 'x.y.z' } } });
  hear({ type: 'answer', request: sent[0]?.request, result: { ok: true, value: vault } });
  expect(await second).toEqual({ ok: true, value: { token: 'x.y.z' } });
  expect(await first).toEqual({ ok: true, value: vault });
});

test('an answer of another shape is a failure, not a value', async () => {
  const { bridge, sent, hear } = wire();
  const asked = bridge.call('vault.info', {});
  hear({
    type: 'answer',
    request: sent[0]?.request,
    result: { ok: true, value: { ...vault, state: 'ajar' } },
  });
  expect(await asked).toMatchObject({ ok: false, error: { code: 'unexpected' } });
});

test('what does not fit the contract is never sent', async () => {
  const { bridge, sent } = wire();
  const asked = await bridge.call('lists.users', { offset: 0, limit: 5000 });
  expect(asked).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(sent).toEqual([]);
});

test('messages that are not of the contract change nothing', async () => {
  const { bridge, sent, hear } = wire();
  const asked = bridge.call('vault.info', {});
  for (const message of [null, 'x', { type: 'answer' }, { type: 'event', event: 'unknown', payload: {} }])
    hear(message);
  hear({ type: 'answer', request: 999, result: { ok: true, value: vault } });
  hear({ type: 'answer', request: sent[0]?.request, result: { ok: true, value: vault } });
  expect(await asked).toMatchObject({ ok: true });
});

test('requests under way when the connection is lost say so, and so do those made without one', async () => {
  const { bridge, connected } = wire();
  const asked = bridge.call('vault.info', {});
  connected(false);
  expect(await asked).toMatchObject({ ok: false, error: { code: 'network_unreachable' } });
  expect(await bridge.call('vault.info', {})).toMatchObject({
    ok: false,
    error: { code: 'network_unreachable' },
  });
});

test('aborting cancels the request at the core and answers at once', async () => {
  const { bridge, sent } = wire();
  const controller = new AbortController();
  const asked = bridge.call('sessions.signIn', { id: 'c' }, { signal: controller.signal });
  controller.abort();
  expect(await asked).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(sent.map(({ method, input }) => [method, input])).toEqual([
    ['sessions.signIn', { id: 'c' }],
    ['requests.cancel', { request: sent[0]?.request }],
  ]);
  expect(sent[1]?.request).not.toBe(sent[0]?.request);
});

test('progress reaches its own request alone', () => {
  const { bridge, sent, hear } = wire();
  const heard: Progress[] = [];
  void bridge.call('lists.sync', { users: true }, { progress: (progress) => heard.push(progress) });
  void bridge.call('lists.sync', { users: false });
  const progress = { kind: 'list', connection: 'c', installation: null, rows: 5, total: null };
  hear({ type: 'progress', request: sent[0]?.request, progress });
  hear({ type: 'progress', request: sent[1]?.request, progress });
  expect(heard).toEqual([progress]);
});

test('events reach listeners until they stop listening', () => {
  const { bridge, hear } = wire();
  const heard: string[] = [];
  const stop = bridge.on('vault.changed', ({ state }) => heard.push(state));
  hear({ type: 'event', event: 'vault.changed', payload: { ...vault, state: 'locked' } });
  hear({ type: 'event', event: 'vault.changed', payload: { state: 'open' } });
  stop();
  hear({ type: 'event', event: 'vault.changed', payload: vault });
  expect(heard).toEqual(['locked']);
});

test('the wait before connecting again doubles up to eight seconds', () => {
  expect([0, 1, 2, 5, 20].map((attempt) => backOffMs(attempt, 0.5))).toEqual([250, 500, 1000, 8000, 8000]);
  expect(backOffMs(1, 0)).toBe(450);
});
