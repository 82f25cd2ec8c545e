import { expect, test } from 'vitest';
import type { Loopback } from '../../../main/sessions/loopback/loopback.ts';
import { type Reply, ask, outcomeOf, receive, state } from './receiver.ts';

const right = `access_token=token-example&token_type=Bearer&state=${state}`;

function handOver(
  loopback: Loopback,
  body: string,
  headers: Record<string, string> = {},
  target = '/callback',
): Promise<Reply> {
  const { origin } = new URL(loopback.redirectUri);
  const type = 'application/x-www-form-urlencoded';
  return ask(loopback, target, {
    method: 'POST',
    body,
    headers: { origin, 'content-type': type, ...headers },
  });
}

test('the page that hands over is served without effect, and its script alone may run and connect', async () => {
  const loopback = await receive({ mode: 'fragment' });
  for (const target of ['/callback', '/callback?error=access_denied&state=x', '/callback']) {
    const page = await ask(loopback, target);
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['cache-control']).toBe('no-store');
  }
  void handOver(loopback, right);
  expect((await loopback.callback).ok).toBe(true);
});

test('what the fragment held stands in the query of the callback, and the page is answered at the end', async () => {
  const loopback = await receive({ mode: 'fragment' });
  const page = handOver(loopback, `${right}&scope=a+b%23c`);
  const callback = await loopback.callback;
  if (!callback.ok) throw new Error(callback.error.message);
  expect(Object.fromEntries(callback.value.searchParams)).toEqual({
    access_token: 'token-example',
    token_type: 'Bearer',
    state,
    scope: 'a b#c',
  });
  loopback.finish('success');
  const { status, body } = await page;
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ tone: 'good', title: 'You are signed in' });
});

test.each<[what: string, body: string, headers?: Record<string, string>, target?: string]>([
  ['another origin', right, { origin: 'https://attacker.example' }],
  ['the origin of another port', right, { origin: 'http://127.0.0.1:1' }],
  ['the origin null', right, { origin: 'null' }],
  ['a cross-site request', right, { 'sec-fetch-site': 'cross-site' }],
  ['another content type', right, { 'content-type': 'text/plain' }],
  ['a name in Host', right, { host: 'attacker.example' }],
  ['a query', right, {}, '/callback?x=1'],
  ['another path', right, {}, '/callback/x'],
  ['no state', 'access_token=a'],
  ['a wrong state', 'access_token=a&state=other'],
  ['a parameter twice', `${right}&access_token=b`],
  ['nothing', ''],
])('a hand-over with %s is answered 404 and changes nothing', async (_, body, headers, target) => {
  const loopback = await receive({ mode: 'fragment' });
  expect(await outcomeOf(loopback, handOver(loopback, body, headers, target))).toBe(404);
  void handOver(loopback, right);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('access_token')).toBe('token-example');
});

test('a hand-over without an Origin changes nothing', async () => {
  const loopback = await receive({ mode: 'fragment' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = ask(loopback, '/callback', { method: 'POST', body: right, headers });
  expect(await outcomeOf(loopback, reply)).toBe(404);
  void handOver(loopback, right);
  expect((await loopback.callback).ok).toBe(true);
});

test('a body beyond the bound is cut off and changes nothing', async () => {
  const loopback = await receive({ mode: 'fragment' });
  const tooLarge = handOver(loopback, `${right}&x=${'x'.repeat(300_000)}`).then(
    (reply) => reply.status,
    () => 'cut off',
  );
  expect([404, 'cut off']).toContain(await tooLarge);
  void handOver(loopback, right);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.has('x')).toBe(false);
});

test('in query mode no hand-over is taken, and in fragment mode no callback by GET', async () => {
  const query = await receive();
  expect((await handOver(query, right)).status).toBe(404);
  const fragment = await receive({ mode: 'fragment' });
  const page = await ask(fragment, `/callback?${right}`);
  expect(page.body).toContain('One moment');
  void handOver(fragment, `access_token=second&state=${state}`);
  const callback = await fragment.callback;
  expect(callback.ok && callback.value.searchParams.get('access_token')).toBe('second');
});

test('a second hand-over, and the page after it, are told that it was already received', async () => {
  const loopback = await receive({ mode: 'fragment' });
  const first = handOver(loopback, right);
  await loopback.callback;
  expect((await handOver(loopback, right)).status).toBe(410);
  expect((await ask(loopback, '/callback')).status).toBe(410);
  loopback.finish({ failure: { code: 'unexpected', message: 'It broke.', hint: 'Try again.' } });
  expect(JSON.parse((await first).body)).toMatchObject({
    tone: 'bad',
    lines: ['It broke.', 'Try again.', 'You can close this tab.'],
  });
});
