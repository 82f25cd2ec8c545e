import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright';
import { openChromium } from '../../support/browser.ts';
import { type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { type Client, type Vendor, accountOf, clientOf, vendorOf } from '../../support/connect.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { goTo } from './person.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;
let door: Door;
let screen: Screen;

beforeAll(async () => {
  [keyring, sandbox, browser] = await Promise.all([startKeyring(), startSandboxProcess(), openChromium()]);
  door = await startDoor(keyring.env);
  screen = await openScreen(browser, door.url);
});

afterAll(async () => {
  await browser.close();
  expect(await door.stop()).toBe(0);
  await sandbox.stop();
  await keyring.stop();
});

/** The three steps up to the details of a service or a system user. */
async function openDetails(page: Page, provider: string, grant: RegExp): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a connection' });
  await dialog.getByRole('button', { name: new RegExp(`^${provider}`) }).click();
  await dialog.getByRole('button', { name: grant }).click();
}

async function fillAddresses(page: Page, vendor: Vendor, client: Client): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption('sandbox');
  await dialog.getByRole('textbox', { name: 'Issuer' }).fill(vendor.issuer ?? '');
  await dialog.getByRole('textbox', { name: 'API address' }).fill(vendor.apiBase);
  await dialog.getByRole('textbox', { name: 'Client id' }).fill(client.clientId);
}

test('what is missing is said at its field, and the first such field has the keyboard', async () => {
  const { page } = screen;
  await openDetails(page, 'Salto Nebula', /^A service/);
  await page.getByRole('dialog').getByRole('button', { name: 'Save and sign in' }).click();
  const id = page.getByRole('dialog').getByRole('textbox', { name: 'Client id' });
  await expect.poll(() => id.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => id.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await page.locator(`#${(await id.getAttribute('aria-describedby')) ?? ''}`).innerText()).toContain(
    'missing',
  );
});

test('a wrong secret is said at its field by the test, and the right one passes', async () => {
  const { page } = screen;
  const vendor = vendorOf(sandbox.description, 'salto-nebula');
  const client = clientOf(vendor, 'client_credentials');
  const dialog = page.getByRole('dialog');
  await fillAddresses(page, vendor, client);
  const secret = dialog.getByRole('textbox', { name: 'Client secret' });
  await secret.fill('not the secret');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect.poll(() => secret.getAttribute('aria-invalid')).toBe('true');
  await dialog
    .getByText(/refused the client/)
    .first()
    .waitFor();

  await secret.fill(client.clientSecret ?? '');
  expect(await secret.getAttribute('aria-invalid')).toBe('false');
  await dialog.getByRole('button', { name: 'Test' }).click();
  const found = dialog.getByRole('status', { name: 'What the test found' });
  await found.waitFor();
  await expect.poll(() => found.locator('.bad').count()).toBe(0);

  await dialog.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByRole('button', { name: 'Renew: salto-nebula' }).waitFor();
  expect(await page.content()).not.toContain(client.clientSecret);
});

test('a new secret that is refused is said at its field, and the one that works is kept', async () => {
  const { page } = screen;
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const secret = dialog.getByRole('textbox', { name: 'Client secret' });
  await secret.fill('mistyped');
  await dialog.getByRole('button', { name: 'Save and sign in' }).click();
  await expect.poll(() => secret.getAttribute('aria-invalid')).toBe('true');
  await dialog.getByText(/salto-nebula is as it was/).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Renew: salto-nebula' }).click();
  await page.getByText('salto-nebula was renewed').waitFor();
});

test('a name that is taken is said at the name', async () => {
  const { page } = screen;
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const client = clientOf(vendor, 'password');
  const account = accountOf(vendor, 'password');
  await openDetails(page, 'Salto KS', /^A system user/);
  const dialog = page.getByRole('dialog');
  await fillAddresses(page, vendor, client);
  await dialog.getByRole('textbox', { name: 'Client secret' }).fill(client.clientSecret ?? '');
  await dialog.getByRole('textbox', { name: 'System user’s name' }).fill(account.username);
  await dialog.getByRole('textbox', { name: 'System user’s password' }).fill(account.password);
  const name = dialog.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('SALTO-NEBULA');
  await dialog.getByRole('button', { name: 'Save and sign in' }).click();
  await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
  await name.fill('harbour');
  await dialog.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByRole('button', { name: 'Renew: harbour' }).waitFor();
});

test('a provider that fails midway is said beside the installation it hit, and what came stays', async () => {
  const { page } = screen;
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const hit = vendor.installations.find(({ name }) => name === 'Harbour House');
  await goTo(page, 'Installations');
  await page.getByRole('grid').getByText('Harbour House').waitFor();
  await sandbox.control('POST', '/faults', {
    provider: 'salto-ks',
    path: `/v1.1/sites/${hit?.id ?? ''}/users`,
    status: 503,
    times: 50,
  });
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Read users' }).first().click();
  const note = page.getByRole('alert').filter({ hasText: 'Harbour House (harbour)' });
  await note.waitFor({ timeout: 120_000 });
  await page.getByText(/1 list incomplete/).waitFor();
  // The others came.
  await page.getByRole('grid', { name: 'Users' }).getByText('Mill Lane Workshops').first().waitFor();
  await goTo(page, 'Installations');
  const row = page.getByRole('row').filter({ hasText: 'Harbour House' });
  expect(await row.innerText()).toMatch(/could not be read|stopped after/);
  await goTo(page, 'Overview');
  await page.getByText('The users of Harbour House (harbour) could not be read whole.').waitFor();

  await sandbox.control('DELETE', '/faults');
  await goTo(page, 'Users');
  await note.getByRole('button', { name: 'Try again' }).click();
  await note.waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Search users' }).fill('ada');
  await page.getByRole('grid', { name: 'Users' }).getByText('Harbour House').first().waitFor();
});

test('a connection is changed without its secret being typed again', async () => {
  const { page } = screen;
  await goTo(page, 'Connections');
  await page.getByRole('gridcell').filter({ hasText: 'harbour' }).first().click();
  await page.getByRole('complementary').getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change harbour' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('harbour renamed');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const detail = page.getByRole('complementary', { name: 'Detail: harbour renamed' });
  await detail
    .getByRole('button', { name: 'Renew' })
    .or(detail.getByRole('button', { name: 'Sign in' }))
    .first()
    .click();
  await page.getByRole('button', { name: 'Renew: harbour renamed' }).waitFor();
});

test('the whole way ran without a complaint of the browser', () => {
  expect(screen.complaints).toEqual([]);
});
