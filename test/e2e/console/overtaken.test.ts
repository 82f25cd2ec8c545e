import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListState, MethodName, UserRow, VaultInfo } from '../../../preload/contract.ts';
import { fakeBridge } from '../../../renderer/dev/fake.ts';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';
import { button, fillIn, plan, withPlan } from './waits-table.ts';

// Answers that come late, or in another order than they were asked for: what is shown is of the newest question, or nothing.

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

/** A screen for one test, at that address. */
async function at(
  hash: string,
  work: (screen: HeldScreen, page: Page) => Promise<void>,
  answers: Parameters<typeof openHeld>[2] = {},
): Promise<void> {
  const screen = await openHeld(browser, 'full', answers);
  const { page } = screen;
  try {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
    await work(screen, page);
  } finally {
    await page.context().close();
  }
}

/** Until everything that was sent to the screen so far has arrived. */
async function allHeard(screen: HeldScreen): Promise<void> {
  screen.emit('app.closing');
  await screen.page.getByText('Latchkey has ended').first().waitFor();
}

const held = (screen: HeldScreen, method: MethodName, count: number): Promise<void> =>
  expect.poll(() => screen.held(method)).toBe(count);

const consoleLocked: VaultInfo = {
  kind: 'keychain',
  state: 'locked',
  message: 'Locked.',
  reason: 'console_locked',
  file: false,
};

const user = (name: string): UserRow => ({
  connection: 'acme-ks',
  connectionName: 'acme-ks',
  provider: 'salto-ks',
  installation: 'i1',
  installationName: 'Harbour House',
  id: `id of ${name}`,
  displayName: name,
  email: null,
  roles: [],
  status: 'active',
  expiresAt: null,
  sandbox: false,
});

test('a connection that was removed does not come back with an older list', async () => {
  const [robot, nebula] = withPlan['connections.list'].slice(1);
  await at(
    '#/connections',
    async (screen, page) => {
      const grid = page.getByRole('grid', { name: 'Connections' });
      await grid.getByText('acme-ks').first().waitFor();
      screen.hold('connections.list');
      screen.emit('connections.changed');
      await held(screen, 'connections.list', 1);
      screen.emit('connections.changed');
      await held(screen, 'connections.list', 2);
      screen.answerLast('connections.list', [robot, nebula]);
      await grid.getByText('acme-ks').first().waitFor({ state: 'detached' });
      screen.release('connections.list');
      await allHeard(screen);
      expect(await grid.getByText('acme-ks').count()).toBe(0);
    },
    withPlan,
  );
});

test('a console that was unlocked is not locked by a late answer to the lock', async () => {
  await at(
    '#/settings',
    async (screen, page) => {
      screen.hold('vault.lock');
      await button(page, 'Lock now').click();
      await held(screen, 'vault.lock', 1);
      screen.emit('vault.changed', consoleLocked);
      await button(page, 'Unlock').click();
      await button(page, 'Locking …').waitFor();
      screen.release('vault.lock');
      await button(page, 'Lock now').waitFor();
      await allHeard(screen);
      expect(await page.getByText('This console is locked').count()).toBe(0);
    },
    { 'vault.lock': { vault: consoleLocked, unsaved: [] } },
  );
});

test('a theme that was chosen is not taken back by settings that were read before', async () => {
  const before = await fakeBridge('full').call('preferences.read', {});
  if (!before.ok) throw new Error('There are no settings.');
  await at('#/overview', async (screen, page) => {
    screen.hold('preferences.read');
    screen.emit('preferences.changed');
    await held(screen, 'preferences.read', 1);
    await button(page, 'Theme: as the system').click();
    await page.locator('html[data-theme=light]').waitFor();
    await held(screen, 'preferences.read', 2);
    screen.answerLast('preferences.read', { ...before.value, theme: 'light' });
    screen.answerLast('preferences.read', before.value);
    await allHeard(screen);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  });
});

