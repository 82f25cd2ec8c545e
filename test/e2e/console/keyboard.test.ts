import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { clientOf, vendorOf } from '../../support/connect.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { answered, signedIn } from './person.ts';

// The main job without a mouse: connect, find a person, see why a session needs attention, export.

let keyring: TestKeyring;
let browser: Browser;
let sandbox: RunningSandbox;
let door: Door;
let screen: Screen;

beforeAll(async () => {
  [keyring, browser, sandbox] = await Promise.all([startKeyring(), openChromium(), startSandboxProcess()]);
  door = await startDoor(keyring.env);
  screen = await openScreen(browser, door.url, { reducedMotion: 'reduce' });
});

afterAll(async () => {
  expect(screen.complaints).toEqual([]);
  await browser.close();
  expect(await door.stop()).toBe(0);
  await sandbox.stop();
  await keyring.stop();
});

/** What the thing that has the keyboard is called. */
const focused = (): Promise<string> =>
  screen.page.evaluate(() => {
    const at = document.activeElement;
    const label = at instanceof HTMLInputElement || at instanceof HTMLSelectElement ? at.labels?.[0] : at;
    return (at?.getAttribute('aria-label') ?? label?.textContent ?? '').trim();
  });

/** Tab until what is wanted has the keyboard. */
async function tabTo(wanted: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await screen.page.keyboard.press('Tab');
    if (wanted.test(await focused())) return;
  }
  throw new Error(`Tab never reached ${String(wanted)}; it stands at "${await focused()}".`);
}

async function press(wanted: RegExp): Promise<void> {
  await tabTo(wanted);
  await screen.page.keyboard.press('Enter');
}

async function type(field: RegExp, text: string): Promise<void> {
  await tabTo(field);
  await screen.page.keyboard.type(text);
}

/** What the palette offers first for these words, taken. */
async function palette(words: string, offered: RegExp): Promise<void> {
  const { page } = screen;
  await page.keyboard.press('Control+k');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
  await page.keyboard.type(words);
  // What Enter takes is what stands chosen by then.
  await page.locator('[role=option][aria-selected=true]').filter({ hasText: offered }).waitFor();
  await page.keyboard.press('Enter');
}

test('a connection is added and signed in', async () => {
  const { page } = screen;
  const vendor = vendorOf(sandbox.description, 'salto-nebula');
  const client = clientOf(vendor, 'client_credentials');
  await page.getByRole('button', { name: 'Explore with the sandbox' }).waitFor();
  await press(/^Add a connection/);
  await page.getByRole('dialog', { name: 'Add a connection' }).waitFor();
  await press(/^(Ne)?\s*Salto Nebula/);
  await page.getByText('documents for integrations').waitFor();
  await press(/^A service/);
  await page.getByRole('textbox', { name: 'Client id' }).waitFor();
  await tabTo(/^Environment/);
  await page.keyboard.type('Sandbox');
  await type(/^Issuer/, vendor.issuer ?? '');
  await type(/^API address/, vendor.apiBase);
  await type(/^Client id/, client.clientId);
  await type(/^Client secret/, client.clientSecret ?? '');
  await press(/^Save and sign in/);
  await signedIn(page, 'salto-nebula');
});

test('a person that was not read yet is read and found', async () => {
  const { page } = screen;
  await palette('tammy', /Read users/);
  const list = page.getByRole('grid', { name: 'Users' });
  await page.locator('[data-facts]', { hasText: /users · as of/ }).waitFor();
  await list.focus();
  await page.keyboard.press('End');
  const last = Number(await list.getAttribute('aria-rowcount'));
  await expect
    .poll(async () => {
      const active = await list.getAttribute('aria-activedescendant');
      return active === null ? null : page.locator(`[id="${active}"]`).getAttribute('aria-rowindex');
    })
    .toBe(String(last));
  await page.keyboard.press('Home');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary');
  await detail.waitFor();
  const name = (): Promise<string> => detail.getByRole('heading', { level: 2 }).innerText();
  const first = await name();
  // Two people may have one name: on to the next one.
  for (let second = first; second === first; second = await name()) {
    const row = page.locator('[role=row][aria-selected=true]');
    const before = Number(await row.getAttribute('aria-rowindex'));
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => row.getAttribute('aria-rowindex')).toBe(String(before + 1));
  }
  const second = await name();
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'detached' });
  expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);

  await palette(second, new RegExp(second));
  await page.getByRole('complementary', { name: `Detail: ${second}` }).waitFor();
  await expect.poll(() => page.locator('[data-facts]').innerText()).toMatch(/^\d+ of /);
});

test('what is found is exported', async () => {
  const { page } = screen;
  await page.keyboard.press('4');
  await page.keyboard.press('/');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('ad');
  // Until then rows and count are those of the search before.
  await answered(page, 'Users');
  const shown = Number(/^\d+/.exec(await page.locator('[data-facts]').innerText())?.[0]);
  await press(/^Export/);
  await page.getByRole('menuitem', { name: /^Excel workbook/ }).waitFor();
  const coming = page.waitForEvent('download');
  await expect.poll(focused).toMatch(/^Excel/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toMatch(/^CSV/);
  await page.keyboard.press('Enter');
  const records = parse(await readFile(await (await coming).path()));
  // With a head, and a line that says whence they are.
  expect(records).toHaveLength(shown + 2);
  await page.getByText(/^Your browser saves latchkey-users-.*\.csv/).waitFor();
});

test('why a session needs attention is seen, and what to do', async () => {
  const { page } = screen;
  await sandbox.control('POST', '/faults', {
    provider: 'salto-nebula',
    method: 'POST',
    path: new URL(vendorOf(sandbox.description, 'salto-nebula').tokenEndpoint).pathname,
    status: 401,
    body: { error: 'invalid_client' },
    times: 5,
  });
  await palette('renew salto', /Renew salto-nebula/);
  const why = /refused the client/;
  await page.getByRole('status').getByText(why).first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // The status bar has the session, and leads to what became of it.
  await press(/^renewal fails\s*salto-nebula/);
  const detail = page.getByRole('complementary', { name: 'Detail: salto-nebula' });
  await detail.getByText(why).first().waitFor();
  await sandbox.control('DELETE', '/faults');
  await press(/^(Sign in|Renew)$/);
  await detail.getByText(why).waitFor({ state: 'detached' });
  await detail.getByText('signed in', { exact: true }).waitFor();
});
