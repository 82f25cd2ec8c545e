import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { violations } from './axe.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { misfits } from './fit.ts';
import { openSignInTab, signInAt, signedIn } from './person.ts';

let keyring: TestKeyring;
let browser: Browser;
let door: Door;
let screen: Screen;
let page: Page;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
  door = await startDoor(keyring.env);
  screen = await openScreen(browser, door.url, { colorScheme: 'light' });
  ({ page } = screen);
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  const tab = await openSignInTab(page, 'sandbox-salto-ks');
  await signInAt(tab);
  await tab.getByRole('heading', { level: 1 }).waitFor();
  await tab.close();
  await signedIn(page, 'sandbox-salto-ks');
  await page.keyboard.press('5');
  await page.getByRole('heading', { name: 'The truth about a token' }).waitFor();
});

afterAll(async () => {
  expect(screen.complaints).toEqual([]);
  await screen.context.close();
  expect(await door.stop()).toBe(0);
  await browser.close();
  await keyring.stop();
});

const verdict = (code: string) => page.locator(`[data-verdict=${code}]`);
const pasteBox = () => page.getByRole('textbox', { name: 'Paste a token' });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const marked = 'nobody-else-has-this-subject';

test('a session’s own token is valid, explained, and never on the screen', async () => {
  await page.getByRole('button', { name: 'Inspect the Access token of sandbox-salto-ks' }).click();
  await verdict('valid').waitFor();
  expect(await verdict('valid').innerText()).toMatch(/Signed by http.* with key .*; made for user_api\./s);
  await page.getByText('It is not the KS user id').waitFor();
  expect(await misfits(page)).toEqual([]);
  await page.getByText('Check against').click();
  await page.getByText('Kept keys').click();
  await page.getByText('Raw', { exact: true }).click();
  expect(await violations(page)).toEqual([]);
  const tokens = screen.frames.filter(({ text }) => /eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/.test(text));
  expect(tokens).toEqual([]);
});

test('before and after a renewal are compared', async () => {
  await page.getByRole('button', { name: 'Renew and compare' }).click();
  const compared = page.getByRole('region', { name: 'Compared' });
  await compared.waitFor();
  expect(await compared.innerText()).toContain('Both are valid.');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Stop comparing' }).click();
  await compared.waitFor({ state: 'detached' });
  await verdict('valid').waitFor();
});

test('what is opaque, unverified, unsigned or broken is said to be, and never looks valid', async () => {
  await page.getByRole('button', { name: 'Inspect the Refresh token of sandbox-salto-ks' }).click();
  await verdict('opaque').waitFor();
  expect(await violations(page)).toEqual([]);
  const header = part({ alg: 'RS256', kid: 'x' });
  const claims = part({ iss: 'https://a.example', sub: marked, exp: 4_000_000_000 });
  await pasteBox().fill(`${header}.${claims}.AAAA`);
  await verdict('no_keys').waitFor();
  expect(await page.locator('.verdict.good').count()).toBe(0);
  await page.getByText('As it says itself: the signature was not verified.').waitFor();
  expect(await violations(page)).toEqual([]);
  await pasteBox().fill(
    JSON.stringify({
      access_token: `${part({ alg: 'none' })}.${claims}.`,
      refresh_token: 'ory_rt_0123456789',
    }),
  );
  await verdict('algorithm_none').waitFor();
  await page
    .getByRole('group', { name: 'Tokens found' })
    .getByRole('button', { name: /refresh_token/ })
    .click();
  await verdict('opaque').waitFor();
  expect(await violations(page)).toEqual([]);
  await pasteBox().fill(`${header}.${Buffer.from('{"exp":}').toString('base64url')}.AAAA`);
  await verdict('malformed').waitFor();
  expect(await violations(page)).toEqual([]);
});

/** Lets a file fall on the box, as from a folder. */
async function drop(name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([file = '', text = '']) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], file));
      return transfer;
    },
    [name, content],
  );
  await page.getByRole('group', { name: 'Paste a token' }).dispatchEvent('drop', { dataTransfer: data });
}

