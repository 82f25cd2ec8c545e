import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { violations } from './axe.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { misfits } from './fit.ts';
import { openSignInTab, signedIn } from './person.ts';

let door: Door;
let browser: Browser;
let screen: Screen;
/** `LATCHKEY_PICTURES=1` takes those of docs/system-user.md on the way. */
const pictures = process.env.LATCHKEY_PICTURES
  ? path.resolve(import.meta.dirname, '../../../docs/pictures')
  : null;

beforeAll(async () => {
  door = await startDoor({ PATH: process.env.PATH ?? '' }, ['--vault', 'memory']);
  browser = await openChromium();
  screen = await openScreen(browser, door.url, { colorScheme: 'light' });
});
afterAll(async () => {
  await browser.close();
  await door.stop();
});

test('one screen after another: plan, apply, accept, connect, verify', async () => {
  const { page } = screen;
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByText('4 connections · 0 signed in').waitFor();
  await page.keyboard.press('6');
  await page.getByText('Sign in to Salto KS as somebody who manages the sites').waitFor();
  await sound();
  await page.getByRole('main').getByRole('link', { name: 'Go to connections' }).click();
  await signInAsManager(page);

  await page.keyboard.press('6');
  const main = page.getByRole('main');
  await main.getByLabel('Sites', { exact: true }).selectOption('matching');
  await main.getByLabel('Part of the name').fill('Depot');
  await main.getByRole('button', { name: 'Look at my sites' }).click();
  await main.getByText('The invitations go to this address; it is missing.').waitFor();
  await sound();
  await main.getByLabel('System user’s e-mail').fill('new.system@fleet-integration.example');
  await main.getByLabel('First name').fill('New');
  await main.getByLabel('Last name').fill('System');
  await main.getByRole('button', { name: 'Look at my sites' }).click();
  await main.getByRole('heading', { name: '91 changes to make' }).waitFor();
  await main.getByRole('gridcell', { name: 'Fleet Depot 006' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: Fleet Depot 006' });
  await detail.getByText('Applying the plan sends the invitation.').waitFor();
  await picture(page, 'plan', 'light');
  await sound();
  await page.keyboard.press('Escape');

  await main.getByRole('button', { name: 'Apply …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make 91 changes at Salto KS?' });
  await dialog.getByText('Fleet Depot 006').waitFor();
  await picture(page, 'confirm', 'dark');
  await sound();
  await dialog.getByRole('button', { name: 'Make 91 changes' }).click();
  await main.getByRole('heading', { name: 'Every change is made' }).waitFor();

  const steps = page.getByRole('navigation', { name: 'Steps' });
  await steps.getByRole('button', { name: 'Accept' }).click();
  await main.getByText('Open that mailbox and follow the link').waitFor();
  await sound();
  await main.getByRole('button', { name: 'Watch until it is accepted' }).click();
  await main.getByRole('button', { name: 'Follow the link (sandbox)' }).click();
  await main.getByRole('heading', { name: 'No invitation is open' }).waitFor();
  await steps.getByRole('button', { name: 'Connect' }).click();

  await main.getByLabel('Client id').fill('harbour-service');
  await main.getByRole('textbox', { name: 'Client secret' }).fill('demo-lantern-23');
  await main.getByRole('textbox', { name: 'System user’s password' }).fill('not the password');
  await main.getByText('RFC 9700').waitFor();
  await picture(page, 'connect', 'light');
  await sound();
  await main.getByRole('button', { name: 'Connect and sign in' }).click();
  await main.getByRole('alert').getByText('refused').first().waitFor();
  await main.getByRole('textbox', { name: 'System user’s password' }).fill('demo-flotilla-55');
  await main.getByRole('button', { name: 'Connect and sign in' }).click();

  await main.getByRole('heading', { name: 'Does it reach what was planned?' }).waitFor();
  await main.getByRole('button', { name: 'Verify', exact: true }).last().click();
  await main.getByRole('heading', { name: 'Everything planned is in place' }).waitFor();
  await main.getByText('9 sites are still open').waitFor();
  await picture(page, 'verify', 'dark');
  await sound();
  await steps.getByRole('button', { name: 'Record' }).click();
  await main.getByText('Ids only').waitFor();
  await sound();
  expect(screen.complaints).toEqual([]);
});

test('what cannot be done says why and what to do, and the next step is offered all the same', async () => {
  const { page } = screen;
  const main = page.getByRole('main');
  const steps = page.getByRole('navigation', { name: 'Steps' });
  await steps.getByRole('button', { name: 'Plan' }).click();
  await main.getByLabel('Sites', { exact: true }).selectOption('listed');
  const sites = ['009', '014', '029', '034', '044'].map((number) => `Fleet Car Park ${number}`);
  await main.getByLabel('Names or ids, one a line').fill(sites.join('\n'));
  const email = main.getByLabel('System user’s e-mail');
  await email.fill('system.user at fleet');
  await main.getByRole('button', { name: 'Look at my sites' }).click();
  await main.getByRole('alert').getByText('It is not an e-mail address.').waitFor();
  await email.fill('system.user@fleet-integration.example');
  await main.getByRole('button', { name: 'Look at my sites' }).click();
  await main.getByRole('heading', { name: '2 changes to make' }).waitFor();

  await main.getByRole('button', { name: 'Remove the filter Show' }).click();
  const says = async (number: string, message: string, nextStep: string): Promise<void> => {
    await main.getByRole('gridcell', { name: `Fleet Car Park ${number}` }).click();
    const detail = page.getByRole('complementary', { name: `Detail: Fleet Car Park ${number}` });
    await detail.getByText(message).waitFor();
    await detail.getByText(nextStep).waitFor();
  };
  await says('009', 'at this site already, as "Old Gateway"', 'plan again with the name Old Gateway');
  await says('029', 'You may give neither Site Owner nor Site Admin', 'Ask the site owner');
  await says('044', 'no seat is free: 2 of 2 are taken', 'Buy a seat for this site');
  await page.keyboard.press('Escape');

  await main.getByRole('button', { name: 'Apply …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make 2 changes at Salto KS?' });
  await dialog.getByRole('button', { name: 'Make 2 changes' }).click();
  await main.getByRole('heading', { name: '1 change could not be made' }).waitFor();
  await says('014', 'The site has an owner already', 'plan again with site_admin for this site');
  await page.keyboard.press('Escape');
  await main.getByRole('button', { name: 'Next: Connect' }).click();
  await main.getByRole('heading', { name: 'Sign the system user in' }).waitFor();
  expect(screen.complaints).toEqual([]);
});

test('what the services of the other platforms reach', async () => {
  const { page } = screen;
  await page.keyboard.press('2');
  for (const name of ['sandbox-salto-nebula', 'sandbox-konexus']) {
    await page.getByRole('button', { name: `Sign in: ${name}` }).click();
    await signedIn(page, name);
  }
  await page.keyboard.press('6');
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Other platforms' }).click();
  await main.getByLabel('Connection').selectOption({ label: 'sandbox-salto-nebula' });
  await main.getByRole('button', { name: 'Look', exact: true }).click();
  await main.getByText('Harbour integration').first().waitFor();
  await main.getByText('access-right.admin').first().waitFor();
  await main.getByLabel('Connection').selectOption({ label: 'sandbox-konexus' });
  await main.getByLabel('Should reach').fill('4711\n4712');
  await main.getByRole('button', { name: 'Look', exact: true }).click();
  await main.getByText('It does not reach 4712, which it should.').waitFor();
  await sound();
});

/** The screen as it stands: accessible in both themes, and whole in every size of window. */
async function sound(): Promise<void> {
  expect.soft(await violations(screen.page)).toEqual([]);
  expect.soft(await misfits(screen.page)).toEqual([]);
}

async function signInAsManager(page: Page): Promise<void> {
  const tab = await openSignInTab(page, 'sandbox-salto-ks');
  await tab.locator('input[name=username]').fill('greta.holm@fleet-operations.example');
  await tab.locator('input[name=password]').fill('demo-flotilla-21');
  await tab.locator('button[type=submit]').first().click();
  await tab.getByRole('button', { name: 'Allow' }).click();
  await tab.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
  await tab.close();
  await signedIn(page, 'sandbox-salto-ks');
}

async function picture(page: Page, name: string, theme: 'light' | 'dark'): Promise<void> {
  if (pictures === null) return;
  await mkdir(pictures, { recursive: true });
  for (const dismiss of await page.getByRole('button', { name: 'Dismiss' }).all()) await dismiss.click();
  await page.emulateMedia({ colorScheme: theme });
  await page.screenshot({ path: path.join(pictures, `system-user-${name}-${theme}.png`) });
  await page.emulateMedia({ colorScheme: 'light' });
}
