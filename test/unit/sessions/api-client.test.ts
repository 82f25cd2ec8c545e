import { expect, test } from 'vitest';
import type { ApiRequest } from '../../../main/providers/provider.ts';
import { smartenit } from '../../../main/providers/smartenit/api.ts';
import { type ApiClientParts, createApiClient } from '../../../main/sessions/api-client.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import {
  type Scripted,
  type SentRequest,
  type TestClock,
  json,
  scriptedHttp,
  testClock,
} from '../../support/sessions.ts';

const apiBase = 'https://api.acme.example/v1';
const get: ApiRequest = { url: `${apiBase}/sites` };
const post: ApiRequest = { url: `${apiBase}/users`, method: 'POST', json: { name: 'é' } };
const unreachable = fail('network_unreachable', 'No way.', 'Plug it in.').error;
const untrusted = fail('tls_untrusted', 'Who is that?', 'Look.').error;

interface Run {
  result: Awaited<ReturnType<ReturnType<typeof createApiClient>['send']>>;
  sent: SentRequest[];
  clock: TestClock;
  /** The tokens that were said to be stale. */
  stale: (string | null)[];
  waits: [number, number][];
}

async function send(
  request: ApiRequest,
  answers: readonly Scripted[],
  changes: Partial<ApiClientParts> & { tokens?: Result<string>[] } = {},
): Promise<Run> {
  const { http, sent } = scriptedHttp(answers);
  const clock = testClock();
  const stale: Run['stale'] = [];
  const waits: Run['waits'] = [];
  const tokens = changes.tokens ?? [ok('access-1'), ok('access-2'), ok('access-3')];
  const client = createApiClient({
    http,
    clock,
    apiBase,
    headers: {},
    waiting: (...wait) => waits.push(wait),
    accessToken: (old) => Promise.resolve(tokens[stale.push(old) - 1] ?? ok('one too many')),
    ...changes,
  });
  return { result: await client.send(request), sent, clock, stale, waits };
}

const status = ({ result }: Run): number | string => (result.ok ? result.value.status : result.error.code);
const refused = (code: number, headers: Record<string, string> = {}): Response => json({}, code, headers);

test('a request carries the token, JSON and the headers of connection and request', async () => {
  const { sent, result } = await send({ ...post, headers: { 'x-one': '1' } }, [json({ id: 'a' }, 201)], {
    headers: { 'x-tenant': 'acme' },
  });
  expect(sent[0]).toMatchObject({ method: 'POST', url: post.url, body: '{"name":"é"}' });
  expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
    accept: 'application/json',
    authorization: 'Bearer access-1',
    'content-type': 'application/json',
    'x-one': '1',
    'x-tenant': 'acme',
  });
  expect(result).toMatchObject({ ok: true, value: { status: 201, text: '{"id":"a"}', url: post.url } });
});

test.each([
  'https://evil.example/v1/sites',
  'https://api.acme.example.evil.example/v1',
  'https://api.acme.example:444/v1',
  'http://api.acme.example/v1',
  'https://user@evil.example/',
  '/v1/sites',
  '',
])('the token does not go to %j', async (url) => {
  const run = await send({ url }, [refused(200)]);
  expect([run.sent, run.stale]).toEqual([[], []]);
  expect(status(run)).toBe('response_unexpected');
});

test('a redirect is an answer and is not followed', async () => {
  const run = await send(get, [refused(302, { location: 'https://evil.example/' })]);
  expect(status(run)).toBe(302);
  expect(run.sent).toHaveLength(1);
});

test('a token that the API refuses is renewed once, for a POST too', async () => {
  const run = await send(post, [refused(401), refused(201)]);
  expect(status(run)).toBe(201);
  expect(run.stale).toEqual([null, 'access-1']);
  expect(run.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer access-1',
    'Bearer access-2',
  ]);
  expect(run.clock.sleeps).toEqual([]);
});

