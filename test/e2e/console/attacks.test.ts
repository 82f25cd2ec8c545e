import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxMessageBytes } from '../../../main/browser/screens.ts';
import {
  type TestScreen,
  ask,
  handshake,
  openScreen as openBridge,
} from '../../integration/browser-door/door-client.ts';
import { openChromium } from '../../support/browser.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { goTo } from './person.ts';

/** Each attack on a running `latchkey serve`, with a person's browser open in it. */
let browser: Browser;
let door: Door;
let screen: Screen;
let port: number;
let entered: { cookie: string; origin: string };
/** Where the screen is, for whoever has the cookie. */
let home: string;

beforeAll(async () => {
  [browser, door] = await Promise.all([
    openChromium(),
    startDoor({ PATH: process.env.PATH ?? '' }, ['--vault', 'memory']),
  ]);
  screen = await openScreen(browser, door.url);
  const { origin } = new URL(door.url);
  port = Number(new URL(origin).port);
  home = new URL('.', screen.page.url()).href;
  const [cookie] = await screen.context.cookies();
  entered = { origin, cookie: `${cookie?.name ?? ''}=${cookie?.value ?? ''}` };
});

afterAll(async () => {
  await browser.close();
  expect(await door.stop()).toBe(0);
});

test('what a person’s browser may do is allowed, so that the refusals below mean something', async () => {
  expect((await ask(port, '/', entered)).status).toBe(200);
  expect(await handshake(port, entered)).toBe(101);
});

describe('from outside', () => {
  test('a name that was bound to this computer (DNS rebinding) gets nothing', async () => {
    const host = `attacker.example:${port}`;
    const { status, body } = await ask(port, '/', { ...entered, host });
    expect(status).toBe(421);
    expect(body).not.toContain('<script');
    expect(await handshake(port, { ...entered, host })).toBe(421);
  });

  test('a page of another origin opens no bridge, though the browser sends it our cookie', async () => {
    expect(await handshake(port, { ...entered, origin: 'https://attacker.example' })).toBe(403);
    // Another port of this computer is the same site: SameSite does not hold the cookie back.
    const other = createServer((_, response) =>
      response.end('<!doctype html><title>Another program</title>'),
    );
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const tab = await screen.context.newPage();
    try {
      await tab.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
      const outcome = await tab.evaluate(
        (address) =>
          new Promise((resolve) => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve('opened');
            socket.onerror = () => resolve('refused');
          }),
        `ws://127.0.0.1:${port}/bridge`,
      );
      expect(outcome).toBe('refused');
    } finally {
      await tab.close();
      other.close();
      other.closeAllConnections();
    }
  });

  test('the one-time address opens nothing in a second browser', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    expect((await page.goto(door.url))?.status()).toBe(403);
    expect(await context.cookies()).toEqual([]);
    expect((await page.goto(entered.origin))?.status()).toBe(401);
    await context.close();
  });

  test('a second user of this computer, without the cookie, gets neither the screen nor the bridge', async () => {
    const { status, body } = await ask(port, '/');
    expect(status).toBe(401);
    expect(body).not.toContain('<script');
    expect(await handshake(port, { origin: entered.origin })).toBe(401);
  });
});

