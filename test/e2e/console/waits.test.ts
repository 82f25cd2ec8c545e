import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Input, type MethodName, methods } from '../../../preload/contract.ts';
import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import type { Scene } from '../../../renderer/dev/fake.ts';
import { openChromium } from '../../support/browser.ts';
import { type HeldScreen, openHeld } from './held-screen.ts';
import {
  type Wait,
  button,
  fillIn,
  firsts,
  notWaitedFor,
  places,
  plan,
  setUp,
  waits,
  withPlan,
} from './waits-table.ts';

const codes: readonly ErrorCode[] = [
  'network_unreachable',
  'vault_locked',
  'session_refused',
  'rate_limited',
  'forbidden',
  'provider_failed',
  'unexpected',
];

function trouble({ method, code }: Wait, place: number): Failure {
  return {
    code: code ?? codes[place % codes.length] ?? 'unexpected',
    message: `Invented trouble with ${method}.`,
    hint: `Invented remedy for ${method}.`,
  };
}

const nameOf = ({ method, where }: Wait): string => (where === undefined ? method : `${method} (${where})`);

async function saysWhy(page: Page, wait: Wait, failure: Failure): Promise<void> {
  await page.getByText(failure.message).filter({ visible: true }).first().waitFor();
  await page.getByText(failure.hint).filter({ visible: true }).first().waitFor();
  if (wait.names !== undefined) await page.getByText(wait.names).filter({ visible: true }).first().waitFor();
  const { gone } = wait;
  if (gone !== undefined) await expect.poll(() => gone(page).count(), { timeout: 30_000 }).toBe(0);
}

/** Waits until it is gone; where the screen asks first, what was typed is discarded. */
async function leaves(page: Page, gone: () => Promise<boolean>): Promise<void> {
  const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await expect.poll(async () => (await question.count()) === 1 || (await gone())).toBe(true);
  if ((await question.count()) === 1) await question.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(gone).toBe(true);
}

async function putAway(page: Page, dialog: Locator): Promise<void> {
  await page.keyboard.press('Escape');
  await leaves(page, async () => (await dialog.count()) === 0);
}

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

test('every method of the bridge that somebody may wait for is in the table', () => {
  const walked = new Set([...firsts, ...waits, ...setUp].map(({ method }) => method));
  const missing = (Object.keys(methods) as MethodName[]).filter(
    (method) => !walked.has(method) && !notWaitedFor.includes(method),
  );
  expect(missing).toEqual([]);
});

test.each(firsts.map((wait, place) => [nameOf(wait), wait, place] as const))(
  'at the start: %s',
  async (_, wait, place) => {
    const screen = await openHeld(browser, 'full', {}, [wait.method]);
    const { page } = screen;
    await page.getByText(wait.says).first().waitFor();
    const failure = trouble(wait, place);
    screen.fail(wait.method, failure);
    await saysWhy(page, wait, failure);
    screen.release(wait.method);
    await button(page, 'Try again').click();
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
    await page.getByText(failure.message).waitFor({ state: 'detached' });
    await page.context().close();
  },
);

describe.each([
  ['with connections', waits, {}],
  ['with a plan', setUp, withPlan],
] as const)('%s', (_name, table, answers) => {
  const screens = new Map<Scene, HeldScreen>();
  afterAll(async () => {
    for (const { page } of screens.values()) await page.context().close();
  });

  test.each(table.map((wait, place) => [nameOf(wait), wait, place] as const))(
    '%s',
    async (_, wait, place) => {
      const scene = wait.scene ?? 'full';
      const screen = screens.get(scene) ?? (await openHeld(browser, scene, answers));
      screens.set(scene, screen);
      const { page } = screen;
      try {
        await page.evaluate(() => (location.hash = '#/connections'));
        const there = page.locator('nav a[href="#/connections"][aria-current=page]');
        await leaves(page, async () => (await there.count()) === 1);
        if (wait.ask === undefined) screen.hold(wait.method);
        await page.evaluate((hash) => (location.hash = hash), wait.at);
        await wait.before?.(page, screen);
        if (wait.ask !== undefined) {
          // What the view asked for itself is answered before.
          await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
          screen.hold(wait.method);
          await wait.ask(page);
        }
        await expect.poll(() => screen.held(wait.method)).toBeGreaterThan(0);
        await page.getByText(wait.says).filter({ visible: true }).first().waitFor();
        if (wait.amounts !== undefined) {
          screen.progress(wait.method, wait.amounts[0]);
          await page.getByText(wait.amounts[1]).filter({ visible: true }).first().waitFor();
        }
        const failure = trouble(wait, place);
        screen.fail(wait.method, failure);
        await saysWhy(page, wait, failure);
        screen.release(wait.method);
        for (const dialog of await page.getByRole('dialog').all()) {
          await putAway(page, dialog);
        }
        for (const dismiss of await page.getByRole('button', { name: 'Dismiss' }).all())
          await dismiss.click();
      } catch (error) {
        screens.delete(scene);
        await page.context().close();
        throw error;
      }
    },
  );
});

