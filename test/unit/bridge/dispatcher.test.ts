import { expect, test } from 'vitest';
import type { ScreenMessage } from '../../../preload/contract.ts';
import { type Failure, type Result, fail, ok } from '../../../preload/errors.ts';
import { type Call, type Handlers, createDispatcher, maxUnderWay } from '../../../main/bridge/dispatcher.ts';

type Part = Partial<Record<keyof Handlers, (input: unknown, call: Call) => Promise<Result<unknown>>>>;

/** A dispatcher with these handlers, one screen on it, and everything that was sent to the screen. */
function start(part: Part) {
  const notes: string[] = [];
  const dispatcher = createDispatcher(part as unknown as Handlers, { note: (line) => notes.push(line) });
  const sent: ScreenMessage[] = [];
  const waiting = new Map<number, (result: unknown) => void>();
  const screen = dispatcher.connect((message) => {
    sent.push(message);
    if (message.type === 'answer') waiting.get(message.request)?.(message.result);
  });
  let last = 0;
  const ask = (method: string, input: unknown): { request: number; answer: Promise<unknown> } => {
    const request = (last += 1);
    const answer = new Promise((resolve) => waiting.set(request, resolve));
    screen.receive({ request, method, input });
    return { request, answer };
  };
  return { dispatcher, screen, sent, notes, ask };
}

const open = { kind: 'memory', state: 'open', message: null, reason: null, file: false };

test('an answer of the agreed shape reaches the screen under its number', async () => {
  const { ask, sent } = start({ 'vault.info': () => Promise.resolve(ok(open)) });
  const { request, answer } = ask('vault.info', {});
  expect(await answer).toEqual({ ok: true, value: open });
  expect(sent).toEqual([{ type: 'answer', request, result: { ok: true, value: open } }]);
});

test('a failure of a handler reaches the screen as it is', async () => {
  const { ask } = start({
    'sessions.renew': () => Promise.resolve(fail('sign_in_needed', 'Acme is not signed in.', 'Sign in.')),
  });
  expect(await ask('sessions.renew', { id: 'a' }).answer).toEqual({
    ok: false,
    error: { code: 'sign_in_needed', message: 'Acme is not signed in.', hint: 'Sign in.' },
  });
});

test.each([
  ['a method that does not exist', 'vault.steal', {}, 'method'],
  ['a method of every object', 'toString', {}, 'method'],
  ['a number for a text', 'sessions.signIn', { id: 7 }, 'id'],
  ['a member that nobody knows', 'vault.info', { more: true }, 'more'],
  ['a member that is missing', 'sessions.signIn', {}, 'id'],
  ['a text that is too long', 'lists.users', { offset: 0, limit: 1, search: 'x'.repeat(201) }, 'search'],
  ['a window that is too large', 'lists.users', { offset: 0, limit: 201 }, 'limit'],
  ['nothing for an object', 'vault.info', null, 'the whole of it'],
  ['a word out of the closed set', 'vault.use', { kind: 'postbox' }, 'kind'],
])('%s is invalid input that names the field, and no handler sees it', async (_, method, input, field) => {
  let called = false;
  const handler = (): Promise<Result<unknown>> => {
    called = true;
    return Promise.resolve(ok(open));
  };
  const { ask } = start({
    'vault.info': handler,
    'vault.use': handler,
    'sessions.signIn': handler,
    'lists.users': handler,
  });
  const answer = (await ask(method, input).answer) as { error: { code: string; message: string } };
  expect(answer).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(answer.error.message).toContain(`: ${field}.`);
  expect(called).toBe(false);
});

test('invalid input is answered without the value, and without a key that is no plain name', async () => {
  const { ask, sent } = start({});
  await ask('vault.use', { kind: 'file', passphrase: { deep: 'hush-hush-1' } }).answer;
  await ask('connections.change', { id: 'a', overrides: { 'hush hush 2': 3 } }).answer;
  await ask('vault.hush-hush-3', {}).answer;
  expect(sent).toHaveLength(3);
  expect(JSON.stringify(sent)).not.toMatch(/hush/);
});

test('a member named __proto__ changes no object and is not passed on', async () => {
  let seen: unknown;
  const { ask } = start({
    'connections.change': (input) => {
      seen = input;
      return Promise.resolve(fail('not_found', 'a', 'b'));
    },
  });
  await ask('connections.change', JSON.parse('{"id":"a","overrides":{"__proto__":"x","issuer":"y"}}')).answer;
  expect(Object.keys((seen as { overrides: object }).overrides)).toEqual(['issuer']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('an answer of a wrong shape becomes unexpected; neither screen nor note holds its value', async () => {
  const { ask, sent, notes } = start({
    'vault.info': () => Promise.resolve(ok({ ...open, secret: 'hush-hush' })),
    'sessions.reveal': () => Promise.resolve(ok({ token: { value: 'hush-hush' } })),
  });
  expect(await ask('vault.info', {}).answer).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  expect(await ask('sessions.reveal', { id: 'a', token: 'access' }).answer).toMatchObject({ ok: false });
  expect(JSON.stringify([sent, notes])).not.toMatch(/hush/);
  expect(notes).toHaveLength(2);
});

test('a failure brings its own members to the screen and no other', async () => {
  const failures = [
    { code: 'timeout', message: 'm', hint: 'h' },
    { code: 'input_invalid', message: 'm', hint: 'h', field: 'clientId' },
  ];
  for (const error of failures) {
    const { ask } = start({
      'vault.info': () => Promise.resolve({ ok: false, error: { ...error, cause: 'hush-hush' } as never }),
    });
    expect(await ask('vault.info', {}).answer).toEqual({ ok: false, error });
  }
});

test.each([
  [{ clientId: 7 }, 'clientId'],
  [{ redirectPorts: [80, 'x'] }, 'redirectPorts'],
  [{ overrides: { issuer: 7 } }, 'issuer'],
  [{ overrides: { 'paths.users': 7 } }, 'overrides'],
  [{ another: 7 }, undefined],
])('input of a connection that does not fit (%j) is a failure of the field %s', async (input, field) => {
  const { ask } = start({});
  const answer = (await ask('connections.change', { id: 'a', ...input }).answer) as { error: Failure };
  expect(answer.error.code).toBe('input_invalid');
  expect(answer.error.field).toBe(field);
});

test('an exception becomes unexpected, and its text stays out of the answer and of the note', async () => {
  const { ask, sent, notes } = start({
    'vault.info': () => {
      throw new TypeError('cannot read hush-hush');
    },
    'app.info': () => Promise.reject(Object.assign(new Error('hush-hush'), { code: 'EACCES' })),
  });
  expect(await ask('vault.info', {}).answer).toMatchObject({ ok: false, error: { code: 'unexpected' } });
  expect(await ask('app.info', {}).answer).toMatchObject({
    ok: false,
    error: { code: 'unexpected', message: expect.stringContaining('EACCES') as string },
  });
  expect(JSON.stringify([sent, notes])).not.toMatch(/hush/);
});

/** A request that ends as cancelled when its signal aborts. */
const untilAborted = (_: unknown, { signal }: Call): Promise<Result<unknown>> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(fail('cancelled', 'Cancelled.', 'Again.')));
  });

