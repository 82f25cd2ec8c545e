import type { Locator, Page } from 'playwright';
import type { MethodName, SystemUserPlan } from '../../../preload/contract.ts';
import type { ErrorCode } from '../../../preload/errors.ts';
import type { Scene } from '../../../renderer/dev/fake.ts';
import type { HeldScreen } from './held-screen.ts';

/**
 * Every request that the screen makes, held and then refused: while it waits the screen says so, and when it fails it
 * says what, why and what to do. The bridge is in the test's hands; the screen is the built one.
 */
export interface Wait {
  readonly method: MethodName;
  /** Where it happens, when a method is asked for in several places. */
  readonly where?: string;
  readonly scene?: Scene;
  /** The address to begin at. */
  readonly at: string;
  /** Up to the moment before it is asked for. */
  readonly before?: (page: Page, screen: HeldScreen) => Promise<void>;
  /** Has it asked for; nothing where the address alone does. */
  readonly ask?: (page: Page) => Promise<void>;
  /** What is said while it waits. */
  readonly says: string | RegExp;
  /** Amounts that the core tells, and what is said then. */
  readonly amounts?: readonly [Parameters<HeldScreen['progress']>[1], string];
  /** What names the subject where the failure does not stand beside it. */
  readonly names?: string | RegExp;
  /** Its failures are of a code that means something there. */
  readonly code?: ErrorCode;
  /** After it failed: what must not be on the screen. */
  readonly gone?: (page: Page) => Locator;
}

export const plan: SystemUserPlan = {
  id: 'plan',
  madeAt: 1,
  connection: 'acme-ks',
  connectionName: 'acme-ks',
  misfit: null,
  sandbox: true,
  email: 'integration@acme.example',
  firstName: 'System',
  lastName: 'User',
  role: 'site_owner',
  fallbackRole: 'site_admin',
  rows: 2,
  states: { absent: 2 },
  actions: { invite: 2 },
  outcomes: {},
  left: 2,
  leftActions: { invite: 2 },
  stuck: 0,
  waiting: 0,
  verified: null,
};
const site = {
  site: 's1',
  name: 'Harbour House',
  state: 'absent',
  action: 'invite',
  role: 'site_owner',
  roles: [],
  message: 'Not there.',
  nextStep: 'Invite.',
  outcome: null,
  verdict: null,
};
const systemUser = {
  info: {
    version: '0.1.0',
    door: 'browser',
    vault: { kind: 'keychain', state: 'open', message: null, reason: null, file: false },
    sandbox: true,
  },
  connection: {
    provider: 'salto-ks',
    environment: 'production',
    clientId: 'c',
    clientAuth: 'basic',
    scope: null,
    redirectPorts: [],
    redirectPath: '/callback',
    overrides: {},
    sandbox: true,
    session: {
      state: 'signed_in',
      subject: 's',
      displayName: null,
      expiresAt: null,
      refreshExpiresAt: null,
      failure: null,
      nextTryAt: null,
      signInBy: null,
      warnFrom: null,
      tokens: [],
    },
  },
};
/** A plan in its middle: something to apply, an invitation open, its connection there. */
export const withPlan = {
  'app.info': systemUser.info,
  'connections.list': [
    { ...systemUser.connection, id: 'acme-ks', name: 'acme-ks', grant: 'authorization_code', username: null },
    { ...systemUser.connection, id: 'robot', name: 'robot', grant: 'password', username: plan.email },
    {
      ...systemUser.connection,
      id: 'nebula-hq',
      name: 'nebula-hq',
      provider: 'salto-nebula',
      grant: 'client_credentials',
      username: null,
    },
  ],
  'systemUser.current': { plan: { ...plan, waiting: 1 } },
  'systemUser.rows': { rows: [site, { ...site, site: 's2' }], total: 2 },
  'systemUser.review': { notes: [] },
  'tokens.keys': [
    {
      issuer: 'https://identity.example',
      address: 'https://identity.example/keys',
      connections: ['acme-ks'],
      generations: [],
    },
  ],
};

export const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name }).first();
const press = (name: string | RegExp) => (page: Page) => button(page, name).click();
const step = (name: string) => (page: Page) =>
  page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name }).click();
export const fillIn = async (page: Page): Promise<void> => {
  await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^(?:Ne )?Salto Nebula/ }).click();
  await dialog.getByRole('button', { name: /^A service/ }).click();
  await dialog.getByLabel('Client id').fill('acme');
  await dialog.getByLabel('Client secret', { exact: true }).fill('an invented secret');
};
const session = (kind: string): string => `#/tokens?connection=acme-ks&token=${kind}`;
const openKeys = (page: Page): Promise<void> =>
  page.locator('summary').filter({ hasText: 'Kept keys' }).click();