const invented: Failure = { code: 'session_refused', message: 'Invented trouble.', hint: 'Invented remedy.' };

/** A screen for one test. */
async function alone<T>(
  work: (screen: HeldScreen) => Promise<T>,
  answers: Parameters<typeof openHeld>[2] = {},
  holdFirst: readonly MethodName[] = [],
): Promise<T> {
  const screen = await openHeld(browser, 'full', answers, holdFirst);
  try {
    return await work(screen);
  } finally {
    await screen.page.context().close();
  }
}

const focusedText = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent.trim() ?? '');

const person = {
  connection: 'acme-ks',
  connectionName: 'acme-ks',
  provider: 'salto-ks',
  sandbox: false,
  installation: 'i0',
  installationName: 'Harbour House',
  id: 'u1',
  displayName: 'Late Comer',
  email: 'late@acme.example',
  roles: [],
  status: 'active',
  expiresAt: null,
};

const toView = async ({ page }: HeldScreen, hash: string): Promise<void> => {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor();
};

test('damaged settings are no empty console, and are put right from the screen', async () => {
  await alone(
    async (screen) => {
      const { page } = screen;
      screen.fail('connections.list', { ...invented, code: 'settings_corrupt' });
      await page.getByText('The connections could not be read. Invented trouble.').waitFor();
      expect(await page.getByText('Who has access, and where').count()).toBe(0);
      screen.hold('settings.repair');
      await button(page, 'Put the last good settings back').click();
      await page.getByText('Repairing …').waitFor();
      screen.fail('settings.repair', { ...invented, message: 'No good copy.' });
      await page.getByText('The settings were not repaired. No good copy.').waitFor();
      screen.release('settings.repair');
      screen.release('connections.list');
      await button(page, 'Begin with empty settings').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Begin with empty settings' }).click();
      await page.getByText('Connections and preferences are then gone').waitFor({ state: 'detached' });
      await page.getByText('The connections could not be read.').waitFor({ state: 'detached' });
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
    },
    {},
    ['connections.list'],
  );
});

test('changes at sites go on under another view, and what stopped them is said on the way back', async () => {
  const stopped = { plan, stopped: invented };
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/system-user');
      await button(page, 'Apply …').click();
      screen.hold('systemUser.apply');
      await button(page, 'Make 2 changes').click();
      await page.getByText('Working …').waitFor();
      await toView(screen, '#/settings');
      screen.progress('systemUser.apply', { kind: 'systemUser', phase: 'applying', done: 1, of: 2 });
      await toView(screen, '#/system-user');
      await page.getByText('Changing sites: 1 of 2').waitFor();
      await toView(screen, '#/settings');
      screen.release('systemUser.apply');
      await toView(screen, '#/system-user');
      await page.getByText('Invented trouble.').waitFor();
    },
    { ...withPlan, 'systemUser.apply': stopped },
  );
});

test('what fails after its sheet was closed is said all the same, and so after its pane was', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/connections?open=acme-ks');
    screen.hold('connections.remove');
    await button(page, 'Remove').click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Removing …').waitFor();
    await sheet.getByRole('button', { name: 'Keep it' }).press('Escape');
    await sheet.waitFor({ state: 'detached' });
    const pane = page.getByRole('complementary', { name: 'Detail: acme-ks' });
    expect(await pane.isVisible(), 'Esc closes one thing').toBe(true);
    await page.getByRole('button', { name: 'Close the detail' }).click();
    await pane.waitFor({ state: 'detached' });
    await expect.poll(() => screen.held('connections.remove')).toBe(1);
    screen.fail('connections.remove', invented);
    await page.getByText('acme-ks was not removed.').waitFor();
    await page.getByText('Invented remedy.').waitFor();
    await toView(screen, '#/connections?open=acme-ks');
    screen.hold('sessions.reveal');
    await pane.getByRole('button', { name: 'Reveal' }).first().click();
    await page.getByRole('button', { name: 'Close the detail' }).click();
    await pane.waitFor({ state: 'detached' });
    await expect.poll(() => screen.held('sessions.reveal')).toBe(1);
    screen.fail('sessions.reveal', invented);
    await page.getByText('Access token of acme-ks was not fetched.').waitFor();
  });
});

