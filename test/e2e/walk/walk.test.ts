import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeychain, startKeychain } from '../../support/keyring.ts';
import { goTo, signInAt } from '../console/person.ts';
import { removeHomes } from '../desktop/desktop.ts';
import { type WalkedDoor, doorKinds } from './doors.ts';

// One walk, the same on every door with a screen: sandbox, sign-in, lists, sign-out.

let keychain: TestKeychain;
let browser: Browser;

beforeAll(async () => {
  [keychain, browser] = await Promise.all([startKeychain(), openChromium()]);
});

afterAll(async () => {
  await browser.close();
  await keychain.stop();
  await removeHomes();
});

// Electron's absence is one named skip, in ../desktop/electron.test.ts.
for (const kind of doorKinds.filter(({ missing }) => missing === null)) {
  describe(kind.name, () => {
    let door: WalkedDoor;

    beforeAll(async () => {
      door = await kind.open(browser, keychain.env);
    });

    afterAll(async () => {
      expect(await door.stop()).toBe(0);
    });

    test('shows the console, and the sandbox gives a connection to each platform', async () => {
      const { page } = door;
      await page.getByRole('heading', { level: 1, name: 'Who has access, and where' }).waitFor();
      await page.getByRole('contentinfo').getByText('Keychain open').waitFor();
      await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
      await page.getByText('4 connections · 0 signed in').waitFor();
    });

    test('a person signs in in a browser, and the sheet closes by itself', async () => {
      const { page } = door;
      const tab = await door.signInPage(() =>
        page.getByRole('button', { name: 'Sign in: sandbox-salto-ks' }).click(),
      );
      await signInAt(tab);
      await tab.getByRole('heading', { level: 1 }).waitFor();
      await tab.close();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).waitFor();
    });

    test('a service signs in without one', async () => {
      const { page } = door;
      await page.getByRole('button', { name: 'Sign in: sandbox-konexus' }).click();
      await page.getByRole('button', { name: 'Renew: sandbox-konexus' }).waitFor();
    });

    test('installations and users are listed, searched, and opened', async () => {
      const { page } = door;
      await goTo(page, 'Installations');
      const installations = page.getByRole('grid', { name: 'Installations' });
      await installations.getByText('Harbour House').waitFor();
      await installations.getByText('Tenant 4711').waitFor();
      await goTo(page, 'Users');
      await page.getByRole('button', { name: 'Read users' }).first().click();
      await page.getByRole('grid', { name: 'Users' }).getByRole('row').nth(5).waitFor();
      await page.getByRole('textbox', { name: 'Search users' }).fill('anders amberbridge');
      await page.getByRole('row').filter({ hasText: 'Anders Amberbridge' }).first().click();
      await page.getByRole('complementary', { name: 'Detail: Anders Amberbridge' }).waitFor();
    });

    test('signing out is seen at once', async () => {
      const { page } = door;
      await goTo(page, 'Connections');
      await page.getByRole('gridcell').filter({ hasText: 'sandbox-konexus' }).click();
      await page.getByRole('complementary').getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('4 connections · 1 signed in').waitFor();
    });
  });
}