/** Two installations, as the address names what is compared. */
export const places = 'acme-ks%2Fi0%2Cacme-ks%2Fi1';

/** The first answers: the page is opened anew for each. */
export const firsts: readonly Wait[] = [
  { method: 'app.info', at: '', says: /^Starting|Loading/ },
  {
    method: 'connections.list',
    at: '',
    says: /^Starting|Loading/,
    names: 'The connections could not be read.',
  },
  { method: 'providers.list', at: '', says: /^Starting|Loading/, names: 'The platforms could not be read.' },
  { method: 'lists.states', at: '', says: /^Starting|Loading/, names: 'how the lists stand' },
];

export const waits: readonly Wait[] = [
  {
    method: 'lists.overview',
    at: '#/overview',
    says: 'Counting …',
    names: 'Users could not be counted.',
    gone: (page) => page.getByText('…', { exact: true }),
  },
  {
    method: 'sessions.signIn',
    where: 'overview',
    at: '#/overview',
    ask: press('Sign in: konexus needs'),
    says: 'signing in …',
    names: 'Sign in to konexus',
  },
  {
    method: 'sessions.signIn',
    where: 'connections',
    at: '#/connections',
    ask: press('Sign in: konexus'),
    says: 'Working …',
    names: 'Sign in to konexus',
  },
  {
    method: 'sessions.renew',
    where: 'list',
    at: '#/connections',
    ask: press('Renew: nebula-hq'),
    says: 'renewing …',
    names: 'nebula-hq was not renewed.',
  },
  {
    method: 'sessions.renew',
    where: 'detail',
    at: '#/connections?open=acme-ks',
    ask: (page) => page.getByRole('complementary').getByRole('button', { name: 'Renew' }).click(),
    says: 'Renewing …',
    names: 'acme-ks was not renewed.',
  },
  {
    method: 'sessions.signOut',
    at: '#/connections?open=acme-ks',
    ask: press('Sign out'),
    says: 'Signing out …',
    names: 'acme-ks was not signed out.',
  },
  {
    method: 'sessions.reveal',
    at: '#/connections?open=acme-ks',
    ask: press('Reveal'),
    says: 'Fetching …',
    names: /token of acme-ks was not fetched/,
  },
  {
    method: 'connections.test',
    at: '#/connections',
    before: fillIn,
    ask: press('Test'),
    says: 'Testing …',
    amounts: [{ kind: 'steps', done: 1, of: 4 }, 'Testing: 1 of 4 steps'],
  },
  { method: 'connections.add', at: '#/connections', before: fillIn, ask: press('Save'), says: 'Saving …' },
  {
    method: 'connections.change',
    at: '#/connections?open=acme-ks',
    before: press('Change'),
    ask: press('Save'),
    says: 'Saving …',
    names: 'Change acme-ks',
  },
  {
    method: 'connections.remove',
    at: '#/connections?open=acme-ks',
    before: press('Remove'),
    ask: (page) => page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click(),
    says: 'Removing …',
    names: 'Remove acme-ks?',
  },
  {
    method: 'lists.installations',
    at: '#/installations',
    says: 'Loading …',
    names: 'Installations could not be shown.',
    gone: (page) => page.getByText('Loading …'),
  },
  {
    method: 'lists.users',
    where: 'first',
    at: '#/users',
    says: 'Loading …',
    names: 'Users could not be shown.',
    gone: (page) => page.getByText('Loading …'),
  },
  {
    method: 'lists.users',
    where: 'search',
    at: '#/users',
    before: (page) => page.getByText('4,218 users').first().waitFor(),
    ask: (page) => page.getByRole('textbox', { name: 'Search users' }).fill('prado'),
    says: 'Loading …',
    names: 'Users could not be shown.',
    gone: (page) => page.getByRole('grid'),
  },
  {
    method: 'lists.users',
    where: 'elsewhere',
    at: '#/users',
    ask: (page) => page.getByRole('grid').getByText('@acme.example').first().click(),
    before: (page) => page.getByText('4,218 users').first().waitFor(),
    says: 'Looking …',
    names: 'Access elsewhere',
  },
  {
    method: 'lists.user',
    at: '#/users?open=acme-ks%2Fi0%2Fnobody',
    says: 'Looking for what the link leads to',
    names: 'What the link leads to could not be looked for.',
  },
  {
    method: 'lists.installation',
    at: '#/installations?open=acme-ks%2Fnowhere',
    says: 'Looking for what the link leads to',
    names: 'What the link leads to could not be looked for.',
  },
  {
    method: 'lists.facets',
    at: '#/users',
    says: 'Counting the filters …',
    names: 'The filters could not be counted.',
  },
  {
    method: 'lists.record',
    at: '#/users',
    before: (page) => page.getByRole('grid').getByText('@acme.example').first().click(),
    ask: (page) => page.getByText('The provider’s record').click(),
    says: 'Fetching the record …',
  },
  {
    method: 'lists.compare',
    at: `#/users?find=everywhere&places=${places}`,
    says: 'Loading …',
    amounts: [{ kind: 'comparison', done: 1200, of: 4000 }, 'Comparing: 1,200 of 4,000 users'],
    names: 'Compare could not be shown.',
  },
  {
    method: 'lists.sync',
    at: '#/users',
    ask: press('Read users'),
    says: 'Reading: 0 rows',
    amounts: [
      { kind: 'list', connection: 'acme-ks', installation: 'i1', rows: 5, total: 10 },
      'Reading: 5 rows, 1 of 6 lists',
    ],
    names: 'The lists were not read.',
  },
  {
    method: 'exports.start',
    at: '#/users',
    before: press('Export'),
    ask: (page) =>
      page
        .getByRole('menuitem', { name: /^CSV UTF-8, for|^CSV$|^CSV UTF/ })
        .first()
        .click(),
    says: 'Preparing the export …',
    amounts: [{ kind: 'export', rows: 5, total: 10 }, 'Exporting: 5 of 10 rows'],
    names: 'The export of users failed.',
    code: 'export_failed',
    gone: (page) => page.getByRole('button', { name: 'Export what is here' }),
  },
  {
    method: 'lists.users',
    where: 'palette',
    at: '#/overview',
    before: (page) => page.keyboard.press('Control+k'),
    ask: (page) => page.getByRole('combobox').fill('prado'),
    says: 'Searching …',
    names: 'could not be searched',
    gone: (page) => page.getByText(/^Nothing found/),
  },
  { method: 'activity.list', at: '#/activity', says: 'Loading …', names: 'Activity could not be shown.' },
  {
    method: 'activity.export',
    at: '#/activity',
    ask: press('Export'),
    says: 'Exporting …',
    names: 'The activity was not exported.',
  },
  {
    method: 'preferences.read',
    at: '#/settings',
    says: 'Loading the settings …',
    names: 'The settings could not be read.',
  },
  {
    method: 'preferences.change',
    where: 'network',
    at: '#/settings',
    before: (page) => page.getByLabel(/^Without the proxy/).fill('internal.example'),
    ask: press('Save network settings'),
    says: 'Saving …',
  },
  {
    method: 'preferences.change',
    where: 'lists kept',
    at: '#/settings',
    ask: (page) => page.getByRole('switch').click(),
    says: 'Saving …',
    names: '“Keep lists for the next start” was not changed.',
    gone: (page) => page.getByRole('switch', { checked: false }),
  },
  {
    method: 'preferences.change',
    where: 'idle',
    at: '#/settings',
    ask: async (page) => {
      await page.getByRole('combobox').selectOption('5');
    },
    says: 'Saving …',
    names: '“Lock by itself” was not changed.',
  },
  {
    method: 'app.diagnose',
    at: '#/settings',
    ask: press('Check now'),
    says: 'Checking …',
    amounts: [{ kind: 'steps', done: 2, of: 5 }, 'Checking: 2 of 5 servers'],
  },
  {
    method: 'app.clearAllData',
    at: '#/settings',
    before: async (page) => {
      await button(page, /^Clear all data/).click();
      await page.getByRole('dialog').getByRole('textbox').fill('clear');
    },
    ask: press('Clear everything'),
    says: 'Clearing …',
    names: 'Clear everything?',
  },
  {
    method: 'vault.lock',
    at: '#/settings',
    ask: press('Lock now'),
    says: 'Locking …',
    names: 'This console was not locked.',
  },
  {
    method: 'vault.unlock',
    scene: 'locked',
    at: '#/overview',
    ask: press('Unlock and try again'),
    says: 'Waiting for the keychain …',
    names: 'The keychain was not unlocked.',
  },
  {
    method: 'vault.use',
    scene: 'locked',
    at: '#/overview',
    before: press('Memory only, for this run'),
    ask: press('Use memory only'),
    says: 'Opening …',
    names: 'Keep tokens in memory only?',
  },
  {
    method: 'sandbox.start',
    scene: 'empty',
    at: '#/overview',
    ask: press('Explore with the sandbox'),
    says: 'Starting the sandbox …',
    names: 'You want to look first',
  },
  { method: 'tokens.inspect', at: session('access'), says: 'Looking at the token …' },
  {
    method: 'tokens.compareRenewed',
    at: session('access'),
    ask: press('Renew and compare'),
    says: 'Renewing, then comparing …',
  },
  {
    method: 'tokens.compare',
    at: session('access'),
    before: press('Compare with another'),
    ask: press('Inspect the access token of nebula-hq'),
    says: 'Looking at the token …',
  },
  {
    method: 'tokens.introspect',
    at: session('access'),
    before: (page) =>
      page
        .locator('summary')
        .filter({ hasText: /server/ })
        .last()
        .click(),
    ask: press(/^Ask|^Send/),
    says: 'Asking …',
  },
];