test('an invitation that was not accepted is named although its plan was closed meanwhile', async () => {
  let open = true;
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/system-user');
      await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: 'Accept' }).click();
      screen.hold('sandbox.accept');
      await button(page, 'Follow the link (sandbox)').click();
      await expect.poll(() => screen.held('sandbox.accept')).toBe(1);
      open = false;
      screen.emit('systemUser.changed');
      await page.getByText('Working …').waitFor({ state: 'detached' });
      screen.fail('sandbox.accept', invented);
      await page.getByText(`The invitation of ${plan.email} was not accepted.`).waitFor();
    },
    { ...withPlan, 'systemUser.current': () => ({ plan: open ? { ...plan, waiting: 1 } : null }) },
  );
});

test('a program that is gone ends what waits for it by name, and is found again', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/connections');
    screen.hold('sessions.renew');
    await button(page, 'Renew: nebula-hq').click();
    await page.getByText('renewing …').waitFor();
    await screen.hangUp();
    await page.getByText('nebula-hq was not renewed.').waitFor();
    await page.getByText('The connection to Latchkey was lost before it answered.').waitFor();
    await page.getByText('This screen lost its connection to Latchkey.').waitFor({ state: 'detached' });
    screen.release('sessions.renew');
    await button(page, 'Renew: nebula-hq').click();
    await page.getByText('nebula-hq was renewed.').waitFor();
    expect(await page.getByText('nebula-hq was not renewed.').count(), 'what is over').toBe(0);
  });
});

test('nothing is left searching when the search is emptied, and a record that failed can be had again', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/users');
    await page.keyboard.press('Control+k');
    screen.hold('lists.users');
    await page.getByRole('combobox').fill('prado');
    await page.getByText('Searching …').waitFor();
    await page.getByRole('combobox').fill('');
    await page.getByText('Searching …').waitFor({ state: 'detached' });
    screen.release('lists.users');
    await page.keyboard.press('Escape');
    await page.getByRole('grid').getByText('@acme.example').first().click();
    screen.hold('lists.record');
    await page.getByText('The provider’s record').click();
    await expect.poll(() => screen.held('lists.record')).toBe(1);
    screen.fail('lists.record', invented);
    await page.getByText('Invented trouble.').waitFor();
    screen.release('lists.record');
    await button(page, 'Try again').click();
    await page.getByText('As the vendor sent it').waitFor();
    expect(await page.getByText('Invented trouble.').count()).toBe(0);
  });
});

test('Enter takes nobody of the words before: it waits for who is found by those that stand there', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/users');
    const first = page.getByRole('grid').locator('[role=gridcell]:first-child');
    const [one, other] = [await first.nth(0).innerText(), await first.nth(3).innerText()];
    expect(other).not.toBe(one);
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox');
    await field.fill(one);
    await page.getByRole('option', { name: one }).first().waitFor();
    screen.hold('lists.users');
    await field.fill(other);
    await expect.poll(() => screen.held('lists.users')).toBe(1);
    await page.keyboard.press('Enter');
    screen.release('lists.users');
    await page.getByRole('complementary', { name: `Detail: ${other}` }).waitFor();
  });
});

test('an encrypted file beside an open keychain is offered while nobody is signed in', async () => {
  const open = { kind: 'keychain', state: 'open', message: null, reason: null };
  const [first] = withPlan['connections.list'];
  const signedOut = { ...first, session: { ...first?.session, state: 'signed_out' } };
  await alone(
    async (screen) => {
      await screen.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
      expect(await button(screen.page, 'Open the encrypted file').count()).toBe(0);
      screen.emit('vault.changed', { ...open, file: true });
      await button(screen.page, 'Open the encrypted file').waitFor();
    },
    { 'connections.list': [signedOut] },
  );
});

test('a double click on reading reads, and what a program kept in memory alone is not said to be kept', async () => {
  const memory = { kind: 'memory', state: 'open', message: null, reason: null, file: false };
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/users');
    screen.hold('lists.sync');
    await button(page, 'Read users').dblclick();
    await button(page, 'Stop reading').waitFor();
    expect(screen.held('lists.sync')).toBe(1);
    await page.getByText('Reading: 0 rows').waitFor();
    screen.emit('vault.changed', memory);
    screen.emit('app.closing');
    await page.getByText('sessions and secrets were in its memory alone').waitFor();
  });
});

test('reading an installation that nobody has says so', async () => {
  const failure: Failure = { ...invented, code: 'not_found', message: 'No longer there.' };
  await alone(
    async ({ page, ...screen }) => {
      await toView({ page, ...screen }, '#/users?installation=gone');
      await button(page, 'Read users').last().click();
      await page.getByText('No longer there.').waitFor();
    },
    { 'lists.sync': { failures: [{ connection: 'acme-ks', installation: 'gone', failure }] } },
  );
});

