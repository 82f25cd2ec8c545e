import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionInfo } from '../../../preload/contract.ts';
import type { Failure } from '../../../preload/errors.ts';
import { fakeBridge } from '../../../renderer/dev/fake.ts';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';
import { button } from './waits-table.ts';

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
