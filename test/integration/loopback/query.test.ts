import { expect, test } from 'vitest';
import { ask, inTime, isFree, outcomeOf, receive, state } from './receiver.ts';

const right = `/callback?code=code-example&state=${state}`;

test('the right callback is handed over whole, and the tab is answered when the sign-in has ended', async () => {
  const loopback = await receive();
  expect(loopback.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  let answered = false;
  const tab = ask(loopback, `${right}&iss=https%3A%2F%2Fid.vendor.example`).then((reply) => {
    answered = true;
    return reply;
  });
  expect(await loopback.callback).toEqual({
    ok: true,
    value: new URL(
      `${loopback.redirectUri}?code=code-example&state=${state}&iss=https%3A%2F%2Fid.vendor.example`,
    ),
  });
  // A whole exchange with the same server has passed since, so an answer would have come.
  await ask(loopback, '/favicon.ico');
  expect(answered).toBe(false);
  loopback.finish('success');
  const page = await tab;
  expect(page.status).toBe(200);
  expect(page.body).toContain('You are signed in');
  expect(page.body).toContain('You can close this tab.');
  await loopback.closed;
  expect(await isFree(loopback)).toBe(true);
});

test('an error that the server sends back is a callback too, and the page names what happened', async () => {
  const loopback = await receive();
  const tab = ask(loopback, `/callback?error=access_denied&state=${state}`);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('error')).toBe('access_denied');
  loopback.finish({
    failure: {
      code: 'authorization_denied',
      message: 'Salto KS said no to <b>"ann"</b> & others.',
      hint: 'Ask the site owner.',
    },
  });
  const { body } = await tab;
  expect(body).toContain('The sign-in did not succeed');
  expect(body).toContain('Salto KS said no to &lt;b&gt;&quot;ann&quot;&lt;/b&gt; &amp; others.');
  expect(body).toContain('Ask the site owner.');
});

test.each<[what: string, target: string, options?: Parameters<typeof ask>[2]]>([
  ['the icon', '/favicon.ico'],
  ['the root', '/'],
  ['a longer path', `/callback2?code=a&state=${state}`],
  ['a deeper path', `/callback/?code=a&state=${state}`],
  ['a path in capitals', `/Callback?code=a&state=${state}`],
  ['a path that normalises to the right one', `/x/../callback?code=a&state=${state}`],
  ['a path with escapes', `/%63allback?code=a&state=${state}`],
  ['a whole address as the target', `http://127.0.0.1/callback?code=a&state=${state}`],
  ['POST', right, { method: 'POST', body: 'x' }],
  ['HEAD', right, { method: 'HEAD' }],
  ['PUT', right, { method: 'PUT' }],
  ['OPTIONS', right, { method: 'OPTIONS' }],
  ['no parameters', '/callback'],
  ['no state', '/callback?code=a'],
  ['an empty state', '/callback?code=a&state='],
  ['a wrong state', '/callback?code=a&state=other'],
  ['a state that is longer', `/callback?code=a&state=${state}0`],
  ['the state in capitals', `/callback?code=a&state=${state.toUpperCase()}`],
  ['the state twice', `/callback?code=a&state=${state}&state=${state}`],
  ['the code twice', `/callback?code=a&code=b&state=${state}`],
  ['an address of more than 16 KB', `${right}&x=${'x'.repeat(16 * 1024)}`],
  ['a name in Host (DNS rebinding)', right, { headers: { host: 'attacker.example' } }],
  ['localhost in Host', right, { headers: { host: 'localhost' } }],
])('%s is answered 404 and changes nothing', async (_, target, options) => {
  const loopback = await receive();
  expect(await outcomeOf(loopback, ask(loopback, target, options))).toBe(404);
  void ask(loopback, right);
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('code')).toBe('code-example');
});

test('headers beyond all measure end the connection and change nothing', async () => {
  const loopback = await receive();
  await expect(ask(loopback, right, { headers: { cookie: 'x'.repeat(70_000) } })).rejects.toThrow();
  void ask(loopback, right);
  expect((await loopback.callback).ok).toBe(true);
});

test('the cookies of other servers on this computer do no harm', async () => {
  const loopback = await receive();
  void ask(loopback, right, { headers: { cookie: 'x'.repeat(30_000) } });
  expect((await loopback.callback).ok).toBe(true);
});

test('a second right callback is told so and changes nothing', async () => {
  const loopback = await receive();
  const first = ask(loopback, right);
  await loopback.callback;
  const second = await inTime(ask(loopback, `/callback?code=second&state=${state}`));
  expect(second).toMatchObject({ status: 410, body: expect.stringContaining('already received') as string });
  const callback = await loopback.callback;
  expect(callback.ok && callback.value.searchParams.get('code')).toBe('code-example');
  loopback.finish('success');
  expect((await first).body).toContain('You are signed in');
});

test('pages are not cached, framed or sniffed, tell no one their address and run only their own script', async () => {
  const loopback = await receive();
  const tab = ask(loopback, right, { headers: { connection: 'keep-alive' } });
  await loopback.callback;
  loopback.finish('success');
  const { headers } = await tab;
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    connection: 'close',
  });
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("form-action 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toContain('connect-src');
});

test('no page repeats what the request brought', async () => {
  const loopback = await receive();
  const foreign = await ask(loopback, '/callback?code=pass-word-1&state=pass-word-2');
  const tab = ask(loopback, `/callback?code=pass-word-3&state=${state}`);
  await loopback.callback;
  loopback.finish('success');
  for (const page of [foreign, await tab]) {
    expect(page.body + JSON.stringify(page.headers)).not.toMatch(/pass-word|state-example/);
  }
});
