import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { goTo } from './person.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let keyring: TestKeyring;
let browser: Browser;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
});

afterAll(async () => {
  await browser.close();
  await keyring.stop();
});

/** What axe finds wrong with the page as it stands, one line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate(async () =>
    (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`),
  );
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  let door: Door;
  let screen: Screen;

  beforeAll(async () => {
    door = await startDoor(keyring.env);
    screen = await openScreen(browser, door.url, { colorScheme });
  });

  afterAll(async () => {
    expect(screen.complaints).toEqual([]);
    await screen.context.close();
    expect(await door.stop()).toBe(0);
  });

  test('the first view and each step of adding a connection are accessible', async () => {
    const { page } = screen;
    await page.getByRole('button', { name: 'Explore with the sandbox' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a connection' });
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: /^Smartenit/ }).click();
    await dialog.getByText('Other grants').click();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('switch').check();
    await dialog.getByRole('button', { name: 'Use the implicit grant' }).click();
    await dialog.getByText(/^Advanced/).click();
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.locator('[aria-invalid=true]').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('connections, the sign-in sheet, installations, users, details and the overview are accessible', async () => {
    const { page } = screen;
    await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
    await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
    await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in: sandbox-salto-ks' }).click();
    await page.getByRole('link', { name: 'Open the sign-in page' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel the sign-in' }).click();
    await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-nebula' }).click();
    await page.getByRole('complementary').waitFor();
    expect(await violations(page)).toEqual([]);
    await goTo(page, 'Installations');
    await page.getByRole('grid').getByText('Quayside Lofts').click();
    await page.getByRole('complementary').getByText('The provider’s record').click();
    await page.getByRole('region', { name: 'The provider’s record' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await goTo(page, 'Users');
    expect(await violations(page)).toEqual([]);
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
    await page.getByRole('row').nth(2).click();
    await page.getByRole('complementary').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Search people/ }).fill('a');
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await goTo(page, 'Overview');
    await page.getByRole('heading', { name: 'Users by status' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('exports, the comparison, settings and a locked console are accessible', async () => {
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
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('8');
    await page.getByRole('button', { name: 'Lock now' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Lock now' }).click();
    await page.getByRole('heading', { name: 'This console is locked' }).waitFor();
    // Nothing of anybody stays on the screen.
    expect(await page.locator('body').innerText()).not.toContain('sandbox-salto');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('button', { name: 'Lock now' }).waitFor();
  });
});

test('the whole way can be gone by keyboard alone', async () => {
  const door = await startDoor(keyring.env);
  const { page, context, complaints } = await openScreen(browser, door.url, { reducedMotion: 'reduce' });
  const focused = () => page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
  const label = () =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );
  /** Tab until what is wanted has the keyboard. */
  const tabTo = async (wanted: RegExp): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      if (wanted.test(await label())) return;
    }
    throw new Error(`Tab never reached ${String(wanted)}; it stands at "${await focused()}".`);
  };

  await page.getByRole('button', { name: 'Explore with the sandbox' }).waitFor();
  await tabTo(/^Explore with the sandbox/);
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Connections' }).waitFor();
  await tabTo(/^Sign in: sandbox-salto-nebula/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();

  await page.keyboard.press('3');
  await page.getByRole('grid', { name: 'Installations' }).getByText('Quayside Lofts').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('quay');
  await expect.poll(() => page.locator('[data-facts]').innerText()).toMatch(/^1 of /);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const installation = page.getByRole('complementary', { name: 'Detail: Quayside Lofts' });
  await installation.waitFor();
  await tabTo(/Show users/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No users read yet' }).waitFor();
  await tabTo(/Read users/);
  await page.keyboard.press('Enter');
  const list = page.getByRole('grid', { name: 'Users' });
  await page.locator('[data-facts]', { hasText: /users · as of/ }).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
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
  const first = page.getByRole('complementary');
  await first.waitFor();
  const name = await first.getByRole('heading', { level: 2 }).innerText();
  await page.keyboard.press('ArrowDown');
  await expect
    .poll(() => page.getByRole('complementary').getByRole('heading', { level: 2 }).innerText())
    .not.toBe(name);
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);

  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
  await page.keyboard.type('overview');
  // What Enter takes is what stands chosen by then.
  await page.locator('[role=option][aria-selected=true]').filter({ hasText: 'Overview' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
  expect(await door.stop()).toBe(0);
});
