import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright';
import { openChromium } from '../../support/browser.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { goTo, openSignInTab, signInAt, signedIn } from './person.ts';

let keyring: TestKeyring;
let browser: Browser;
let door: Door;
let screen: Screen;

beforeAll(async () => {
  [keyring, browser] = await Promise.all([startKeyring(), openChromium()]);
  door = await startDoor(keyring.env);
  screen = await openScreen(browser, door.url);
});

afterAll(async () => {
  await browser.close();
  expect(await door.stop()).toBe(0);
  await keyring.stop();
});

test('the first view says what can be done, and the sandbox gives a connection to each platform', async () => {
  const { page } = screen;
  await page.getByRole('heading', { level: 1, name: 'Who has access, and where' }).waitFor();
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByText('4 connections · 0 signed in').waitFor();
  const list = page.getByRole('grid', { name: 'Connections' });
  expect(await list.getByText('Sandbox', { exact: true }).count()).toBe(4);
});

test.each(['sandbox-salto-ks', 'sandbox-smartenit'])(
  'a person signs in to %s in a second tab, and the sheet closes by itself',
  async (name) => {
    const { page } = screen;
    const tab = await openSignInTab(page, name);
    await signInAt(tab);
    await tab.getByRole('heading', { level: 1 }).waitFor();
    await tab.close();
    await signedIn(page, name);
  },
);

test.each(['sandbox-salto-nebula', 'sandbox-konexus'])(
  'a service signs in to %s without a tab',
  async (name) => {
    const { page } = screen;
    await page.getByRole('button', { name: `Sign in: ${name}` }).click();
    await signedIn(page, name);
  },
);

test('a sign-in can be cancelled, and leaves the session as it was', async () => {
  const { page } = screen;
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-ks' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-salto-ks' });
  await detail.getByRole('button', { name: 'Sign out' }).click();
  await detail.getByRole('button', { name: 'Sign in' }).click();
  const sheet = page.getByRole('dialog', { name: 'Sign in to sandbox-salto-ks' });
  expect(await sheet.getByRole('link', { name: 'Open the sign-in page' }).getAttribute('href')).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/.*code_challenge_method=S256/,
  );
  await sheet.getByRole('button', { name: 'Cancel the sign-in' }).click();
  await sheet.waitFor({ state: 'detached' });
  await detail.getByText('signed out', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Close the detail' }).click();
  const tab = await openSignInTab(page, 'sandbox-salto-ks');
  // This browser is signed in at the sandbox already, which asks for consent alone.
  await tab.getByRole('button', { name: 'Allow' }).or(tab.locator('input[name=username]')).first().waitFor();
  if ((await tab.locator('input[name=username]').count()) > 0) await signInAt(tab);
  else await tab.getByRole('button', { name: 'Allow' }).click();
  await tab.waitForURL(/\/callback/);
  await tab.close();
  await page.getByText('4 connections · 4 signed in').waitFor();
});

test('a token is shown only when asked for, and one at a time', async () => {
  const { page } = screen;
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-ks' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-salto-ks' });
  expect(await detail.locator('code.token').count()).toBe(0);
  await detail.getByRole('button', { name: 'Reveal' }).first().click();
  await detail.locator('code.token').waitFor();
  const access = await detail.locator('code.token').innerText();
  expect(access.length).toBeGreaterThan(20);
  await detail.getByRole('button', { name: 'Reveal' }).first().click();
  // The first hides before the second is there.
  await expect.poll(() => detail.locator('code.token').allInnerTexts()).not.toContain(access);
  await expect.poll(() => detail.locator('code.token').count()).toBe(1);
  await detail.getByRole('button', { name: 'Hide' }).click();
  expect(await detail.locator('code.token').count()).toBe(0);
  expect(await page.content()).not.toContain(access);
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'detached' });
});

test('the installations of all platforms stand in one list', async () => {
  const { page } = screen;
  await goTo(page, 'Installations');
  const list = page.getByRole('grid', { name: 'Installations' });
  await list.getByText('Harbour House').waitFor();
  await list.getByText('Tenant 4711').waitFor();
  await list.getByText('Fjordgate Student Homes & Co. <Annex>').waitFor();
  await list.getByRole('columnheader', { name: 'Seats', exact: true }).getByRole('button').click();
  await list.getByRole('columnheader', { name: 'Seats', exact: true }).getByRole('button').click();
  await expect.poll(() => list.getByRole('row').nth(1).innerText()).toContain('Harbour House');
  expect(await list.locator('[aria-sort=descending]').innerText()).toContain('Seats');
});

