import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { goTo, signInAt } from '../console/person.ts';
import { type Desktop, newHome, removeHomes, startAndEnd, startDesktop } from './desktop.ts';

// What only a window of its own has: the built desktop door on the stand-in (test/support/electron-stand-in), not on Electron
// itself. The walk that every door goes is in ../walk.

let keyring: TestKeyring;
let browser: Browser;
let desktop: Desktop;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
  desktop = await startDesktop(keyring.env, await newHome());
  await desktop.evaluate(({ shell, app }) => {
    const opened: string[] = [];
    Object.assign(app, { opened });
    shell.openExternal = (url) => {
      opened.push(url);
      return Promise.resolve();
    };
  }, null);
});

afterAll(async () => {
  await browser.close();
  await desktop.stop();
  await keyring.stop();
  await removeHomes();
});

/** The addresses that the program has handed to the system's browser, as soon as there are so many. */
async function opened(count: number): Promise<string[]> {
  const all = (): Promise<string[]> =>
    desktop.evaluate(({ app }) => (app as unknown as { opened: string[] }).opened, null);
  await expect.poll(async () => (await all()).length).toBe(count);
  return all();
}

test('the window shows the console, which calls the core and is told of changes', async () => {
  const { page } = desktop;
  await page.getByRole('heading', { level: 1, name: 'Who has access, and where' }).waitFor();
  await page.getByRole('contentinfo').getByText('Keychain open').waitFor();
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByText('4 connections · 0 signed in').waitFor();
});

test('the theme that is chosen on the screen is worn by the title bar and dialogs too', async () => {
  const { page } = desktop;
  const worn = (): Promise<string> => desktop.evaluate(({ nativeTheme }) => nativeTheme.themeSource, null);
  expect(await worn()).toBe('system');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await expect.poll(worn).toBe('light');
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expect.poll(worn).toBe('dark');
});

test('a person signs in, in the browser that the system opens', async () => {
  const { page } = desktop;
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-ks' }).click();
  const [address = ''] = await opened(1);
  const tab = await browser.newPage();
  await tab.goto(address);
  // The link in the sheet opens the same address once more, and no window.
  await page
    .getByRole('dialog', { name: 'Sign in to sandbox-salto-ks' })
    .getByRole('link', { name: 'Open the sign-in page' })
    .click();
  expect(await opened(2)).toEqual([address, address]);
  await signInAt(tab);
  await tab.getByRole('heading', { level: 1 }).waitFor();
  await tab.close();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).waitFor();
  expect(page.context().pages()).toHaveLength(1);
});

test('a plan for a system user is made, looked at and put away over the desktop’s bridge', async () => {
  const { page } = desktop;
  await page.keyboard.press('6');
  const main = page.getByRole('main');
  await main.getByLabel('System user’s e-mail').fill('nobody.yet@harbour-partners.example');
  await main.getByRole('button', { name: 'Look at my sites' }).click();
  await main.getByRole('heading', { name: /^\d+ changes to make$/ }).waitFor();
  await main.getByRole('button', { name: 'Apply …' }).click();
  const dialog = page.getByRole('dialog', { name: /^Make \d+ changes at Salto KS\?$/ });
  await dialog.getByText('invite as Site').first().waitFor();
  await dialog.getByRole('button', { name: /^Make \d+ changes$/, disabled: false }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await main.getByRole('button', { name: 'Record' }).click();
  await main.getByText('Nothing was changed from this computer.').waitFor();
  await main.getByRole('button', { name: 'Close the plan' }).click();
  const steps = main.getByRole('navigation', { name: 'Steps' });
  // Its number is back instead of the mark of a step that is done.
  await steps.getByRole('button', { name: '1 Plan' }).click();
  await main.getByRole('heading', { name: 'Whom do your sites need?' }).waitFor();
  await page.keyboard.press('2');
  await page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).waitFor();
});

test('the address of a sign-in that is over opens no more', async () => {
  const { page } = desktop;
  await desktop.evaluate(({ shell }) => {
    shell.openExternal = () => {
      process.stderr.write('OPENED\n');
      return Promise.resolve();
    };
  }, null);
  await page.evaluate(() => window.open('https://vendor.example/', '_blank', 'noopener'));
  await expect.poll(() => desktop.said()).toContain('Only the address of a sign-in that is under way');
  await expect.poll(() => page.context().pages().length).toBe(1);
  expect(desktop.said()).not.toContain('OPENED');
});

test('a page that is loaded again goes on, and what it asked for before does not reach it', async () => {
  const { page } = desktop;
  await page.reload();
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).waitFor();
  expect(desktop.complaints).toEqual([]);
});

test('a second start ends at once and brings the first window forward', async () => {
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur(), null);
  expect((await startAndEnd(keyring.env, desktop.home)).code).toBe(0);
  await expect
    .poll(() => desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getFocusedWindow() !== null, null))
    .toBe(true);
});

test('closing the window ends the program, which remembers the place for the next start', async () => {
  const bounds = { x: 40, y: 60, width: 1000, height: 700 };
  await desktop.evaluate(({ BrowserWindow }, place) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.setBounds(place);
    window?.close();
  }, bounds);
  expect(await desktop.ended()).toBe(0);
  const kept = JSON.parse(await readFile(path.join(desktop.home, 'window.json'), 'utf8')) as unknown;
  expect(kept).toEqual({ window: { bounds, maximized: false } });
  desktop = await startDesktop(keyring.env, desktop.home);
  const options = await desktop.evaluate(({ BrowserWindow }) => {
    const { x, y, width, height } = BrowserWindow.getAllWindows()[0]?.options ?? {};
    return { x, y, width, height };
  }, null);
  expect(options).toEqual(bounds);
  expect(await desktop.evaluate(({ nativeTheme }) => nativeTheme.themeSource, null)).toBe('dark');
  await goTo(desktop.page, 'Connections');
  await desktop.page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).waitFor();
  // Windows logs the person off.
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('session-end'), null);
  expect(await desktop.ended()).toBe(0);
});