test('a pause is said with who it keeps waiting, until rows of that connection come', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/users');
    screen.hold('lists.sync');
    await button(page, 'Read users').click();
    await expect.poll(() => screen.held('lists.sync')).toBe(1);
    const said = page.getByText('nebula-hq: the provider asked for a pause. Reading it goes on in');
    const rows = { kind: 'list', installation: 'i1', rows: 5, total: 10 } as const;
    screen.progress('lists.sync', {
      kind: 'waiting',
      connection: 'nebula-hq',
      until: Date.now() + 900_000,
    });
    await said.waitFor();
    screen.progress('lists.sync', { ...rows, connection: 'acme-ks' });
    await page.getByText('Reading: nebula-hq is paused by its provider for').waitFor();
    expect(await said.count()).toBe(1);
    screen.progress('lists.sync', { ...rows, connection: 'nebula-hq' });
    await said.waitFor({ state: 'detached' });
    await page.getByText('Reading: 10 rows').waitFor();
  });
});

test('a link to what is not here says what, why and what to do, and keeps the rest of the address', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    const address = (): Promise<string> => page.evaluate(() => location.hash);
    const drop = button(page, 'Remove from the link');
    const leads = (what: string): Promise<void> =>
      page.getByText(`This link leads to ${what} not here`).waitFor();
    const nobody = 'acme-ks%2Fi0%2Fnobody';

    await toView(screen, `#/users?search=ana&open=${nobody}`);
    await leads('a person who is');
    await page.getByText('The list was read whole').waitFor();
    await drop.click();
    await page.getByText('This link leads to').waitFor({ state: 'detached' });
    expect(await address()).toBe('#/users?search=ana');

    await toView(screen, '#/users?status=bloked&role=site_user');
    await page.getByText('Status: “bloked” is none of its values').waitFor();
    await page.getByText('Status can be active, pending, suspended, blocked, expired.').waitFor();
    await drop.click();
    await page.getByText('is none of its values').waitFor({ state: 'detached' });
    expect(await address()).toBe('#/users?role=site_user');

    await toView(screen, '#/users?connection=gone&status=blocked');
    await leads('a connection that is');
    await drop.click();
    await page.getByRole('grid').getByText('@acme.example').first().waitFor();
    expect(await address()).toBe('#/users?status=blocked');
    await toView(screen, '#/users?connection=acme-ks&installation=nowhere');
    await leads('an installation that is');

    for (const [hash, what] of [
      ['#/installations?open=acme-ks%2Fnowhere', 'an installation that is'],
      [`#/installations?connection=${'gone'.repeat(80)}`, 'a connection that is'],
      ['#/connections?open=gone', 'a connection that is'],
      ['#/activity?open=4000', 'an entry that is'],
    ] as const) {
      await toView(screen, hash);
      await leads(what);
    }
    await toView(screen, '#/users?sort=colour');
    await page.getByText('Sort: “colour” is none of its values').waitFor();
    await toView(screen, '#/tokens?connection=acme-ks&token=session');
    await page.getByText('Token: “session” is none of its values').waitFor();
    await toView(screen, `#/users?find=nobody&places=${places}`);
    await page.getByText('Find people: “nobody” is none of its values').waitFor();
    await drop.click();
    await page.getByText('is none of its values').waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    await toView(screen, `#/users?find=everywhere&places=${places}%2Cacme-ks%252Fnowhere`);
    await page.getByText('This link compares 1 installation more').waitFor();

    await toView(screen, '#/user?status=blocked');
    await page.getByText('There is no view “user”').waitFor();
    await page.getByRole('link', { name: 'Open Users with the rest of the link' }).click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    expect(await address()).toBe('#/users?status=blocked');
  });
});

test('a link to somebody far down opens, and to somebody who comes later as soon as they are there', async () => {
  const asked: unknown[] = [];
  const rows: unknown[] = [];
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/users?open=acme-ks%2Fi0%2Flate');
      await page.getByText('This link leads to a person who is not here.').waitFor();
      rows.push({ ...person, id: 'late' });
      screen.emit('lists.changed');
      await page.getByRole('complementary', { name: 'Detail: Late Comer' }).waitFor();
      await page.getByText('This link leads to').waitFor({ state: 'detached' });
      expect(asked[0]).toEqual({ connection: 'acme-ks', installation: 'i0', id: 'late' });
    },
    {
      'lists.user': (of: unknown) => {
        asked.push(of);
        return { row: rows[0] ?? null };
      },
    },
  );
});

