import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright';
import { removeFileVault } from '../../../main/vault/file.ts';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startBus, startKeyring } from '../../support/keyring.ts';
import { type Door, openScreen, startDoor } from './door.ts';
import { goTo } from './person.ts';

let keyring: TestKeyring;
let browser: Browser;
const doors: Door[] = [];
/** A profile that outlives its first door. */
let home = '';
const words = 'seven invented words make one good passphrase';

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
});

afterEach(async () => {
  for (const door of doors.splice(0)) expect(await door.stop()).toBe(0);
  await keyring.unlock();
});

afterAll(async () => {
  if (home !== '') await rm(home, { recursive: true, force: true, maxRetries: 3 });
  await browser.close();
  await keyring.stop();
});

async function open(env: Readonly<Record<string, string>> = keyring.env, kept?: string) {
  const door = await startDoor(env, [], kept);
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

test('a passphrase file is made by a passphrase typed twice, is offered first from then on, and opens with it', async () => {
  await keyring.lock();
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-file-'));
  const first = await open(keyring.env, home);
  let { page } = first;
  await page.getByRole('button', { name: 'Encrypted file with a passphrase' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep tokens in an encrypted file' });
  const field = dialog.getByLabel('Passphrase', { exact: true });
  await field.fill('short');
  await dialog.getByRole('button', { name: 'Use the file' }).click();
  await dialog.getByText(/at least 8 characters/).waitFor();
  await field.fill(words);
  const again = dialog.getByLabel('The passphrase once more');
  await again.fill('seven invented words make one good passphrsae');
  await dialog.getByRole('button', { name: 'Use the file' }).click();
  await dialog.getByText(/not the same as above/).waitFor();
  expect(await readdir(home)).not.toContain('vault-key.age');
  await again.fill(words);
  await dialog.getByRole('button', { name: 'Use the file' }).click();
  await dialog.waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByRole('contentinfo').getByText('Encrypted file open').waitFor();
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByRole('button', { name: 'Sign in: sandbox-salto-nebula' }).click();
  await page.getByRole('button', { name: 'Renew: sandbox-salto-nebula' }).waitFor();

  // Started again, the file is the first way; it is opened, so its passphrase is asked for once.
  for (const door of doors.splice(0)) expect(await door.stop()).toBe(0);
  await first.context.close();
  ({ page } = await open(keyring.env, home));
  const ways = page
    .getByRole('alert')
    .filter({ hasText: /locked/i })
    .getByRole('button');
  await ways.first().waitFor();
  expect(await ways.allInnerTexts()).toEqual([
    'Open the encrypted file',
    'Unlock and try again',
    'Memory only, for this run',
  ]);
  await ways.first().click();
  const there = page.getByRole('dialog', { name: 'Open the encrypted file' });
  expect(await there.locator('input:not([type=checkbox])').count()).toBe(1);
  await there.getByLabel('Passphrase', { exact: true }).fill('another');
  await there.getByRole('button', { name: 'Open the file' }).click();
  await there
    .getByText(/passphrase/i)
    .and(there.locator('.error *'))
    .first()
    .waitFor();
  await there.getByLabel('Passphrase', { exact: true }).fill(words);
  await there.getByRole('button', { name: 'Open the file' }).click();
  await there.waitFor({ state: 'detached', timeout: 60_000 });
  await goTo(page, 'Connections');
  await page.getByText('4 connections · 1 signed in').waitFor();

  // While it is locked the file is cleared elsewhere: whatever is typed then does not make a new one unseen.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Lock this console');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'This console is locked' }).waitFor();
  await removeFileVault(home);
  await page.getByLabel('Passphrase', { exact: true }).fill(words);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('alert').filter({ hasText: 'no encrypted file any more' }).waitFor();
  expect(await readdir(home)).not.toContain('vault-key.age');
  await page.getByLabel('Passphrase', { exact: true }).fill(`new ${words}`);
  await page.getByLabel('The passphrase once more').fill(`new ${words}`);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('contentinfo').getByText('Encrypted file open').waitFor({ timeout: 60_000 });
  expect(await readdir(home)).toContain('vault-key.age');

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