test('what the provider means by it is renewed too, once; what it does not mean is an answer', async () => {
  const { refusesToken } = smartenit;
  if (refusesToken === undefined) throw new Error('Smartenit has error codes for it.');
  const error = (code: number): Response =>
    json({ error: { status: 400, errors: [{ code, message: 'No.' }] } }, 400);
  for (const code of [114, 115]) {
    const run = await send(get, [error(code), json({ data: [] })], { refusesToken });
    expect(status(run)).toBe(200);
    expect(run.stale).toEqual([null, 'access-1']);
    expect(status(await send(get, [error(code), error(code)], { refusesToken }))).toBe(400);
  }
  const other = await send(get, [error(100)], { refusesToken });
  expect(status(other)).toBe(400);
  expect(other.stale).toEqual([null]);
});

test('the renewed token being refused as well is the answer', async () => {
  const run = await send(get, [refused(401), refused(401)]);
  expect(status(run)).toBe(401);
  expect(run.stale).toEqual([null, 'access-1']);
});

test.each([[0], [1]])('no token to be had is the answer (after %i requests)', async (before) => {
  const none = fail('sign_in_needed', 'Not signed in.', 'Sign in.');
  const run = await send(get, [refused(401)], { tokens: before === 0 ? [none] : [ok('access-1'), none] });
  expect(status(run)).toBe('sign_in_needed');
  expect(run.sent).toHaveLength(before);
});

test('429 waits as long as Retry-After says, in seconds or by a date', async () => {
  const date = new Date(Date.UTC(2026, 2, 1, 8, 0, 37)).toUTCString();
  const run = await send(post, [
    refused(429, { 'retry-after': '7' }),
    refused(429, { 'retry-after': date }),
    refused(201),
  ]);
  expect(status(run)).toBe(201);
  expect(run.waits).toEqual([
    [7000, 429],
    [30_000, 429],
  ]);
  expect(run.clock.sleeps).toEqual([7000, 30_000]);
});

test('a wait of more than a minute is left to the person', async () => {
  const run = await send(get, [refused(429, { 'retry-after': '61' })]);
  expect([status(run), run.clock.sleeps]).toEqual([429, []]);
});

test('a provider that stays busy is asked four times', async () => {
  const run = await send(get, [refused(429), refused(503), refused(429), refused(429)]);
  expect(status(run)).toBe(429);
  expect(run.clock.sleeps).toEqual([500, 1000, 2000]);
});

test.each([
  ['a GET', get],
  ['a POST that only reads', { ...post, repeatable: true }],
])('%s is sent again after a fault of the server and after a broken connection', async (_what, request) => {
  const run = await send(request, [refused(500), unreachable, refused(503), refused(200)]);
  expect(status(run)).toBe(200);
  expect(run.sent).toHaveLength(4);
});

test.each<[string, Scripted, number | string]>([
  ['500', refused(500), 500],
  ['503 that names no time', refused(503), 503],
  ['a broken connection', unreachable, 'network_unreachable'],
])('a POST that changes something is not sent again after %s', async (_what, answer, expected) => {
  const run = await send(post, [answer]);
  expect([status(run), run.sent.length]).toEqual([expected, 1]);
});

test('but it is after a 503 that names a time: nothing was done then', async () => {
  const run = await send(post, [refused(503, { 'retry-after': '1' }), refused(201)]);
  expect([status(run), run.clock.sleeps]).toEqual([201, [1000]]);
});

test('what would fail again is not repeated', async () => {
  expect(status(await send(get, [untrusted]))).toBe('tls_untrusted');
  expect(status(await send(get, [refused(404)]))).toBe(404);
});

test('cancelled before, while it is under way, and while it waits', async () => {
  const early = await send(get, [], { signal: AbortSignal.abort() });
  expect([status(early), early.sent]).toEqual(['cancelled', []]);

  const under = new AbortController();
  const way = (): Response => {
    under.abort();
    throw under.signal.reason;
  };
  expect(status(await send(get, [way], { signal: under.signal }))).toBe('cancelled');

  const waiting = new AbortController();
  const run = await send(get, [refused(429)], { signal: waiting.signal, waiting: () => waiting.abort() });
  expect([status(run), run.sent.length]).toEqual(['cancelled', 1]);
});