export const setUp: readonly Wait[] = [
  {
    method: 'systemUser.current',
    at: '#/system-user',
    says: 'Loading …',
    names: 'The plan of this profile could not be read.',
    gone: (page) => button(page, 'Look at my sites'),
  },
  {
    method: 'systemUser.rows',
    at: '#/system-user',
    says: /.*/,
    names: 'The sites of the plan could not be shown.',
  },
  {
    method: 'systemUser.export',
    at: '#/system-user',
    ask: press('Save the plan'),
    says: 'Saving …',
    names: 'The plan was not saved.',
  },
  {
    method: 'systemUser.open',
    at: '#/system-user',
    ask: (page) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'ours.json', mimeType: 'application/json', buffer: Buffer.from('{}') }),
    says: 'Opening …',
    names: 'ours.json was not opened.',
  },
  {
    method: 'systemUser.close',
    at: '#/system-user',
    ask: press('Close the plan'),
    says: 'Closing …',
    names: 'The plan was not closed.',
  },
  {
    method: 'systemUser.plan',
    at: '#/system-user',
    before: async (page) => {
      await step('Plan')(page);
      await page.getByLabel('System user’s e-mail').fill('robot@acme.example');
    },
    ask: press('Look at my sites'),
    says: 'Working …',
    amounts: [{ kind: 'systemUser', phase: 'planning', done: 3, of: 7 }, 'Looking at sites: 3 of 7'],
  },
  {
    method: 'systemUser.review',
    at: '#/system-user',
    ask: press('Apply …'),
    says: 'Looking whether the plan still fits …',
  },
  {
    method: 'systemUser.rows',
    where: 'the changes',
    at: '#/system-user',
    ask: press('Apply …'),
    says: 'Listing the changes: 0 of 2',
    names: 'The changes could not be listed',
  },
  {
    method: 'systemUser.apply',
    at: '#/system-user',
    before: press('Apply …'),
    ask: press('Make 2 changes'),
    says: 'Working …',
    amounts: [{ kind: 'systemUser', phase: 'applying', done: 1, of: 2 }, 'Changing sites: 1 of 2'],
  },
  {
    method: 'systemUser.watch',
    at: '#/system-user',
    before: step('Accept'),
    ask: press('Watch until it is accepted'),
    says: 'Working …',
    amounts: [{ kind: 'systemUser', phase: 'watching', done: 0, of: 1 }, 'Invitations accepted: 0 of 1'],
  },
  {
    method: 'sandbox.accept',
    at: '#/system-user',
    before: step('Accept'),
    ask: press('Follow the link (sandbox)'),
    says: 'Working …',
    names: 'The invitation of integration@acme.example was not accepted.',
  },
  {
    method: 'systemUser.connect',
    at: '#/system-user',
    before: async (page) => {
      await step('Connect')(page);
      await page.getByLabel('Client id').fill('c');
      await page.getByLabel('System user’s password', { exact: true }).fill('an invented password');
    },
    ask: press('Connect and sign in'),
    says: 'Connecting and signing in …',
  },
  {
    method: 'systemUser.verify',
    at: '#/system-user',
    before: step('Verify'),
    ask: (page) => page.getByRole('main').getByRole('button', { name: 'Verify', exact: true }).last().click(),
    says: 'Working …',
    amounts: [{ kind: 'systemUser', phase: 'verifying', done: 1, of: 2 }, 'Checking sites: 1 of 2'],
  },
  {
    method: 'systemUser.record',
    at: '#/system-user',
    ask: step('Record'),
    says: 'Loading …',
    names: 'The record could not be read.',
  },
  {
    method: 'systemUser.reach',
    at: '#/system-user',
    before: step('Other platforms'),
    ask: press(/^Look/),
    says: /^Looking/,
  },
  { method: 'tokens.keys', at: '#/tokens', before: openKeys, says: 'Loading …' },
  {
    method: 'tokens.refreshKeys',
    at: '#/tokens',
    before: openKeys,
    ask: press(/identity\.example/),
    says: 'Fetching …',
    names: 'The keys of https://identity.example could not be fetched.',
  },
];

/** `vault.info` nobody asks for: the vault's state comes with `app.info`. Mending settings has a test of its own; the others are not waited for by anybody. */
export const notWaitedFor: readonly MethodName[] = [
  'vault.info',
  'vault.active',
  'requests.cancel',
  'settings.repair',
];
