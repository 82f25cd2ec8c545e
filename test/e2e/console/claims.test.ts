import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';

/** What the screen claims is so: names instead of ids, no number that could be taken for another, nothing that is not known. */

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

async function on(
  hash: string,
  work: (screen: HeldScreen) => Promise<void>,
  ...[scene = 'full', answers = {}]: [
    scene?: Parameters<typeof openHeld>[1],
    answers?: Parameters<typeof openHeld>[2],
  ]
): Promise<void> {
  const screen = await openHeld(browser, scene, answers);
  try {
    await screen.page.evaluate((to) => (location.hash = to), hash);
    await screen.page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
    await work(screen);
  } finally {
    await screen.page.context().close();
  }
}

test('what users are narrowed to is said by its name, also where nobody is found under it', async () => {
  await on('#/users?vendor=salto-nebula', async ({ page }) => {
    const chip = page.getByRole('button', { name: 'Filter: Vendor' });
    await expect.poll(() => chip.innerText()).toMatch(/is\s+Salto Nebula$/);
    await page.evaluate(() => (location.hash = '#/users?vendor=konexus&expiring=7'));
    await expect.poll(() => chip.innerText()).toMatch(/is\s+Konexus$/);
    const ends = page.getByRole('button', { name: 'Filter: Access ends' });
    await expect.poll(() => ends.innerText()).toMatch(/is\s+within 7 days$/);
  });
});

test('the provider’s count of seats is not called users beside those that were read', async () => {
  await on('#/installations', async ({ page }) => {
    const heads = page.getByRole('grid', { name: 'Installations' }).getByRole('columnheader');
    await heads.getByText('Users read').waitFor();
    expect(await heads.allInnerTexts()).not.toContain('Users');
    await heads
      .getByRole('button', { name: 'Seats' })
      .and(page.getByTitle(/as the provider counts them/))
      .waitFor();
  });
});

test('the key of a view stands beside one that is pointed at, and not beside the one that is shown', async () => {
  await on('#/users', async ({ page }) => {
    const key = (view: string) =>
      page
        .locator(`nav a[href="#/${view}"]`)
        .locator('kbd')
        .evaluate((it) => getComputedStyle(it).opacity);
    await page.locator('nav a[href="#/tokens"]').hover();
    await expect.poll(() => key('tokens')).toBe('1');
    await page.locator('nav a[href="#/users"]').hover();
    await expect.poll(() => key('tokens')).toBe('0');
    expect(await key('users')).toBe('0');
  });
});
