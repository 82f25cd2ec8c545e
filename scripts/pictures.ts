/**
 * `npm run pictures`: the README's pictures, taken from the real console in Debian's Chromium, against the sandbox and
 * with a keychain of their own. Look at them afterwards; what a designer would wince at is fixed in the renderer.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { openScreen, startDoor } from '../test/e2e/console/door.ts';
import { goTo, openSignInTab, signInAt } from '../test/e2e/console/person.ts';
import { openChromium } from '../test/support/browser.ts';
import { startKeyring } from '../test/support/keyring.ts';
import { tokenPictures } from './token-pictures.ts';

const folder = path.resolve(import.meta.dirname, '../docs/pictures');
await mkdir(folder, { recursive: true });
const keyring = await startKeyring();
const door = await startDoor(keyring.env);
const browser = await openChromium();
try {
  const { page } = await openScreen(browser, door.url, { colorScheme: 'light' });
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByText('4 connections · 0 signed in').waitFor();
  for (const name of ['sandbox-salto-ks', 'sandbox-smartenit']) {
    const tab = await openSignInTab(page, name);
    await signInAt(tab);
    await tab.getByRole('heading', { level: 1 }).waitFor();
    await tab.close();
    await page.getByRole('button', { name: `Renew: ${name}` }).waitFor();
  }
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
  await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();
  await page.getByText('sandbox-salto-nebula is signed in').waitFor();
  for (const dismiss of await page.getByRole('button', { name: 'Dismiss' }).all()) await dismiss.click();
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Read users' }).first().click();
  await page.locator('[data-facts]').getByText('as of').waitFor();
  await page.getByRole('textbox', { name: 'Search users' }).fill('and');
  await page.getByText('Anders Amberbridge').first().click();
  await page.getByRole('complementary').waitFor();
  await both(page, 'users');
  await page.keyboard.press('Escape');
  await goTo(page, 'Overview');
  await page.getByText('Users by status').waitFor();
  await both(page, 'overview');
  await tokenPictures(page, (name) => both(page, name));
} finally {
  await browser.close();
  await door.stop();
  await keyring.stop();
}

async function both(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`) });
  }
}
