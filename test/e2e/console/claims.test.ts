import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';
import { button, fillIn } from './waits-table.ts';

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

test('Back closes the sheet of a new connection with its view, and asks once where something was typed', async () => {
  await on('#/overview', async (screen) => {
    const { page } = screen;
    const address = (): Promise<string> => page.evaluate(() => location.hash);
    const sheet = page.getByRole('dialog', { name: 'Add a connection' });
    const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
    const title = (name: string) => page.getByRole('heading', { level: 1, name, includeHidden: true });
    await page.evaluate(() => (location.hash = '#/connections'));
    await title('Connections').waitFor();
    await button(page, 'Add a connection').click();
    await sheet.waitFor();
    await page.goBack();
    await title('Overview').waitFor();
    await sheet.waitFor({ state: 'detached' });
    expect(await question.count()).toBe(0);

    await page.goForward();
    await title('Connections').waitFor();
    await fillIn(page);
    await page.goBack();
    await question.getByRole('button', { name: 'Keep typing' }).click();
    expect(await address()).toBe('#/connections');
    expect(await sheet.getByLabel('Client secret', { exact: true }).inputValue()).toBe('an invented secret');
    await page.goBack();
    await question.getByRole('button', { name: 'Discard' }).click();
    await sheet.waitFor({ state: 'detached' });
    await title('Overview').waitFor();
    expect(await address()).toBe('#/overview');
  });
});

test('of an installation that nobody has it is said that it is not here, not that nothing was read', async () => {
  const leads = 'This link leads to an installation that is not here';
  await on('#/users?installation=nope%2Fnope', async ({ page }) => {
    await page.getByText(leads).waitFor();
    for (const hash of [
      '#/users?installation=nope&search=ana',
      '#/users?connection=acme-ks&installation=nope',
    ]) {
      await page.evaluate((to) => (location.hash = to), hash);
      await page.getByText(leads).waitFor();
      await expect.poll(() => page.locator('[data-facts]').allInnerTexts()).not.toContain('not read yet');
      for (const claim of ['No users read yet', 'Nothing found', 'not read yet'])
        expect(await page.getByText(claim).count(), claim).toBe(0);
    }
    await button(page, 'Remove from the link').click();
    await page.getByRole('grid').getByText('@acme.example').first().waitFor();
  });
});

test('while the encrypted file is not open nothing is claimed of sessions and lists, and opening it comes first', async () => {
  const vault = { kind: 'keychain', state: 'absent', reason: 'no_service', file: true } as const;
  const info = { version: '0.1.0', door: 'browser', sandbox: false } as const;
  const message = 'The keychain cannot be reached.';
  await on(
    '#/overview',
    async ({ page }) => {
      const banner = page
        .getByRole('alert')
        .filter({ hasText: 'The encrypted file of this profile is not open.' });
      await banner.getByText(message).waitFor();
      expect(await banner.getByRole('button').first().innerText()).toBe('Open the encrypted file');
      await page.getByText('Encrypted file not open', { exact: true }).waitFor();
      const figures = page.getByRole('region', { name: 'In numbers' });
      await expect.poll(() => figures.innerText()).toMatch(/– of 4/);
      await expect.poll(() => figures.innerText()).not.toContain('…');
      expect(await figures.innerText()).not.toMatch(/\d of 4|\b0\b|none/);
      expect(await page.getByText(/No users read yet|Nothing read yet/).count()).toBe(0);
      for (const [hash, what] of [
        ['#/users', 'Users'],
        ['#/installations', 'Installations'],
      ] as const) {
        await page.evaluate((to) => (location.hash = to), hash);
        await page.getByText(`${what} are not known while the vault is not open`).waitFor();
        await expect.poll(() => page.locator('[data-facts]').innerText()).toBe('vault not open');
        expect(await page.getByText(/is signed in at the moment/).count()).toBe(0);
      }
    },
    'locked',
    {
      'app.info': { ...info, vault: { ...vault, message } },
      'vault.info': { ...vault, message },
    },
  );
});

test('the top of the window and the overview count the same things, by the same word', async () => {
  await on(
    '#/overview',
    async ({ page }) => {
      const top = page.getByRole('banner').getByRole('link', { name: 'urgent' });
      const count = /^\d+/.exec((await top.innerText()).trim())?.[0];
      await expect
        .poll(() => page.locator('[data-facts]').innerText())
        .toMatch(new RegExp(`^\\d+ things wait for you, ${count} urgent$`));
    },
    'partial',
  );
});