test('a dropped file, a chosen one and a curl command are read as if they were pasted', async () => {
  const token = `${part({ alg: 'RS256' })}.${part({ sub: marked })}.AAAA`;
  await drop('response.json', JSON.stringify({ access_token: token, token_type: 'Bearer' }));
  await verdict('no_keys').getByText('access_token').waitFor();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await verdict('no_keys').waitFor({ state: 'detached' });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles({ name: 'token.txt', mimeType: 'text/plain', buffer: Buffer.from(token) });
  await verdict('no_keys').waitFor();
  await pasteBox().fill(`curl 'https://api.example/v1' -H 'Authorization: Bearer ${token}' --compressed`);
  await verdict('no_keys').getByText('Authorization').waitFor();
  // Nothing that big is a token; the text before it stays.
  await drop('film.mp4', 'x'.repeat(2_000_001));
  await page.getByText('too long', { exact: false }).first().waitFor();
  await verdict('no_keys').waitFor();
});

test('a token cannot draw over its verdict, turn its text around or break the view', async () => {
  const evil = '\u001b[2J✔ VALID\nSigned by https://good.example\u202egpj\u2066\u0000';
  const claims = `{"iss":${JSON.stringify(evil)},"sub":"${marked}","exp":1e400,${JSON.stringify(evil)}:1,"\\u202ea":1,"\\u202ea":2,"\\u202da":1,"\\u202da":2,"__proto__":{"exp":1},"constructor":1}`;
  await pasteBox().fill(
    `${part({ alg: 'RS256', kid: evil, typ: evil })}.${Buffer.from(claims).toString('base64url')}.AAAA`,
  );
  await verdict('malformed').waitFor();
  await page.getByRole('cell', { name: marked }).waitFor();
  expect(await page.locator('.verdict').count()).toBe(1);
  expect(await page.locator('.verdict.good').count()).toBe(0);
  expect(await verdict('malformed').innerText()).not.toContain('VALID');
  expect(await page.getByRole('main').innerText()).not.toMatch(/[\u0000\u001b\u202a-\u202e\u2066-\u2069]/);
  await page.getByText('https://good.example\ufffdgpj').first().waitFor();
  // Whatever direction a text takes, it keeps it to itself.
  const isolated = await page
    .locator('td bdi, th bdi')
    .evaluateAll((all) => all.every((one) => getComputedStyle(one).unicodeBidi === 'isolate'));
  expect(isolated).toBe(true);
  expect(screen.complaints).toEqual([]);
});

test('asking the server is a step of its own, and says who was asked', async () => {
  await page.getByRole('button', { name: 'Inspect the Refresh token of sandbox-salto-ks' }).click();
  await verdict('opaque').waitFor();
  const before = screen.frames.filter(({ text }) => text.includes('tokens.introspect')).length;
  expect(before).toBe(0);
  await page.locator('summary', { hasText: 'Ask the server' }).click();
  await page.getByRole('button', { name: 'Ask the server' }).click();
  await page.getByText(/127\.0\.0\.1:\d+ honours this token\./).waitFor();
  expect(await violations(page)).toEqual([]);
});

test('a narrow window shows the same, and leaving the view forgets what was pasted', async () => {
  const pasted = `${part({ alg: 'RS256' })}.${part({ sub: marked })}.AAAA`;
  await pasteBox().fill(pasted);
  await page.getByText(marked).first().waitFor();
  expect(await misfits(page)).toEqual([]);

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('2');
  await page.getByRole('grid', { name: 'Connections' }).waitFor();
  await page.keyboard.press('5');
  await page.getByRole('heading', { name: 'The truth about a token' }).waitFor();
  expect(await pasteBox().inputValue()).toBe('');
  const kept = await page.evaluate(() =>
    JSON.stringify([location.href, Object.entries(localStorage), Object.entries(sessionStorage)]),
  );
  for (const said of [marked, pasted.split('.')[1]]) expect(kept).not.toContain(said);
});