test('of a search that is longer than what can be searched for nothing is lost, and what is searched is said', async () => {
  const asked: (string | undefined)[] = [];
  await alone(
    async (screen) => {
      const { page } = screen;
      const long = 'prado '.repeat(500).trim();
      await toView(screen, `#/users?search=${encodeURIComponent(long)}`);
      await page
        .getByText('This search has 2,999 characters, and at most 200 can be searched for.')
        .waitFor();
      await page.getByText('Nothing found').waitFor();
      expect(await page.getByRole('textbox', { name: 'Search users' }).inputValue()).toBe(long);
      expect(asked.map((search) => search?.length)).toEqual(asked.map(() => 200));
    },
    {
      'lists.users': ({ search }: Input<'lists.users'>) => {
        asked.push(search);
        return { rows: [], total: 0 };
      },
    },
  );
});

test('people who changed while they were compared are compared again', async () => {
  const compared = { rows: [], total: 0, withoutEmail: 0, old: true, incomplete: [] };
  await alone(
    async (screen) => {
      await toView(screen, `#/users?find=everywhere&places=${places}`);
      await screen.page.getByText('Nobody is in all of them').waitFor();
      screen.hold('lists.compare');
      await expect.poll(() => screen.held('lists.compare')).toBe(1);
    },
    { 'lists.compare': compared },
  );
});

test('however fast lists change, a screen asks one thing at a time, and once more when the answer is here', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    for (const [view, method] of [
      ['overview', 'lists.overview'],
      ['users', 'lists.facets'],
      ['users', 'lists.users'],
    ] as const) {
      await toView(screen, `#/${view}`);
      await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
      screen.hold(method);
      let states = 0;
      for (let times = 0; times < 6; times += 1) {
        // A change counts when its states were asked for and answered.
        screen.hold('lists.states');
        screen.emit('lists.changed');
        await expect.poll(() => screen.held('lists.states'), { timeout: 30_000 }).toBe(1);
        screen.release('lists.states');
        states += 1;
        await expect.poll(() => screen.held(method)).toBe(1);
      }
      expect(states).toBe(6);
      screen.hold('lists.states');
      screen.release(method);
      screen.hold(method);
      await expect.poll(() => screen.held(method)).toBe(1);
      screen.release(method);
      screen.release('lists.states');
    }
  });
});

test('a comparison that somebody leaves is not gone on with', async () => {
  await alone(async (screen) => {
    screen.hold('lists.compare');
    await toView(screen, `#/users?find=everywhere&places=${places}`);
    await expect.poll(() => screen.held('lists.compare')).toBeGreaterThan(0);
    await button(screen.page, 'Back to users').click();
    await expect.poll(() => screen.givenUp('lists.compare')).toBe(screen.held('lists.compare'));
  });
});

test('rows that were compared before people changed are asked for again, whatever answers come after them', async () => {
  const person = (at: number): unknown => ({
    email: `person.${at}@site.example`,
    displayName: `Person ${at}`,
    users: [],
  });
  const asked: number[] = [];
  const compared = ({ offset, limit }: Input<'lists.compare'>): unknown => {
    asked.push(offset);
    const rows = Array.from({ length: Math.min(limit, 150 - offset) }, (_, at) => person(offset + at));
    return { rows, total: 150, withoutEmail: 0, old: !asked.includes(100), incomplete: [] };
  };
  await alone(
    async (screen) => {
      await toView(screen, `#/users?find=everywhere&places=${places}`);
      await screen.page.getByRole('grid').getByText('Person 0', { exact: true }).click();
      await screen.page.keyboard.press('End');
      await screen.page.getByRole('grid').getByText('Person 149', { exact: true }).waitFor();
      await screen.page.keyboard.press('Home');
      await expect.poll(() => asked.lastIndexOf(0), { timeout: 30_000 }).toBeGreaterThan(asked.indexOf(100));
    },
    { 'lists.compare': compared },
  );
});

test('an export says no number of the search before', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/users');
    await page.locator('[role=grid][aria-busy=false]').getByText('@acme.example').first().waitFor();
    screen.hold('lists.users');
    await page.getByRole('textbox', { name: 'Search users' }).fill('prado');
    await page.locator('[role=grid][aria-busy=true]').waitFor();
    await button(page, 'Export').click();
    await page.getByText('Counting what is searched and filtered …').waitFor();
    screen.release('lists.users');
    await page.getByText(/^(All )?\d+ rows?, as searched and filtered$/).waitFor();
    await page.locator('[role=grid][aria-busy=false]').waitFor();
  });
});

