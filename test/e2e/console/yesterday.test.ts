import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from '../../support/browser.ts';
import { type RunningSandbox, commandLine, startSandboxProcess } from '../../support/cli.ts';
import { clockAhead } from '../../support/clock-ahead.ts';
import { add, clientOf, vendorOf } from '../../support/connect.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { filesBelow, findSecrets } from '../../support/secret-scan.ts';
import { type Door, type Screen, openScreen, startDoor } from './door.ts';
import { answered, goTo } from './person.ts';

// Lists that were read yesterday: exported then, and opened today with the network off.

const yesterday = clockAhead(-25 * 3600).env ?? {};
let keyring: TestKeyring;
let browser: Browser;
let sandbox: RunningSandbox;
let home: string;
let door: Door;
let screen: Screen;

beforeAll(async () => {
  [keyring, browser, sandbox, home] = await Promise.all([
    startKeyring(),
    openChromium(),
    startSandboxProcess([], yesterday),
    mkdtemp(path.join(tmpdir(), 'latchkey-yesterday-')),
  ]);
  const cli = commandLine({ ...keyring.env, ...yesterday, LATCHKEY_HOME: home });
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  await add(cli, vendor, clientOf(vendor, 'password'), 'harbour');
  expect(await cli.run(['login', 'harbour'])).toMatchObject({ code: 0 });
  door = await startDoor({ ...keyring.env, ...yesterday }, [], home);
  screen = await openScreen(browser, door.url);
});

afterAll(async () => {
  await browser.close();
  expect(await door.stop()).toBe(0);
  await sandbox.stop();
  await keyring.stop();
  await rm(home, { recursive: true, force: true });
});

const facts = (page: Page): Promise<string> => page.locator('[data-facts]').innerText();
const note = (page: Page) => page.getByRole('alert').filter({ hasText: 'Harbour House (harbour)' });

/** Exports what the list shows; the downloaded file, and where the browser put it. */
async function download(page: Page, format: RegExp): Promise<{ file: string; name: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: format }).click();
  const got = await coming;
  expect(await got.failure()).toBeNull();
  return { file: await got.path(), name: got.suggestedFilename() };
}

/** Name, e-mail address, installation and status of the rows on screen. */
async function onScreen(page: Page): Promise<string[][]> {
  const rows = await page.getByRole('grid', { name: 'Users' }).getByRole('row').all();
  const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('gridcell').allInnerTexts()));
  // The mark of the sandbox stands below the place.
  return cells.map(([name = '', email = '', place = '', , status = '']) => [
    name,
    email,
    place.split('\n')[0] ?? '',
    status,
  ]);
}

test('a network that fails midway is said, and no file is made but one that says it is not whole', async () => {
  const { page } = screen;
  const site = vendorOf(sandbox.description, 'salto-ks').installations.find(
    ({ name }) => name === 'Harbour House',
  );
  await sandbox.control('POST', '/faults', {
    provider: 'salto-ks',
    path: `/v1.1/sites/${site?.id ?? ''}/users`,
    drop: true,
    times: 50,
  });
  await goTo(page, 'Installations');
  await page.getByRole('button', { name: 'Read installations' }).first().click();
  await page.getByRole('grid').getByText('Harbour House').waitFor();
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Read users' }).first().click();
  await note(page).waitFor({ timeout: 120_000 });
  await page.getByRole('grid', { name: 'Users' }).getByText('Mill Lane Workshops').first().waitFor();

  const downloads: string[] = [];
  page.on('download', (one) => downloads.push(one.suggestedFilename()));
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /^Excel workbook/ }).click();
  const question = page.getByRole('dialog', { name: 'Not exported yet' });
  await question.getByText('harbour, Harbour House is not here as a whole').waitFor();
  await question.getByText('Read it to its end first').waitFor();
  expect(downloads).toEqual([]);
  await question.getByRole('button', { name: 'Close' }).last().click();

  await sandbox.control('DELETE', '/faults');
  await note(page).getByRole('button', { name: 'Try again' }).click();
  await note(page).waitFor({ state: 'detached' });
  await page.getByText(/users · as of 1 day ago/).waitFor();
});

