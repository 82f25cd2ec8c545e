import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionInfo } from '../../../preload/contract.ts';
import type { Failure } from '../../../preload/errors.ts';
import { fakeBridge } from '../../../renderer/dev/fake.ts';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';
import { button, fillIn } from './waits-table.ts';

// What went wrong with a connection: where that is said, what it leaves free, and what is offered.

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

const failure = (code: Failure['code'], message = 'Invented trouble.'): Failure => ({
  code,
  message,
  hint: 'Invented remedy.',
});

async function connections(): Promise<readonly ConnectionInfo[]> {
  const answer = await fakeBridge('full').call('connections.list', {});
  return answer.ok ? answer.value : [];
}

const toView = async ({ page }: HeldScreen, hash: string): Promise<void> => {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
};

const notices = (page: Page) => page.locator('.notice');

test('a notice leaves what puts the failure right free, leads to it, and goes when it stands there or is over', async () => {
  const state = { connections: await connections() };
  const failing = (id: string, why: Failure | null): void => {
    state.connections = state.connections.map((one) =>
      one.id === id ? { ...one, session: { ...one.session, failure: why, nextTryAt: null } } : one,
    );
  };
  const screen = await openHeld(browser, 'full', { 'connections.list': () => state.connections });
  const { page } = screen;
  const refused = failure(
    'client_rejected',
    `The client was refused. ${'And much more is said of it. '.repeat(20)}`,
  );
  const pane = (id: string) => page.getByRole('complementary', { name: `Detail: ${id}` });
  async function refuse(id: string, renew: Locator, meanwhile = ''): Promise<void> {
    screen.hold('sessions.renew');
    await renew.click();
    await expect.poll(() => screen.held('sessions.renew')).toBe(1);
    if (meanwhile !== '') await toView(screen, meanwhile);
    failing(id, refused);
    screen.fail('sessions.renew', refused);
  }
  try {
    await page.setViewportSize({ width: 1280, height: 620 });
    await toView(screen, '#/connections?open=acme-ks');
    screen.fail('sessions.signOut', refused);
    await pane('acme-ks').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('acme-ks was not signed out.').waitFor();
    await expect.poll(async () => (await notices(page).boundingBox())?.height ?? 999).toBeLessThan(80);
    await notices(page).getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => (await notices(page).boundingBox())?.height ?? 0).toBeGreaterThan(80);
    await notices(page).getByRole('button', { name: 'Dismiss' }).click();
    screen.release('sessions.signOut');

    await refuse('nebula-hq', button(page, 'Renew: nebula-hq'));
    await page.getByText('nebula-hq was not renewed.').waitFor();
    const [strip, view] = [await notices(page).boundingBox(), await page.locator('main').boundingBox()];
    expect(strip?.y).toBeGreaterThanOrEqual((view?.y ?? 0) + (view?.height ?? 0));
    // Playwright presses only what nothing lies over.
    await pane('acme-ks').getByRole('button', { name: 'Remove' }).click({ timeout: 10_000 });
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();

    await page.setViewportSize({ width: 380, height: 760 });
    await expect.poll(async () => (await notices(page).boundingBox())?.height ?? 999).toBeLessThan(80);
    await page.setViewportSize({ width: 1280, height: 620 });

    await notices(page).getByRole('link', { name: 'Look' }).click();
    const other = pane('nebula-hq');
    await other.getByText('The client was refused.').waitFor();
    await notices(page).waitFor({ state: 'detached' });
    const renew = other.getByRole('button', { name: 'Renew' });
    await refuse('nebula-hq', renew);
    await expect.poll(() => renew.isEnabled()).toBe(true);
    expect(await page.getByText('nebula-hq was not renewed.').count(), 'it stands there').toBe(0);

    await toView(screen, '#/connections?open=acme-ks');
    await refuse('acme-ks', pane('acme-ks').getByRole('button', { name: 'Renew' }), '#/overview');
    await page.getByText('acme-ks was not renewed.').waitFor();
    failing('acme-ks', null);
    screen.emit('connections.changed');
    await page.getByText('acme-ks was not renewed.').waitFor({ state: 'detached' });
  } finally {
    await page.context().close();
  }
});

test('a sandbox that is not running is said wherever it is missed, and is started again from there', async () => {
  const gone = failure(
    'network_unreachable',
    '127.0.0.1:41837 refused the connection: nothing listens there.',
  );
  const state = { running: false };
  const own = (await connections()).map((one) => ({ ...one, sandbox: true, ownSandbox: true }));
  const shown = (): readonly ConnectionInfo[] =>
    state.running
      ? own
      : own.map((one) =>
          one.id === 'nebula-hq'
            ? { ...one, session: { ...one.session, failure: gone, nextTryAt: null } }
            : one,
        );
  const list = {
    kind: 'users',
    connection: 'acme-ks',
    connectionName: 'acme-ks',
    installation: { id: 'i0', name: 'Harbour House' },
    rows: 0,
    complete: false,
    loading: false,
    arriving: null,
    resumable: false,
    filter: null,
    total: null,
    fetchedAt: null,
  };
  const vault = { kind: 'keychain', state: 'open', message: null, reason: null, file: false };
  const screen = await openHeld(browser, 'full', {
    'app.info': () => ({ version: '0.1.0', door: 'browser', vault, sandbox: state.running }),
    'connections.list': shown,
    'lists.states': () => [{ ...list, failure: state.running ? null : gone }],
    'sandbox.start': () => {
      state.running = true;
      return { connections: ['acme-ks'] };
    },
  });
  const { page } = screen;
  const said = page.getByText('The sandbox is not running.').filter({ visible: true });
  const start = page.getByRole('main').getByRole('button', { name: 'Start the sandbox again' });
  try {
    for (const [hash, places, buttons] of [
      ['#/overview', 1, 1],
      ['#/users', 1, 1],
      ['#/connections', 0, 1],
      ['#/connections?open=nebula-hq', 1, 2],
      ['#/connections?open=acme-ks', 1, 2],
    ] as const) {
      await toView(screen, hash);
      await expect.poll(() => start.count(), { message: hash }).toBe(buttons);
      expect(await said.count(), hash).toBe(places);
      expect(await page.getByRole('main').getByText('nothing listens there').count(), hash).toBe(0);
    }
    screen.hold('sessions.renew');
    await button(page, 'Renew: nebula-hq').click();
    await toView(screen, '#/tokens');
    screen.fail('sessions.renew', gone);
    await notices(page).getByText('The sandbox is not running.').waitFor();

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('sandbox');
    await page.getByRole('option', { name: 'Start the sandbox again' }).waitFor();
    await page.keyboard.press('Escape');
    await toView(screen, '#/overview');
    await start.click();
    await expect.poll(() => said.count()).toBe(0);
    await toView(screen, '#/connections');
    await expect.poll(() => start.count()).toBe(0);
  } finally {
    await page.context().close();
  }
});

test('a secret that the test found wrong is not saved without a word', async () => {
  const screen = await openHeld(browser, 'full');
  const { page } = screen;
  const word = page.getByText('The test failed. Saving keeps it all the same.');
  try {
    await toView(screen, '#/connections');
    await fillIn(page);
    const secret = page.getByRole('dialog').getByLabel('Client secret', { exact: true });
    await secret.fill('wrong');
    expect(await word.count()).toBe(0);
    await button(page, 'Test').click();
    await word.waitFor();
    await secret.fill('another');
    await word.waitFor({ state: 'detached' });
    await button(page, 'Test').click();
    await page.getByText('The client was accepted.').waitFor();
    expect(await word.count()).toBe(0);
  } finally {
    await page.context().close();
  }
});