test('the export of a comparison says how many people it has, which are not its rows', async () => {
  const compared = { rows: [], total: 1452, withoutEmail: 0, old: false, incomplete: [] };
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, `#/users?find=everywhere&places=${places}`);
      await button(page, 'Export').click();
      await page.getByText('All 1,452 people, with a row for each of their users').waitFor();
    },
    { 'lists.compare': compared },
  );
});

test('rows come in a page that draws no frames, as one behind another window', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/connections');
    await page.evaluate(() => (globalThis.requestAnimationFrame = () => 0));
    await toView(screen, '#/users');
    await page.getByRole('grid').getByText('@acme.example').first().waitFor();
  });
});

test('Back closes the detail that was opened and Forward opens it; moving through a list leaves no steps', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    const address = (): Promise<string> => page.evaluate(() => location.hash);
    const steps = (): Promise<number> => page.evaluate(() => history.length);
    const pane = page.getByRole('complementary');
    const closed = (): Promise<void> => pane.waitFor({ state: 'detached' });
    for (const [hash, first] of [
      ['#/users', '@acme.example'],
      ['#/connections', 'acme-ks'],
    ] as const) {
      await toView(screen, '#/overview');
      await toView(screen, hash);
      const before = await steps();
      await page.getByRole('grid').getByText(first).first().click();
      await pane.waitFor();
      const clicked = await address();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
      await expect.poll(address).not.toBe(clicked);
      const opened = await address();
      expect(opened).toContain('open=');
      expect(await steps(), hash).toBe(before + 1);
      await page.goBack();
      await closed();
      expect(await address()).toBe(hash);
      await page.goForward();
      await pane.waitFor();
      expect(await address()).toBe(opened);
      // Back takes the pane away with the keyboard in it.
      await page.getByRole('button', { name: 'Close the detail' }).focus();
      await page.goBack();
      await closed();
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
      await page.keyboard.press('Enter');
      await pane.waitFor();
      expect(await steps(), hash).toBe(before + 1);
      // Closing undoes the step: there is no place twice in the history.
      await page.keyboard.press('Escape');
      await closed();
      await expect.poll(address).toBe(hash);
      await page.goBack();
      await expect.poll(address).toBe('#/overview');
    }
    await toView(screen, '#/users');
    await page.getByRole('grid').getByText('@acme.example').first().click();
    await pane.waitFor();
    await page.getByRole('textbox', { name: 'Search users' }).fill('prado');
    await closed();
    await expect.poll(address).toBe('#/users?search=prado');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await pane.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.goBack();
    await expect.poll(address).toBe('#/users?search=prado');
    await page.goBack();
    await expect.poll(address).toBe('#/overview');
  });
});

test('what was typed for a connection is dropped only when somebody says so, and nothing is asked where nothing was', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    const sheet = page.getByRole('dialog', { name: 'Add a connection' });
    const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
    await toView(screen, '#/connections');
    await fillIn(page);
    const secret = sheet.getByLabel('Client secret', { exact: true });
    // A second Esc answers the question, and does not close what it is about.
    for (let time = 0; time < 2; time += 1) {
      await page.keyboard.press('Escape');
      await question.waitFor();
      await expect.poll(() => focusedText(page)).toBe('Keep typing');
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      await expect.poll(() => secret.evaluate((it) => it === document.activeElement)).toBe(true);
    }
    await sheet.getByRole('button', { name: 'Close' }).click();
    await question.getByRole('button', { name: 'Keep typing' }).click();
    expect(await secret.inputValue()).toBe('an invented secret');
    await sheet.getByRole('button', { name: 'Back' }).click();
    await question.getByRole('button', { name: 'Discard' }).click();
    await sheet.getByRole('button', { name: /^A service/ }).click();
    expect(await secret.inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(await question.count()).toBe(0);
  });
});

test('what was typed in the settings or to change a connection stays until somebody agrees to leave it', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
    const keep = question.getByRole('button', { name: 'Keep typing' });
    const address = (): Promise<string> => page.evaluate(() => location.hash);
    await toView(screen, '#/overview');
    await toView(screen, '#/settings');
    const field = page.getByLabel(/^Without the proxy/);
    await field.fill('internal.example');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Users' }).click();
    await keep.click();
    await field.blur();
    await page.keyboard.press('4');
    await keep.click();
    await page.goBack();
    await keep.click();
    await question.waitFor({ state: 'detached' });
    expect(await address()).toBe('#/settings');
    expect(await field.inputValue()).toBe('internal.example');
    await page.goBack();
    await question.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(await address()).toBe('#/overview');

    await toView(screen, '#/settings');
    expect(await field.inputValue()).toBe('');
    await toView(screen, '#/connections?open=acme-ks');
    await button(page, 'Change').click();
    const sheet = page.getByRole('dialog', { name: 'Change acme-ks' });
    await sheet.getByLabel('Client id').fill('another');
    await page.goBack();
    await keep.click();
    expect(await sheet.getByLabel('Client id').inputValue()).toBe('another');
    await page.goBack();
    await question.getByRole('button', { name: 'Discard' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });
});