test('the open row stays marked, and the keyboard with it, when others come before it', async () => {
  let people = ['Ada', 'Bo', 'Cem', 'Dana'];
  await at(
    '#/users',
    async (screen, page) => {
      const grid = page.getByRole('grid', { name: 'Users' });
      await grid.getByText('Bo', { exact: true }).click();
      await page.getByRole('complementary', { name: 'Detail: Bo' }).waitFor();
      people = ['Aaron', ...people];
      screen.emit('lists.changed');
      await grid.getByText('Aaron').waitFor();
      expect(await grid.locator('[role=row][aria-selected=true]').allInnerTexts()).toEqual([
        expect.stringContaining('Bo'),
      ]);
      await page.keyboard.press('ArrowDown');
      await page.getByRole('complementary', { name: 'Detail: Cem' }).waitFor();
    },
    { 'lists.users': () => ({ rows: people.map(user), total: people.length }) },
  );
});

test('the detail of a site does not show the site that took its place in the list', async () => {
  const [first, second] = withPlan['systemUser.rows'].rows;
  let rows = [
    { ...first, message: 'Said of the first.' },
    { ...second, name: 'Quayside', message: 'Said of the second.' },
  ];
  await at(
    '#/system-user',
    async (screen, page) => {
      await page.getByRole('gridcell', { name: 'Harbour House' }).click();
      await page.getByText('Said of the first.').waitFor();
      rows = rows.slice(1);
      screen.emit('systemUser.changed');
      await page.getByRole('gridcell', { name: 'Harbour House' }).waitFor({ state: 'detached' });
      const detail = page.getByRole('complementary', { name: 'Detail: Harbour House' });
      expect(await detail.innerText()).toContain('Said of the first.');
    },
    { ...withPlan, 'systemUser.rows': () => ({ rows, total: rows.length }) },
  );
});

test('a plan that was changed does not come back with an older answer', async () => {
  await at(
    '#/system-user',
    async (screen, page) => {
      await page.getByText(plan.email).first().waitFor();
      screen.hold('systemUser.current');
      screen.emit('systemUser.changed');
      screen.emit('systemUser.changed');
      await held(screen, 'systemUser.current', 2);
      screen.answerLast('systemUser.current', { plan: { ...plan, email: 'next@acme.example' } });
      await page.getByText('next@acme.example').first().waitFor();
      screen.release('systemUser.current');
      await allHeard(screen);
      expect(await page.getByText(plan.email).count()).toBe(0);
    },
    withPlan,
  );
});

test('no verdict stands beside a token that it is not of', async () => {
  await at('#/tokens?connection=acme-ks&token=access', async (screen, page) => {
    const verdict = page.locator('[data-verdict]');
    await verdict.waitFor();
    screen.hold('tokens.inspect');
    await page.getByRole('textbox', { name: 'Paste a token' }).fill('another');
    await held(screen, 'tokens.inspect', 1);
    await verdict.waitFor({ state: 'detached' });
    await page.getByText('Looking at the token …').waitFor();
    screen.release('tokens.inspect');
    await verdict.waitFor();
  });
});

test('a test of what stood in the fields before is given up when a field is edited', async () => {
  await at('#/connections', async (screen, page) => {
    await fillIn(page);
    screen.hold('connections.test');
    await button(page, 'Test').click();
    await page.getByText('Testing …').waitFor();
    await page.getByRole('dialog').getByLabel('Client secret', { exact: true }).fill('another invented one');
    await page.getByText('Testing …').waitFor({ state: 'detached' });
    screen.release('connections.test');
    await button(page, 'Test').click();
    await page.getByRole('status', { name: 'What the test found' }).waitFor();
  });
});

test('whoever goes to another view after saving is not fetched back when the list is here', async () => {
  await at('#/connections', async (screen, page) => {
    await fillIn(page);
    screen.hold('connections.list');
    await button(page, /^Save$/).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('5');
    await page.getByRole('textbox', { name: 'Paste a token' }).waitFor();
    screen.release('connections.list');
    await allHeard(screen);
    expect(new URL(page.url()).hash).toBe('#/tokens');
  });
});