describe('over the bridge', () => {
  /** The answer, or how the socket ended without one. */
  const answerTo = (attacker: TestScreen, method: string, input: unknown = {}): Promise<unknown> =>
    Promise.race([attacker.call(method, input), attacker.closed.then((code) => `closed with ${code}`)]);

  test('an oversized frame ends its own screen alone', async () => {
    const attacker = await openBridge(port, entered);
    attacker.socket.send('x'.repeat(maxMessageBytes + 1));
    expect(await attacker.closed).toBe(1009);
    const other = await openBridge(port, entered);
    expect(await other.call('app.info')).toMatchObject({ ok: true });
    other.socket.close();
  });

  test.each(['vault.read', 'constructor', '__proto__', 'toString', ''])(
    'the unknown method "%s" is refused, and the door goes on',
    async (method) => {
      const attacker = await openBridge(port, entered);
      expect(await answerTo(attacker, method)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
      expect(await answerTo(attacker, 'app.info')).toMatchObject({ ok: true });
      attacker.socket.close();
    },
  );

  test.each([
    ['lists.users', { offset: '0', limit: 10 }, 'offset'],
    ['lists.users', { offset: 0, limit: 1e9 }, 'limit'],
    ['sessions.reveal', { id: ['x'], token: 'access' }, 'id'],
    ['connections.add', { provider: 'konexus', name: { toString: 'x' } }, 'name'],
    ['vault.use', { kind: '/etc/passwd' }, 'kind'],
    ['app.info', { more: true }, 'more'],
    ['connections.list', null, 'does not fit'],
  ])('%s of wrong types (%j) is refused by naming the field', async (method, input, field) => {
    const attacker = await openBridge(port, entered);
    const answer = await answerTo(attacker, method, input);
    expect(answer).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
    expect((answer as { error: { message: string } }).error.message).toContain(field);
    attacker.socket.close();
  });
});

describe('in the page', () => {
  /** Another tab of the person, whose page got inline script on its way; everything else, the headers too, is the door's. */
  async function openInjected(markup: string): Promise<Page> {
    const tab = await screen.context.newPage();
    await tab.route(home, async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      await route.fulfill({ response, body: html.replace('</body>', `${markup}</body>`) });
    });
    await tab.goto(home);
    await tab.getByRole('navigation', { name: 'Views' }).waitFor();
    return tab;
  }
  const ran = (tab: Page): Promise<unknown> =>
    tab.evaluate(() => (globalThis as unknown as { ran?: unknown }).ran ?? null);

  test('inline script and handlers that got into the page do not run', async () => {
    const tab = await openInjected(
      `<i id="injected"></i><script>ran = 'script'</script><img src="/none.png" onerror="ran = 'handler'">`,
    );
    expect(await tab.locator('#injected').count()).toBe(1);
    await tab.waitForFunction(() => [...document.images].every(({ complete }) => complete));
    expect(await ran(tab)).toBeNull();
    await tab.close();
  });

  test('text becomes no markup and no code', async () => {
    const tab = await screen.context.newPage();
    await tab.goto(home);
    const stopped = await tab.evaluate(async () => {
      // In a task of its own: what the inspector itself runs may use eval.
      await new Promise((resolve) => setTimeout(resolve));
      const box = document.body.appendChild(document.createElement('div'));
      const attacks: Record<string, () => void> = {
        innerHTML: () => (box.innerHTML = '<img src=x onerror="ran = 1">'),
        insertAdjacentHTML: () => box.insertAdjacentHTML('beforeend', '<b>x</b>'),
        'script text': () => {
          const script = document.createElement('script');
          script.textContent = 'ran = 1';
          document.head.append(script);
        },
        'script source': () => (document.createElement('script').src = 'https://attacker.example/a.js'),
        eval: () => void (0, eval)('ran = 1'),
        'a policy of its own': () => {
          const { trustedTypes } = globalThis as unknown as {
            trustedTypes: { createPolicy: (name: string, rules: object) => unknown };
          };
          trustedTypes.createPolicy('attacker', { createHTML: (text: string) => text });
        },
      };
      return Object.entries(attacks).map(([name, attack]) => {
        try {
          attack();
          return `${name}: done`;
        } catch {
          return `${name}: stopped`;
        }
      });
    });
    expect(stopped).toEqual([
      'innerHTML: stopped',
      'insertAdjacentHTML: stopped',
      'script text: stopped',
      'script source: stopped',
      'eval: stopped',
      'a policy of its own: stopped',
    ]);
    expect(await ran(tab)).toBeNull();
    await tab.close();
  });

  test('nothing is sent anywhere else', async () => {
    const tab = await screen.context.newPage();
    await tab.goto(home);
    const stopped = await tab.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        directives.push(effectiveDirective),
      );
      const image = new Image();
      await Promise.all([
        fetch('http://127.0.0.1:9/?stolen', { mode: 'no-cors' }).catch(() => undefined),
        new Promise((resolve) => {
          image.addEventListener('error', resolve);
          image.src = 'http://127.0.0.1:9/a.png?stolen';
        }),
      ]);
      await new Promise((resolve) => setTimeout(resolve)); // the tasks that tell of violations come first
      return directives.sort();
    });
    expect(stopped).toEqual(['connect-src', 'img-src']);
    await tab.close();
  });

  test('a user whose name is markup is shown as text, in the list, the detail and the record', async () => {
    const { page, complaints } = screen;
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const before = complaints.length;
    await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
    await page.getByRole('button', { name: 'Sign in: sandbox-konexus' }).click();
    await page.getByRole('button', { name: 'Renew: sandbox-konexus' }).waitFor();
    await goTo(page, 'Installations');
    await page.getByRole('grid').getByText('Tenant 4711').waitFor();
    await goTo(page, 'Users');
    await page.getByRole('button', { name: 'Read users' }).first().click();
    await page.locator('[data-facts]', { hasText: /users · as of/ }).waitFor();
    await page.getByRole('textbox', { name: 'Search users' }).fill('onerror');
    await expect.poll(() => page.locator('[data-facts]').innerText()).toMatch(/^\d+ of /);
    const names = page.getByRole('grid', { name: 'Users' }).locator('[role=gridcell]:first-child');
    await names.first().waitFor();
    // Before anything is clicked or waited for: where it is markup there is nothing left to click.
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await expect
      .poll(async () => (await names.allInnerTexts())[0], { timeout: 10_000 })
      .toContain('<img src=x onerror=alert(1)>');
    await names.first().click({ timeout: 20_000 });
    const detail = page.getByRole('complementary');
    expect(await page.locator('aside img, aside script').count()).toBe(0);
    await expect.poll(() => detail.getByRole('heading', { level: 2 }).count()).toBe(1);
    expect(await detail.getByRole('heading', { level: 2 }).innerText()).toContain(
      '</td><script>alert(1)</script>',
    );
    await detail.getByText('The provider’s record').click();
    await expect.poll(() => detail.locator('pre').innerText()).toContain('onerror=alert(1)');
    expect(await page.locator('img[src=x], td script, main script, aside script').count()).toBe(0);
    expect(dialogs).toEqual([]);
    expect(complaints.slice(before)).toEqual([]);
  });
});