test('what is typed for the network stays while another setting is changed', async () => {
  await alone(async ({ page, ...screen }) => {
    await toView({ page, ...screen }, '#/settings');
    await page.getByLabel(/^Without the proxy/).fill('internal.example');
    await page.getByRole('switch').click();
    await page.getByRole('switch', { checked: false }).waitFor();
    expect(await page.getByLabel(/^Without the proxy/).inputValue()).toBe('internal.example');
  });
});

test('a sign-in that failed leads to what was typed, and a list that waits for one to signing in', async () => {
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/connections');
      screen.fail('sessions.signIn', { ...invented, code: 'client_rejected' });
      await button(page, 'Sign in: konexus').click();
      await button(page, 'Change the connection').click();
      await page.getByRole('dialog', { name: 'Change konexus' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await toView(screen, '#/installations');
      const note = page.getByRole('alert').filter({ hasText: 'Installations of konexus' });
      await note.getByText('Sign in again.', { exact: true }).waitFor();
      expect(await note.getByRole('button', { name: 'Try again' }).count()).toBe(0);
      await note.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('dialog', { name: 'Sign in to konexus' }).waitFor();
    },
    {
      'lists.states': [
        {
          kind: 'installations',
          connection: 'konexus',
          connectionName: 'konexus',
          installation: null,
          rows: 0,
          complete: false,
          loading: false,
          arriving: null,
          total: null,
          fetchedAt: null,
          failure: {
            code: 'session_refused',
            message: 'It ended.',
            hint: 'Sign in again: latchkey login konexus',
          },
          resumable: false,
          filter: null,
        },
      ],
    },
  );
});

test('in a low window what a test found is on the screen, and in a narrow one who a connection is', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await page.setViewportSize({ width: 1280, height: 560 });
    await toView(screen, '#/connections');
    await fillIn(page);
    await button(page, 'Test').click();
    const found = page.getByRole('status', { name: 'What the test found' });
    await found.waitFor();
    const floor = await page.getByRole('dialog').locator('footer').boundingBox();
    await expect
      .poll(async () => {
        const box = await found.boundingBox();
        return box === null || floor === null ? null : box.y + box.height <= floor.y + 1;
      })
      .toBe(true);
    await putAway(page, page.getByRole('dialog'));
    await page.setViewportSize({ width: 380, height: 760 });
    const name = page.getByRole('grid').getByText('smartenit-lab', { exact: true });
    await expect.poll(async () => (await name.boundingBox())?.width ?? 0).toBeGreaterThan(60);
  });
});

test('a vault that somebody else closed is said, with the way to open it', async () => {
  const locked = {
    kind: 'keychain',
    state: 'locked',
    message: 'The keychain is locked.',
    reason: 'locked',
    file: false,
  };
  const [first] = withPlan['connections.list'];
  const unknown = { ...first?.session, state: 'unknown', subject: null };
  await alone(
    async (screen) => {
      await screen.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
      screen.emit('connections.changed');
      await button(screen.page, 'Unlock and try again').waitFor();
      await screen.page.getByText('Vault locked').waitFor();
      await toView(screen, '#/settings');
      screen.fail('vault.lock', { ...invented, code: 'vault_locked' });
      await button(screen.page, 'Lock now').click();
      await screen.page.getByText('This console was not locked.').waitFor();
      screen.emit('vault.changed', { ...locked, state: 'open', message: null, reason: null, file: false });
      await screen.page.getByText('This console was not locked.').waitFor({ state: 'detached' });
    },
    { 'vault.info': locked, 'connections.list': [{ ...first, session: unknown }] },
  );
});

test('whose installations could not be listed is said beside the users, whom that keeps away', async () => {
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/users');
      await page.getByText('Installations of acme-ks: It stopped.').waitFor();
      screen.hold('lists.sync');
      await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
      await page.getByText(/^Reading: 0 rows/).waitFor();
      expect(screen.inputs('lists.sync')).toEqual([{ connections: ['acme-ks'], users: true }]);
    },
    {
      'lists.states': [
        {
          kind: 'installations',
          connection: 'acme-ks',
          connectionName: 'acme-ks',
          installation: null,
          rows: 0,
          complete: false,
          loading: false,
          arriving: null,
          total: null,
          fetchedAt: null,
          failure: { code: 'provider_failed', message: 'It stopped.', hint: 'Try again in a minute.' },
          resumable: false,
          filter: null,
        },
      ],
    },
  );
});