test('users are read, counted, searched, filtered and sorted', async () => {
  const { page } = screen;
  await goTo(page, 'Users');
  await page.getByRole('heading', { name: 'No users read yet' }).waitFor();
  await page.getByRole('button', { name: 'Read users' }).first().click();
  const facts = page.locator('[data-facts]');
  await expect.poll(() => facts.innerText(), { timeout: 60_000 }).toMatch(/^4,\d{3} users · as of/);
  const all = Number(/^[\d,]+/.exec(await facts.innerText())?.[0].replace(',', ''));
  const list = page.getByRole('grid', { name: 'Users' });
  expect(await list.getAttribute('aria-rowcount')).toBe(String(all + 1));
  // A window of rows, never the whole list.
  expect(await list.getByRole('row').count()).toBeLessThan(60);

  await page.getByRole('textbox', { name: 'Search users' }).fill('anders');
  await expect.poll(() => facts.innerText()).toMatch(/^\d{1,3} of 4,\d{3} ·/);
  for (const name of await list.getByRole('row').locator('[role=gridcell]:first-child').allInnerTexts())
    expect(name.toLowerCase()).toContain('anders');

  await page.getByRole('button', { name: 'Filter: Status' }).click();
  await page.getByRole('option', { name: 'blocked' }).click();
  await expect
    .poll(
      async () => new Set(await list.getByRole('row').locator('[role=gridcell]:last-child').allInnerTexts()),
    )
    .toEqual(new Set(['blocked']));
  await page.getByRole('button', { name: 'Remove the filter Status' }).click();

  await list.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect
    .poll(async () => {
      const names = await list.getByRole('row').locator('[role=gridcell]:first-child').allInnerTexts();
      return names.length > 1 && names.join() === names.toSorted((a, b) => b.localeCompare(a)).join();
    })
    .toBe(true);
  await page.getByRole('textbox', { name: 'Search users' }).fill('nobody at all');
  await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
  await page.getByRole('button', { name: 'Remove search and filters' }).click();
  await expect.poll(() => facts.innerText()).toMatch(/^4,\d{3} users/);
});

test('a person’s detail has the roles, the e-mail and the vendor’s own record', async () => {
  const { page } = screen;
  await page.getByRole('textbox', { name: 'Search users' }).fill('anders amberbridge');
  const row = page.getByRole('row').filter({ hasText: 'Anders Amberbridge' }).first();
  await row.click();
  const detail = page.getByRole('complementary', { name: 'Detail: Anders Amberbridge' });
  await detail.getByRole('heading', { name: 'Access elsewhere with this e-mail' }).waitFor();
  await detail.getByText('The provider’s record').click();
  await expect.poll(() => detail.locator('pre').innerText()).toContain('"');
  const record = JSON.parse(await detail.locator('pre').innerText()) as object;
  expect(JSON.stringify(record)).toContain('anders.amberbridge');
  await detail.getByRole('button', { name: 'Close the detail' }).click();
  await detail.waitFor({ state: 'detached' });
});

test('one search finds people, installations and connections', async () => {
  const { page } = screen;
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Search people, installations, connections …' });
  const found = page.getByRole('listbox', { name: 'Found' });
  await field.fill('harbour');
  await found.getByRole('option').filter({ hasText: 'Harbour House' }).first().waitFor();
  await field.fill('sandbox-kon');
  // What Enter takes is what stands chosen by then.
  await found.locator('[role=option][aria-selected=true]').filter({ hasText: 'sandbox-konexus' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Detail: sandbox-konexus' }).waitFor();
});

test('signing out empties the session, and the overview says so', async () => {
  const { page } = screen;
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-konexus' });
  await detail.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('4 connections · 3 signed in').waitFor();
  await goTo(page, 'Overview');
  await page.getByText('sandbox-konexus is not signed in.').waitFor();
});

test('a connection is removed only after a question', async () => {
  const { page } = screen;
  await goTo(page, 'Connections');
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-konexus' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-konexus' });
  await detail.getByRole('button', { name: 'Remove' }).click();
  const question = page.getByRole('dialog', { name: 'Remove sandbox-konexus?' });
  await question.getByRole('button', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'detached' });
  await detail.getByRole('button', { name: 'Remove' }).click();
  await question.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('3 connections · 3 signed in').waitFor();
});

test('the whole way ran without a complaint of the browser', () => {
  expect(screen.complaints).toEqual([]);
});