const list = (rows: number): ListState => ({
  kind: 'users',
  connection: 'acme-ks',
  connectionName: 'acme-ks',
  installation: { id: 'i1', name: 'Harbour House' },
  rows,
  complete: rows > 0,
  loading: false,
  arriving: null,
  total: null,
  fetchedAt: rows > 0 ? 1 : null,
  failure: null,
  resumable: false,
  filter: null,
});

test('reading is over when it is known how the lists stand, and a list with rows on their way is not called empty', async () => {
  let states = [list(0)];
  let people: string[] = [];
  await at(
    '#/users',
    async (screen, page) => {
      const nobody = page.getByRole('heading', { name: 'No users read yet' });
      await nobody.waitFor();
      screen.hold('lists.sync');
      await button(page, 'Read users').click();
      await nobody.waitFor({ state: 'detached' });
      screen.hold('lists.states');
      screen.hold('lists.users');
      [states, people] = [[list(1)], ['Ada']];
      screen.release('lists.sync');
      await held(screen, 'lists.states', 1);
      expect(await button(page, 'Stop reading').count()).toBe(1);
      screen.release('lists.states');
      await button(page, 'Stop reading').waitFor({ state: 'detached' });
      await held(screen, 'lists.users', 1);
      expect(await page.getByRole('heading', { name: /^No users|^Nobody/ }).count()).toBe(0);
      screen.release('lists.users');
      await page.getByRole('grid', { name: 'Users' }).getByText('Ada').waitFor();
    },
    {
      'lists.states': () => states,
      'lists.users': () => ({ rows: people.map(user), total: people.length }),
      'lists.sync': { failures: [] },
    },
  );
});

const question = (page: Page): Locator => page.getByRole('alertdialog', { name: 'Discard what you typed?' });
const form = (page: Page): Locator => page.getByRole('dialog', { name: /^(Change|Add) / });
const change = async (page: Page, connection: string, name: string): Promise<void> => {
  const pane = page.getByRole('complementary', { name: `Detail: ${connection}` });
  await pane.getByRole('button', { name: 'Change' }).click();
  await form(page).getByLabel('Name').fill(name);
};

test('a lock takes away what lies over the views, and whatever was typed there', async () => {
  await at('#/connections?open=acme-ks', async (screen, page) => {
    const lockAndUnlock = async (): Promise<void> => {
      screen.emit('vault.changed', consoleLocked);
      await button(page, 'Unlock').waitFor();
      await expect.poll(() => page.locator('dialog').count()).toBe(0);
      screen.emit('vault.changed', { ...consoleLocked, state: 'open', message: null, reason: null });
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
      expect(await page.locator('dialog').count()).toBe(0);
    };
    await fillIn(page);
    await lockAndUnlock();
    await change(page, 'acme-ks', 'other');
    await page.keyboard.press('Escape');
    await question(page).waitFor();
    await lockAndUnlock();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('prado');
    await page.getByRole('option', { name: 'Prado' }).first().waitFor();
    await lockAndUnlock();
  });
});

