import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { startKeyring } from '../../support/keyring.ts';
import { openScreen, startDoor } from './door.ts';

test('a sandbox that ended with an earlier console is started again from where it is missed', async () => {
  const [keyring, browser, home] = await Promise.all([
    startKeyring(),
    openChromium(),
    mkdtemp(path.join(tmpdir(), 'latchkey-again-')),
  ]);
  let door = await startDoor(keyring.env, [], home);
  try {
    const before = await openScreen(browser, door.url);
    await before.page.getByRole('button', { name: 'Explore with the sandbox' }).click();
    await before.page.getByText('4 connections · 0 signed in').waitFor();
    await before.page.getByRole('button', { name: 'Sign in: sandbox-konexus' }).click();
    await before.page.getByRole('button', { name: 'Renew: sandbox-konexus' }).waitFor();
    await before.context.close();
    expect(await door.stop()).toBe(0);

    door = await startDoor(keyring.env, [], home);
    const { page } = await openScreen(browser, door.url);
    await page.evaluate(() => (location.hash = '#/connections'));
    await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
    const sheet = page.getByRole('dialog', { name: 'Sign in to sandbox-salto-nebula' });
    await sheet.getByText('The sandbox ended with the Latchkey that ran it.').waitFor();
    await sheet.getByRole('button', { name: 'Start the sandbox again' }).click();
    await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();
    await sheet.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Start the sandbox again' }).count()).toBe(0);
  } finally {
    await browser.close();
    await door.stop();
    await keyring.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
});
