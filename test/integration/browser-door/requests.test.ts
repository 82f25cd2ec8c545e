import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyLifeMs } from '../../../main/browser/keys.ts';
import { readScreenFiles } from '../../../main/browser/screen-files.ts';
import { type TestDoor, ask, enter, startDoor, testClock } from './door-client.ts';

const clock = testClock();
let test_: TestDoor;
beforeAll(async () => void (test_ = await startDoor(clock)));
afterAll(() => test_.stop());

const cookie = (): Record<string, string> => ({ cookie: test_.entered.cookie });
const pathOf = (address: string): string => address.slice(new URL(address).origin.length);

describe('the one-time address', () => {
  test('is 256 random bits, another one each time', () => {
    const keys = [1, 2, 3].map(() => new URL(test_.door.address()).searchParams.get('key') ?? '');
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  });

  test('is exchanged for a cookie that no script reads and no other site sends', async () => {
    const { status, headers } = await ask(test_.port, pathOf(test_.door.address()));
    expect(status).toBe(303);
    expect(headers.location).toBe(`${pathOf(test_.door.address()).split('/open')[0] ?? ''}/`);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^latchkey-${test_.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/[\\w-]{22}/$`),
      ),
    ]);
  });

  test('opens nothing a second time, and says how to get a new one', async () => {
    const address = test_.door.address();
    await enter(test_.port, address);
    const again = await ask(test_.port, pathOf(address));
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toMatch(/Press Enter in the terminal/);
  });

  test('reloaded by the browser that has the cookie leads to the screen', async () => {
    const { status, headers } = await ask(test_.port, '/open?key=old', cookie());
    expect([status, headers['set-cookie']]).toEqual([303, undefined]);
    expect(headers.location).toMatch(/^\/[\w-]{22}\/$/);
  });

  test('opens nothing after two minutes', async () => {
    const address = test_.door.address();
    clock.offset += keyLifeMs;
    expect((await ask(test_.port, pathOf(address))).status).toBe(403);
    expect((await ask(test_.port, pathOf(test_.door.address()))).status).toBe(303);
  });

  test.each([
    ['read ahead by a browser', { 'sec-purpose': 'prefetch' }, 'GET'],
    ['asked for by its head', {}, 'HEAD'],
  ])('%s is not used up', async (_, headers, method) => {
    const address = test_.door.address();
    const early = await ask(test_.port, pathOf(address), headers, method);
    expect(early.headers['set-cookie']).toBeUndefined();
    await enter(test_.port, address);
  });

  test('wrong, empty and missing keys open nothing', async () => {
    const good = new URL(test_.door.address()).searchParams.get('key') ?? '';
    for (const query of ['', '?key=', '?key=0', `?key=${good.slice(1)}`, `?key=${good}x`, `?KEY=${good}`]) {
      expect((await ask(test_.port, `/open${query}`)).status, query).toBe(403);
    }
    await enter(test_.port, `${test_.door.origin}/open?key=${good}`);
  });

  test('of a link on another page opens nothing, and is not used up', async () => {
    const address = test_.door.address();
    for (const site of ['cross-site', 'same-site']) {
      expect((await ask(test_.port, pathOf(address), { 'sec-fetch-site': site })).status).toBe(403);
    }
    expect((await ask(test_.port, pathOf(address), { 'sec-fetch-site': 'none' })).status).toBe(303);
  });
});

describe('a request', () => {
  test.each([
    'evil.example',
    'evil.example:PORT',
    'localhost',
    'localhost:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT.evil.example',
    'evil@127.0.0.1:PORT',
    '127.1:PORT',
    '0.0.0.0:PORT',
    '[::1]:PORT',
    '[::ffff:127.0.0.1]:PORT',
  ])('for the host %s is not answered, with the cookie too', async (name) => {
    const host = name.replace('PORT', String(test_.port));
    const { status, body } = await ask(test_.port, '/', { ...cookie(), host });
    expect(status).toBe(421);
    expect(body).not.toMatch(/Screen/);
  });

  test('with the cookie gets the screen and its files', async () => {
    const index = await ask(test_.port, '/', cookie());
    expect([index.status, index.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(index.body).toMatch(/Screen/);
    const script = await ask(test_.port, '/assets/index-abc123.js', cookie());
    expect(script.status).toBe(200);
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toMatch(/immutable/);
    const icon = await ask(test_.port, '/icon.svg?v=1', cookie());
    expect([icon.status, icon.headers['cache-control']]).toEqual([200, 'no-cache']);
  });

  test.each(['/', '/index.html', '/assets/index-abc123.js', '/icon.svg', '/nothing', '/bridge'])(
    'for %s without the cookie learns nothing, not even whether it is there',
    async (address) => {
      const one = await ask(test_.port, address);
      const other = await ask(test_.port, '/no-such-thing');
      expect(one.status).toBe(401);
      expect(one.body).toBe(other.body);
    },
  );

  test('with a wrong cookie, or two of them, is one without', async () => {
    const [name = '', value = ''] = test_.entered.cookie.split('=');
    for (const wrong of [
      `${name}=`,
      `${name}=${value}x`,
      `${name}=${value.slice(0, -1)}`,
      `x${name}=${value}`,
      `latchkey=${value}`,
      `${name}=a; ${name}=${value}`,
    ]) {
      expect((await ask(test_.port, '/', { cookie: wrong })).status, wrong).toBe(401);
    }
    expect((await ask(test_.port, '/', { cookie: `a=b; ${name}=${value}; c=d` })).status).toBe(200);
  });

  test.each(['cross-site', 'same-site', 'anything'])(
    'that another page (%s) caused is refused',
    async (site) => {
      const { status } = await ask(test_.port, '/', { ...cookie(), 'sec-fetch-site': site });
      expect(status).toBe(403);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
    'by %s changes nothing',
    async (method) => {
      for (const address of ['/', '/open', '/bridge']) {
        const { status, headers } = await ask(
          test_.port,
          address,
          { ...cookie(), origin: test_.entered.origin },
          method,
        );
        expect(status).toBe(405);
        expect(headers.allow).toBe('GET, HEAD');
      }
    },
  );

  test('gets no CORS header, whatever it asks for', async () => {
    const answers = await Promise.all([
      ask(test_.port, '/', { ...cookie(), origin: 'https://evil.example' }),
      ask(
        test_.port,
        '/',
        { ...cookie(), origin: 'https://evil.example', 'access-control-request-method': 'GET' },
        'OPTIONS',
      ),
    ]);
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/./index.html',
    '/index.html%00.js',
    '/INDEX.HTML',
    '/assets/index-abc123.js.map',
    '/assets',
    '/assets/',
    '/etc/passwd',
    '/file:///etc/passwd',
    '/__proto__',
    '/constructor',
  ])('for %s finds nothing', async (address) => {
    const { status, body } = await ask(test_.port, address, cookie());
    expect(status).toBe(404);
    expect(body).not.toMatch(/not for anybody|root:/);
  });

  test('that follows a symbolic link out of the folder finds nothing', async () => {
    await symlink(path.join(test_.folder, '..', 'secret.txt'), path.join(test_.folder, 'linked.txt'));
    expect([...(await readScreenFiles(test_.folder)).keys()]).not.toContain('/linked.txt');
  });
});

test('every answer has the whole set of protective headers', async () => {
  const answers = await Promise.all([
    ask(test_.port, '/', cookie()),
    ask(test_.port, '/assets/index-abc123.js', cookie()),
    ask(test_.port, '/nothing', cookie()),
    ask(test_.port, '/'),
    ask(test_.port, '/open?key=wrong'),
    ask(test_.port, pathOf(test_.door.address())),
    ask(test_.port, '/', { host: 'evil.example' }),
    ask(test_.port, '/', cookie(), 'POST'),
  ]);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${test_.port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
  for (const { status, headers } of answers) {
    expect(headers, String(status)).toMatchObject({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'cache-control': expect.any(String) as string,
    });
    expect(headers['x-powered-by']).toBeUndefined();
  }
});

test('a screen that was not built is said to be so', async () => {
  expect((await readScreenFiles(path.join(test_.folder, 'none'))).size).toBe(0);
});