test('what ends late closes no form but its own, and takes nobody elsewhere', async () => {
  await at('#/connections?open=acme-ks', async (screen, page) => {
    await change(page, 'acme-ks', 'other');
    screen.hold('connections.change');
    await form(page).getByRole('button', { name: 'Save', exact: true }).click();
    await held(screen, 'connections.change', 1);
    await page.keyboard.press('Escape');
    await form(page).waitFor({ state: 'detached' });
    screen.hold('connections.remove');
    await button(page, 'Remove').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await held(screen, 'connections.remove', 1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('grid', { name: 'Connections' }).getByText('nebula-hq').first().click();
    await change(page, 'nebula-hq', 'typed anew');
    screen.release('connections.change');
    await page.getByText('other was changed.').waitFor();
    screen.release('connections.remove');
    await page.getByText('acme-ks was removed.').waitFor();
    expect(await form(page).getByLabel('Name').inputValue()).toBe('typed anew');
    await form(page).getByLabel('Name').fill('nebula-hq');
    await page.keyboard.press('Escape');
    await form(page).waitFor({ state: 'detached' });
    await fillIn(page);
    screen.hold('connections.add');
    await form(page).getByRole('button', { name: 'Save', exact: true }).click();
    await held(screen, 'connections.add', 1);
    await page.keyboard.press('Escape');
    await form(page).waitFor({ state: 'detached' });
    await page.evaluate(() => (location.hash = '#/settings'));
    await page.getByLabel('Without the proxy').fill('typed.example');
    screen.release('connections.add');
    await page.getByText('salto-nebula was added.').waitFor();
    expect(await question(page).count()).toBe(0);
    expect(await page.getByLabel('Without the proxy').inputValue()).toBe('typed.example');
  });
});

test('a connection that was just added is gone to when the list has it, unless somebody went elsewhere', async () => {
  await at('#/connections', async (screen, page) => {
    const add = async (name: string): Promise<void> => {
      await fillIn(page);
      screen.hold('connections.list');
      await form(page).getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText(`${name} was added.`).waitFor();
      await expect.poll(() => screen.held('connections.list')).toBeGreaterThan(0);
    };
    await add('salto-nebula');
    expect(await page.getByText('This link leads to').count()).toBe(0);
    screen.release('connections.list');
    await page.getByRole('complementary', { name: 'Detail: salto-nebula' }).waitFor();
    await add('salto-nebula-2');
    await page.evaluate(() => (location.hash = '#/activity'));
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    screen.release('connections.list');
    await allHeard(screen);
    expect(await page.evaluate(() => location.hash)).toBe('#/activity');
  });
});

test('what is typed for the network stays when another door changes it, and is told where it was not saved', async () => {
  const set = await fakeBridge('full').call('preferences.read', {});
  if (!set.ok) throw new Error('There are no settings.');
  let now = set.value;
  await at(
    '#/settings',
    async (screen, page) => {
      const field = page.getByLabel('Without the proxy');
      now = { ...now, noProxy: 'elsewhere.example' };
      screen.emit('preferences.changed');
      await expect.poll(() => field.inputValue()).toBe('elsewhere.example');
      await field.fill('typed.example');
      now = { ...now, noProxy: 'again.example', keepLists: !now.keepLists };
      screen.emit('preferences.changed');
      const keeps = page.getByRole('switch', { name: /^Keep lists/ });
      await expect.poll(() => keeps.isChecked()).toBe(now.keepLists);
      expect(await field.inputValue()).toBe('typed.example');
      screen.hold('preferences.change');
      await button(page, 'Save').click();
      await held(screen, 'preferences.change', 1);
      expect(screen.inputs('preferences.change')).toEqual([{ noProxy: 'typed.example' }]);
      await page.evaluate(() => (location.hash = '#/activity'));
      await field.waitFor({ state: 'detached' });
      screen.fail('preferences.change', {
        code: 'unexpected',
        message: 'Invented trouble.',
        hint: 'Remedy.',
      });
      await page.getByText('“Network” was not changed.').waitFor();
    },
    { 'preferences.read': () => now },
  );
});

test('Esc that ends the composing of a character closes nothing', async () => {
  await at('#/connections?open=acme-ks', async (_screen, page) => {
    await change(page, 'acme-ks', 'typed');
    const escape = { key: 'Escape', isComposing: true, bubbles: true, cancelable: true };
    await form(page)
      .getByLabel('Name')
      .evaluate((field, init) => field.dispatchEvent(new KeyboardEvent('keydown', init)), escape);
    expect(await page.evaluate(() => location.hash)).toBe('#/connections?open=acme-ks');
    expect(await form(page).getByLabel('Name').inputValue()).toBe('typed');
  });
});
