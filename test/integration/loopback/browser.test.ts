import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type Page, chromium } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { receive, state } from './receiver.ts';

const executablePath = '/usr/bin/chromium';
const present = existsSync(executablePath);

let browser: Browser;
beforeAll(async () => {
  if (present) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  if (present) await browser.close();
});

/** A tab on another site that is redirected as an authorization server does it; problems the page reports are kept. */
async function redirectedTab(location: string): Promise<{ page: Page; problems: string[] }> {
  const server = createServer((_, response) => void response.writeHead(302, { location }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  void page
    .goto(`http://localhost:${String((server.address() as AddressInfo).port)}/authorize`)
    .catch(() => undefined);
  return { page, problems };
}

test.skipIf(!present)(
  'implicit: a real browser hands the fragment over and its address bar is cleared',
  async () => {
    const loopback = await receive({ mode: 'fragment' });
    const { page, problems } = await redirectedTab(
      `${loopback.redirectUri}#access_token=token-example&token_type=Bearer&scope=a+b&state=${state}`,
    );
    const callback = await loopback.callback;
    if (!callback.ok) throw new Error(callback.error.message);
    expect(callback.value.searchParams.get('access_token')).toBe('token-example');
    expect(callback.value.searchParams.get('scope')).toBe('a b');
    // Still before the sign-in has ended.
    await page.waitForURL(loopback.redirectUri);
    await page.getByRole('heading', { name: 'One moment' }).waitFor();
    loopback.finish('success');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(await page.getByText('You can close this tab.').isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('token-example');
    expect(page.url()).toBe(loopback.redirectUri);
    expect(problems).toEqual([]);
    await loopback.closed;
  },
);

test.skipIf(!present)('implicit: the same where the redirect URI names localhost', async () => {
  const loopback = await receive({ mode: 'fragment', localhost: true });
  const { page, problems } = await redirectedTab(
    `${loopback.redirectUri}#access_token=token-example&token_type=Bearer&state=${state}`,
  );
  expect(await loopback.callback).toMatchObject({ ok: true });
  loopback.finish('success');
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  expect(problems).toEqual([]);
  await loopback.closed;
});

test.skipIf(!present)(
  'implicit: an error in the query, where some servers put it, is handed over too',
  async () => {
    const loopback = await receive({ mode: 'fragment' });
    const { page } = await redirectedTab(`${loopback.redirectUri}?error=access_denied&state=${state}`);
    const callback = await loopback.callback;
    expect(callback.ok && callback.value.searchParams.get('error')).toBe('access_denied');
    loopback.finish({
      failure: { code: 'authorization_denied', message: 'Smartenit said no.', hint: 'Ask them.' },
    });
    await page.getByText('Smartenit said no.').waitFor();
    expect(page.url()).toBe(loopback.redirectUri);
  },
);

test.skipIf(!present)('implicit: a tab that comes after the end is told so in words', async () => {
  const loopback = await receive({ mode: 'fragment' });
  const { page } = await redirectedTab(`${loopback.redirectUri}#access_token=a&state=other`);
  await page.getByRole('heading', { name: 'belongs to no open sign-in' }).waitFor();
});

test.skipIf(!present)(
  'code: the page is styled, says how it ended, and the code leaves the address bar',
  async () => {
    const loopback = await receive();
    const { page, problems } = await redirectedTab(
      `${loopback.redirectUri}?code=code-example&state=${state}`,
    );
    expect((await loopback.callback).ok).toBe(true);
    loopback.finish('success');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await page.waitForURL(loopback.redirectUri);
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('main')!).borderTopWidth)).toBe(
      '3px',
    );
    // Only the icon's own request may fail: the port is free by then.
    expect(problems.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  },
);

/** A page of another site with this in it. */
async function foreignSite(html: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://localhost:${String((server.address() as AddressInfo).port)}/`;
}

test.skipIf(!present)(
  'implicit: a page of another site cannot hand anything over, whatever it tries',
  async () => {
    const loopback = await receive({ mode: 'fragment' });
    const stolen = `access_token=of-the-attacker&token_type=Bearer&state=${state}`;
    const fields = [...new URLSearchParams(stolen)]
      .map(([name, value]) => `<input name="${name}" value="${value}">`)
      .join('');
    const site = await foreignSite(`<!doctype html>
    <form method="post" action="${loopback.redirectUri}" target="there">${fields}</form><iframe name="there"></iframe>
    <script>
      document.forms[0].submit();
      const options = { method: 'POST', body: new URLSearchParams(${JSON.stringify(stolen)}) };
      Promise.allSettled([
        fetch(${JSON.stringify(loopback.redirectUri)}, { ...options, mode: 'no-cors' }),
        fetch(${JSON.stringify(loopback.redirectUri)}, options),
        fetch(${JSON.stringify(loopback.redirectUri)}, { ...options, mode: 'no-cors', referrerPolicy: 'no-referrer' }),
      ]).then(() => { navigator.sendBeacon(${JSON.stringify(loopback.redirectUri)}, options.body); document.title = 'done'; });
    </script>`);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(site);
    await page.waitForFunction(() => document.title === 'done');
    expect(await Promise.race([loopback.callback, Promise.resolve('waiting')])).toBe('waiting');

    await page.goto(`${loopback.redirectUri}#access_token=token-example&token_type=Bearer&state=${state}`);
    const callback = await loopback.callback;
    expect(callback.ok && callback.value.searchParams.get('access_token')).toBe('token-example');
    loopback.finish('success');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  },
);

test.skipIf(!present)(
  'the code is in no address that the tab can go back to, also after a failure',
  async () => {
    const loopback = await receive();
    const { page } = await redirectedTab(`${loopback.redirectUri}?code=code-example&state=${state}`);
    await loopback.callback;
    const message = '<script>document.title = "stolen"</script>';
    loopback.finish({ failure: { code: 'authorization_denied', message, hint: 'Ask them.' } });
    await page.getByText(message).waitFor();
    expect(await page.title()).toBe('The sign-in did not succeed - Latchkey');
    expect(page.url()).toBe(loopback.redirectUri);
    const session = await page.context().newCDPSession(page);
    const { entries } = await session.send('Page.getNavigationHistory');
    expect(JSON.stringify(entries.map(({ url, title }) => ({ url, title })))).not.toMatch(
      /code-example|state-example/,
    );
  },
);
