import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Door, startDoor } from './door.ts';

let keyring: TestKeyring;
let browser: Browser;
let door: Door;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
  door = await startDoor(keyring.env);
});

afterAll(async () => {
  await browser.close();
  expect(await door.stop()).toBe(0);
  await keyring.stop();
});

test('a revealed token hides itself after 30 seconds, and a copied one leaves the clipboard after 60', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.clock.install();
  // What the page writes to the clipboard; it may not read it, by policy.
  await page.addInitScript(() => {
    const written: string[] = [];
    Object.assign(globalThis, { written });
    navigator.clipboard.writeText = (text) => {
      written.push(text);
      return Promise.resolve();
    };
  });
  const written = () => page.evaluate(() => (globalThis as unknown as { written: string[] }).written);

  await page.goto(door.url);
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
  await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-nebula' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-salto-nebula' });
  await detail.waitFor();

  // A service gets an access token alone, and no other is offered.
  expect(await detail.getByRole('button', { name: 'Reveal' }).count()).toBe(1);
  await detail.getByRole('button', { name: 'Reveal' }).click();
  const token = await detail.locator('code.token').innerText();
  await page.clock.fastForward(25_000);
  expect(await detail.locator('code.token').count()).toBe(1);
  await page.clock.fastForward(6000);
  await detail.locator('code.token').waitFor({ state: 'detached' });

  await detail.getByRole('button', { name: 'Copy', exact: true }).first().click();
  await expect.poll(written).toEqual([token]);
  await page.clock.fastForward(55_000);
  expect(await written()).toEqual([token]);
  await page.clock.fastForward(6000);
  await expect.poll(written).toEqual([token, '']);
  await context.close();
});