test('what is wrong with a network setting stands at its field, until that is corrected', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/settings');
    await page.getByRole('radio', { name: 'This one' }).check();
    await page.getByLabel(/^Proxy address/).fill('socks://proxy.example');
    for (const [field, label] of [
      ['proxy', 'Proxy address'],
      ['proxyUsername', 'Proxy user name'],
      ['noProxy', 'Without the proxy'],
      ['caFile', 'Further certificate authorities'],
    ] as const) {
      const message = `Invented trouble with ${field}.`;
      screen.fail('preferences.change', { ...invented, code: 'input_invalid', message, field });
      await button(page, 'Save network settings').click();
      const control = page.getByLabel(new RegExp(`^${label}`));
      await expect.poll(() => control.evaluate((it) => it === document.activeElement)).toBe(true);
      expect(await control.getAttribute('aria-invalid')).toBe('true');
      const ids = (await control.getAttribute('aria-describedby')) ?? '';
      const said = await page
        .locator(
          ids
            .split(' ')
            .map((id) => `[id="${id}"]`)
            .join(','),
        )
        .allInnerTexts();
      expect(said).toContain(`${message} Invented remedy.`);
      expect(await page.getByText(message).count(), 'it is said once').toBe(1);
      await control.pressSequentially('x');
      await page.getByText(message).waitFor({ state: 'detached' });
    }
    // A field that is not on the screen cannot say it.
    screen.fail('preferences.change', {
      ...invented,
      code: 'input_invalid',
      message: 'Hidden.',
      field: 'proxy',
    });
    await page.getByRole('radio', { name: 'None' }).check();
    await button(page, 'Save network settings').click();
    await page.getByRole('alert').getByText('Hidden.').waitFor();
  });
});

test('a text that is too long for a token is not taken and never shown, and what stood there before stays', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/tokens');
    const box = page.getByRole('textbox', { name: 'Paste a token' });
    const long = 'secret '.repeat(200_000);
    await box.fill(long);
    await page.getByRole('alert').getByText('That is too long and was not taken').waitFor();
    expect(await box.inputValue()).toBe('');
    await box.fill('an.invented.token');
    await page.getByText('That is too long').waitFor({ state: 'detached' });
    // A paste does not even begin, for the box would show it for a moment.
    const begun = await box.evaluate((element, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      const paste = { clipboardData, bubbles: true, cancelable: true };
      return element.dispatchEvent(new ClipboardEvent('paste', paste));
    }, long);
    expect(begun).toBe(false);
    await page.getByText('That is too long').waitFor();
    expect(await box.inputValue()).toBe('an.invented.token');
    expect(await box.getAttribute('aria-invalid')).toBe('true');
  });
});

test('what is wrong with a field under Advanced is seen although that is closed', async () => {
  await alone(async (screen) => {
    const { page } = screen;
    await toView(screen, '#/connections');
    await fillIn(page);
    for (const [field, label] of [
      ['overrides', 'More settings'],
      ['clientAuth', 'Client authentication'],
    ] as const) {
      const message = `Invented trouble with ${field}.`;
      screen.fail('connections.test', { ...invented, code: 'input_invalid', message, field });
      await button(page, 'Test').click();
      await page.getByText(message).filter({ visible: true }).waitFor();
      const control = page.getByRole('dialog').getByLabel(label);
      await expect.poll(() => control.evaluate((it) => it === document.activeElement)).toBe(true);
      await page.getByText(/^Advanced/).click();
      await page.getByText(message).filter({ visible: true }).waitFor({ state: 'detached' });
    }
  });
});

test('what stopped the changes of one plan is not said of the next', async () => {
  const current: { plan: typeof plan | null } = { plan };
  await alone(
    async (screen) => {
      const { page } = screen;
      await toView(screen, '#/system-user');
      await button(page, 'Apply …').click();
      await button(page, 'Make 2 changes').click();
      await page.getByText('Invented trouble.').waitFor();
      current.plan = { ...plan, id: 'next', email: 'next@acme.example' };
      screen.emit('systemUser.changed');
      await page.getByText('next@acme.example').first().waitFor();
      expect(await page.getByText('Invented trouble.').count()).toBe(0);
    },
    { ...withPlan, 'systemUser.current': current, 'systemUser.apply': { plan, stopped: invented } },
  );
});