test('requests.cancel ends the request that it names and no other', async () => {
  const { ask } = start({ 'lists.sync': untilAborted });
  const first = ask('lists.sync', { users: true });
  const second = ask('lists.sync', { users: false });
  expect(await ask('requests.cancel', { request: first.request }).answer).toEqual({ ok: true, value: {} });
  expect(await first.answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(await Promise.race([second.answer, Promise.resolve('under way')])).toBe('under way');
});

test('cancelling what has ended, or never was, is no error', async () => {
  const { ask } = start({});
  expect(await ask('requests.cancel', { request: 99 }).answer).toEqual({ ok: true, value: {} });
});

test("a screen that goes ends its own requests, hears nothing more, and leaves another's alone", async () => {
  const ended: string[] = [];
  const { dispatcher, screen, sent, ask } = start({
    'lists.sync': (input, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          ended.push(JSON.stringify(input));
          resolve(fail('cancelled', 'Cancelled.', 'Again.'));
        });
      }),
  });
  const other = dispatcher.connect(() => undefined);
  ask('lists.sync', { users: true });
  other.receive({ request: 1, method: 'lists.sync', input: { users: false } });
  screen.close();
  dispatcher.emit('lists.changed', {});
  await Promise.resolve();
  expect(ended).toEqual(['{"users":true}']);
  expect(sent).toEqual([]);
});

test('progress is validated and ends with the request', async () => {
  let late = (): void => undefined;
  const waiting = { kind: 'waiting', connection: null, until: 5 } as const;
  const { ask, sent, notes } = start({
    'lists.sync': (_, call) => {
      call.progress(waiting);
      call.progress({ kind: 'waiting', until: 'hush-hush' } as never);
      late = () => call.progress(waiting);
      return Promise.resolve(ok({ failures: [] }));
    },
  });
  const { request, answer } = ask('lists.sync', { users: true });
  await answer;
  late();
  expect(sent.filter(({ type }) => type === 'progress')).toEqual([
    { type: 'progress', request, progress: waiting },
  ]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).not.toMatch(/hush/);
});

test('events reach every screen, validated', () => {
  const { dispatcher, sent, notes } = start({});
  const others: ScreenMessage[] = [];
  dispatcher.connect((message) => others.push(message));
  dispatcher.emit('connections.changed', {});
  dispatcher.emit('vault.changed', { kind: 'memory' } as never);
  expect(sent).toEqual([{ type: 'event', event: 'connections.changed', payload: {} }]);
  expect(others).toEqual(sent);
  expect(notes).toHaveLength(1);
});

test('one screen has a bounded number of requests under way; others are not held back', async () => {
  const { dispatcher, ask } = start({
    'lists.sync': untilAborted,
    'vault.info': () => Promise.resolve(ok(open)),
  });
  const first = ask('lists.sync', { users: true });
  for (let more = 1; more < maxUnderWay; more += 1) ask('lists.sync', { users: true });
  expect(await ask('vault.info', {}).answer).toMatchObject({ ok: false, error: { code: 'rate_limited' } });

  const answered = new Promise((resolve) => {
    dispatcher.connect(resolve).receive({ request: 1, method: 'vault.info', input: {} });
  });
  expect(await answered).toMatchObject({ result: { ok: true } });
  await ask('requests.cancel', { request: first.request }).answer;
  await first.answer;
  expect(await ask('vault.info', {}).answer).toMatchObject({ ok: true });
});

test.each([
  [null],
  ['text'],
  [7],
  [[]],
  [{}],
  [{ request: -1, method: 'vault.info', input: {} }],
  [{ request: '1' }],
])('a message without a number to answer under (%j) is told to the door', (message) => {
  const { screen, sent } = start({});
  expect(screen.receive(message)).toBe(false);
  expect(sent).toEqual([]);
});

test('a number that is under way already is told to the door and changes nothing', async () => {
  const { screen, ask } = start({ 'lists.sync': untilAborted });
  const { request, answer } = ask('lists.sync', { users: true });
  expect(screen.receive({ request, method: 'lists.sync', input: { users: true } })).toBe(false);
  await ask('requests.cancel', { request }).answer;
  expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});