test('what the filter shows, all of it, is in the files that the browser saved', async () => {
  const { page } = screen;
  await page.getByRole('textbox', { name: 'Search users' }).fill('and');
  await page.getByRole('button', { name: 'Filter: Status' }).click();
  await page.getByRole('option', { name: 'active' }).click();
  await page.getByRole('button', { name: 'Remove the filter Status' }).waitFor();
  await answered(page, 'Users');
  const total = Number(/^[\d,]+/.exec(await facts(page))?.[0].replace(',', ''));
  const shown = await onScreen(page);
  expect(shown.length).toBeGreaterThan(10);
  for (const [name = '', email = '', , status] of shown) {
    expect(status).toBe('active');
    expect(name + email).toMatch(/and/i);
  }
  // More than a window of it.
  expect(total).toBeGreaterThan(2 * shown.length);

  const csv = await download(page, /^CSV UTF-8/);
  expect(csv.name).toMatch(/^latchkey-users-.*\.csv$/);
  const records: string[][] = parse(await readFile(csv.file), { relax_column_count: true });
  const xlsx = await download(page, /^Excel workbook/);
  expect(xlsx.name).toMatch(/^latchkey-users-.*\.xlsx$/);
  const cells = (await readSheet(await readFile(xlsx.file))).map((row) =>
    row.map((cell) => (cell === null ? '' : String(cell))),
  );
  // CSV says whence it is in its last record, XLSX on a sheet of its own.
  const told = [
    records.pop()?.join(' '),
    JSON.stringify(await readSheet(await readFile(xlsx.file), 'provenance')),
  ];
  for (const words of told) expect(words).toMatch(/search and.*status active|status active.*search and/);
  for (const [head = [], ...rest] of [records, cells]) {
    expect(rest).toHaveLength(total);
    const people = rest.map((row) => Object.fromEntries(head.map((name, place) => [name, row[place] ?? ''])));
    for (const { displayName = '', email = '', status } of people) {
      expect(status).toBe('active');
      expect(`${displayName} ${email}`.toLowerCase()).toContain('and');
    }
    expect(
      people
        .slice(0, shown.length)
        .map(({ displayName, email, installationName, status }) => [
          displayName,
          email === '' ? '–' : email,
          installationName,
          status,
        ]),
    ).toEqual(shown);
  }
  expect(screen.complaints).toEqual([]);
});

test('how the screen is wanted is kept with the profile', async () => {
  const { page, frames } = screen;
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Access ends' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'Access ends' }).waitFor();
  for (const kept of ['"theme":"light"', '"columns":{"users":["expiresAt"]}'])
    await expect.poll(() => frames.some(({ by, text }) => by === 'door' && text.includes(kept))).toBe(true);
});

test('today, with the network off, the lists open, say how old they are, and are searched', async () => {
  const people = (await onScreen(screen.page)).slice(0, 12);
  await screen.context.close();
  expect(await door.stop()).toBe(0);
  await sandbox.stop();
  const kept = people.flatMap(([name = '', email = '']) => [
    { what: 'a name', value: name },
    { what: 'an e-mail address', value: email },
  ]);
  const files = await filesBelow(home);
  expect(files.some(({ where }) => where.includes('directory'))).toBe(true);
  expect(findSecrets(kept, files)).toEqual([]);

  door = await startDoor(keyring.env, [], home);
  screen = await openScreen(browser, door.url);
  const { page } = screen;
  await goTo(page, 'Users');
  await page.getByText(/users · as of 1 day ago/).waitFor();
  // At another address, and as it was left.
  await page.getByRole('columnheader', { name: 'Access ends' }).waitFor();
  await page.locator('html[data-theme=light]').waitFor();
  const [name = '', email = ''] = people[5] ?? [];
  await page.getByRole('textbox', { name: 'Search users' }).fill(email === '–' ? name : email);
  await page.getByRole('grid', { name: 'Users' }).getByText(name).first().waitFor();
  await expect.poll(() => facts(page)).toMatch(/^\d+ of [\d,]+ · as of 1 day ago/);
  await goTo(page, 'Overview');
  await page.getByText(/older than a day/).waitFor();
});
