import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startBus, startKeyring } from '../../support/keyring.ts';
import { type Door, openScreen, startDoor } from './door.ts';
import { goTo } from './person.ts';

let keyring: TestKeyring;
let browser: Browser;
const doors: Door[] = [];

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
});

afterEach(async () => {
  for (const door of doors.splice(0)) expect(await door.stop()).toBe(0);
  await keyring.unlock();
});

afterAll(async () => {
  await browser.close();
  await keyring.stop();
});

async function open(env: Readonly<Record<string, string>> = keyring.env) {
  const door = await startDoor(env);
  doors.push(door);
  return openScreen(browser, door.url);
}

test('a locked keychain is named, with three ways out; unlocked, the console goes on', async () => {
  await keyring.lock();
  const { page, complaints } = await open();
  const banner = page.getByRole('alert').filter({ hasText: /locked/i });
  await banner.waitFor();
  for (const way of ['Unlock and try again', 'Encrypted file with a passphrase', 'Memory only, for this run'])
    await banner.getByRole('button', { name: way }).waitFor();
  await page.getByRole('contentinfo').getByText('Vault locked').waitFor();
  await keyring.unlock();
  await banner.getByRole('button', { name: 'Unlock and try again' }).click();
  await banner.waitFor({ state: 'detached' });
  await page.getByRole('contentinfo').getByText('Keychain open').waitFor();
  expect(complaints).toEqual([]);
});

test('a computer without a keychain offers memory, after a question that says what it costs', async () => {
  const bus = await startBus();
  try {
    const { page } = await open(bus.env);
    const banner = page.getByRole('alert').filter({ hasText: /nobody can be signed in/ });
    const explore = page.getByRole('button', { name: 'Explore with the sandbox' });
    await banner.waitFor();
    // The sandbox needs a vault as well: that is said beside its button, which is there for another try.
    await explore.click();
    const refused = page
      .getByRole('main')
      .getByRole('alert')
      .filter({ hasText: /Start one/ });
    await refused.getByText(/There is no keychain here/).waitFor();
    await page.getByRole('contentinfo').getByText('No connections yet').waitFor();
    await banner.getByRole('button', { name: 'Memory only, for this run' }).click();
    const question = page.getByRole('dialog', { name: 'Keep tokens in memory only?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await banner.count()).toBe(1);
    await banner.getByRole('button', { name: 'Memory only, for this run' }).click();
    await question.getByRole('button', { name: 'Use memory only' }).click();
    await banner.waitFor({ state: 'detached' });
    await page
      .getByRole('contentinfo')
      .getByText(/Memory only/)
      .waitFor();
    await explore.click();
    await page.getByText('4 connections · 0 signed in').waitFor();
    for (const door of doors.splice(0)) await door.stop();
  } finally {
    await bus.stop();
  }
});

test('a passphrase file opens with its passphrase, and a short one is refused at the field', async () => {
  await keyring.lock();
  const { page } = await open();
  await page.getByRole('button', { name: 'Encrypted file with a passphrase' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep tokens in an encrypted file' });
  const field = dialog.getByLabel('Passphrase', { exact: true });
  await field.fill('short');
  await dialog.getByRole('button', { name: 'Use the file' }).click();
  await dialog.getByText(/at least 8 characters/).waitFor();
  await field.fill('seven invented words make one good passphrase');
  await dialog.getByRole('button', { name: 'Use the file' }).click();
  await dialog.waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByRole('contentinfo').getByText('Encrypted file open').waitFor();
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
  await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();

  // Cleared with the keychain still locked: what stays is told apart from what went, and the file asks anew.
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: /^Clear all data/ }).click();
  const clear = page.getByRole('dialog', { name: 'Clear everything?' });
  await clear.getByRole('textbox').fill('clear');
  await clear.getByRole('button', { name: 'Clear everything' }).click();
  await clear.getByText('Everything else was cleared. This is still there:').waitFor();
  await clear.getByText('secrets in the keychain: The keychain is locked.').waitFor();
  await clear.getByRole('button', { name: 'Close', exact: true }).last().click();
  await clear.waitFor({ state: 'detached' });
  await page.getByRole('contentinfo').getByText('Vault locked').waitFor();
  await page.getByRole('alert').getByRole('button', { name: 'Enter the passphrase' }).waitFor();
});

test('a console whose program ended says so', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Explore with the sandbox' }).waitFor();
  const [door] = doors.splice(0);
  await door?.stop();
  await page
    .getByRole('alert')
    .filter({ hasText: /Latchkey has ended|lost its connection/ })
    .waitFor();
});
