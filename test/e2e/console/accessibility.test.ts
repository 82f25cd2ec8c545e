import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { violations } from './axe.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { misfits } from './fit.ts';
import { answered, goTo, rowsOf, signedIn } from './person.ts';

let keyring: TestKeyring;
let browser: Browser;
let door: Door;
let screen: Screen;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
  door = await startDoor(keyring.env);
  screen = await openScreen(browser, door.url, { colorScheme: 'light', reducedMotion: 'reduce' });
});

afterAll(async () => {
  expect(screen.complaints).toEqual([]);
  await browser.close();
  expect(await door.stop()).toBe(0);
  await keyring.stop();
});

/** The screen as it stands: accessible in both themes, and whole in every size of window. */
async function sound(): Promise<void> {
  expect.soft(await violations(screen.page)).toEqual([]);
  expect.soft(await misfits(screen.page)).toEqual([]);
}

test('every view is accessible and fits before there is anything in it', async () => {
  const { page } = screen;
  for (let view = 8; view >= 1; view -= 1) {
    await page.keyboard.press(String(view));
    await page.locator(`nav li:nth-child(${view}) a[aria-current=page]`).waitFor();
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
    await sound();
  }
});

test('each step of adding a connection is accessible and fits', async () => {
  const { page } = screen;
  await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a connection' });
  await dialog.waitFor();
  await sound();
  await dialog.getByRole('button', { name: /^Smartenit/ }).click();
  await dialog.getByText('Other grants').click();
  await sound();
  await dialog.getByRole('switch').check();
  await dialog.getByRole('button', { name: 'Use the implicit grant' }).click();
  await dialog.getByText(/^Advanced/).click();
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.locator('[aria-invalid=true]').first().waitFor();
  await sound();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('connections, the sign-in sheet, installations, users, details and the overview are accessible and fit', async () => {
  const { page } = screen;
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
  await signedIn(page, 'sandbox-salto-nebula');
  await sound();
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-ks' }).click();
  await page.getByRole('link', { name: 'Open the sign-in page' }).waitFor();
  await sound();
  await page.getByRole('button', { name: 'Cancel the sign-in' }).click();
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-nebula' }).click();
  await page.getByRole('complementary').waitFor();
  await sound();
  await goTo(page, 'Installations');
  await page.getByRole('grid').getByText('Quayside Lofts').click();
  await page.getByRole('complementary').getByText('The provider’s record').click();
  await page.getByRole('region', { name: 'The provider’s record' }).waitFor();
  await sound();
  await goTo(page, 'Users');
  await sound();
  await page.getByRole('button', { name: 'Read users' }).first().click();
  await page.locator('[data-facts]', { hasText: /users · as of/ }).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Connection' }).click();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'Connection' }).waitFor();
  await page.getByRole('button', { name: 'Filter: Status' }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('option', { name: 'active' }).click();
  await page.getByRole('button', { name: 'Remove the filter Status' }).waitFor();
  await answered(page, 'Users');
  await rowsOf(page, 'Users').nth(2).click();
  await page.getByRole('complementary').waitFor();
  await sound();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search people/ }).fill('a');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await sound();
  await page.keyboard.press('Escape');
  await goTo(page, 'Overview');
  await page.getByRole('heading', { name: 'Users by status' }).waitFor();
  await sound();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await sound();
  await page.keyboard.press('Escape');
});

test('what was pressed keeps the keyboard in the list', async () => {
  const { page } = screen;
  await goTo(page, 'Users');
  await rowsOf(page, 'Users').nth(3).click();
  const name = (): Promise<string> =>
    page.getByRole('complementary').getByRole('heading', { level: 2 }).innerText();
  const pressed = await name();
  await page.keyboard.press('ArrowDown');
  await expect.poll(name).not.toBe(pressed);
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
});

test('exports, the comparison, activity, settings and a locked console are accessible and fit', async () => {
  const { page } = screen;
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /^CSV UTF-8/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Choose what to compare' }).waitFor();
  await page.getByRole('radio', { name: 'Twice in one' }).check();
  await page.getByRole('button', { name: 'Add an installation' }).click();
  await page.getByRole('option').first().click();
  await page.locator('[data-facts]', { hasText: /people|person/ }).waitFor();
  await sound();
  await page.keyboard.press('7');
  await rowsOf(page, 'Activity').nth(1).waitFor();
  await sound();
  await rowsOf(page, 'Activity').nth(1).click();
  await page.getByRole('complementary').waitFor();
  await sound();
  await page.keyboard.press('/');
  await page.keyboard.type('nothing like this');
  await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
  await sound();
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Lock now' }).waitFor();
  await sound();
  await page.getByRole('button', { name: 'Lock now' }).click();
  await page.getByRole('heading', { name: 'This console is locked' }).waitFor();
  // Nothing of anybody stays on the screen.
  expect(await page.locator('body').innerText()).not.toContain('sandbox-salto');
  await sound();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('button', { name: 'Lock now' }).waitFor();
});
