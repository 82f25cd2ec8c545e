import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeychain } from '../../../main/vault/keychain.ts';
import { openChromium } from '../../support/browser.ts';
import { type RunningSandbox, startSandboxProcess } from '../../support/cli.ts';
import { clientOf, vendorOf } from '../../support/connect.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { type Place, type Secret, findSecrets } from '../../support/secret-scan.ts';
import { type Door, type Frame, type Screen, openScreen, startDoor } from './door.ts';
import { goTo, openSignInTab, signInAt } from './person.ts';

let keyring: TestKeyring;
let sandbox: RunningSandbox;
let browser: Browser;
let door: Door;
let screen: Screen;
const secrets = new Map<string, string>();
/** Typed into a secret's field, and wrong. */
const wrong = `canary-${randomBytes(18).toString('base64url')}`;
const vendors = ['sandbox-salto-ks', 'sandbox-salto-nebula', 'sandbox-konexus', 'sandbox-smartenit'];

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

interface Stored {
  readonly credentials: { readonly clientSecret?: string; readonly password?: string };
  readonly session: Readonly<Record<'accessToken' | 'refreshToken' | 'idToken', string | null>> | null;
}

interface Message {
  readonly request?: number;
  readonly method?: string;
  readonly input?: Record<string, unknown>;
  readonly result?: { readonly ok: boolean; readonly value?: unknown };
}

const messageOf = ({ text }: Frame): Message => JSON.parse(text) as Message;

/** Ids of the connections by name, from the last list that the screen was given. */
function ids(): Map<string, string> {
  const lists = screen.frames.flatMap((frame) => {
    const value = frame.by === 'door' ? messageOf(frame).result?.value : undefined;
    return Array.isArray(value) && hasSession(value[0]) ? [value as { name: string; id: string }[]] : [];
  });
  return new Map((lists.at(-1) ?? []).map(({ name, id }) => [name, id]));
}

function hasSession(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'session' in value;
}

const secretParts = new Set(['clientSecret', 'password', 'accessToken', 'refreshToken', 'idToken']);

/** Reads the keychain past the door, and keeps every secret that it holds for this connection. */
async function keepStored(name: string): Promise<Stored> {
  const vault = openKeychain({ isolation: 'helper', env: keyring.env });
  const read = await vault.read(`connection:${ids().get(name) ?? ''}`);
  await vault.close();
  if (!read.ok || read.value === null) throw new Error(`The keychain has nothing of ${name}.`);
  const stored = JSON.parse(read.value) as Stored;
  for (const [what, value] of Object.entries({ ...stored.credentials, ...stored.session })) {
    if (secretParts.has(what) && value) secrets.set(value, `${name}: ${what}`);
  }
  return stored;
}

/** Where a secret may stand: the fields of the methods that take one, and the answer to reveal. */
const secretFields: Readonly<Record<string, readonly string[]>> = {
  'connections.add': ['clientSecret', 'password'],
  'connections.change': ['clientSecret', 'password'],
  'connections.test': ['clientSecret', 'password'],
  'vault.use': ['passphrase'],
};

/** Every frame without what may stand in it, and what was taken out, by method. */
function sorted(frames: readonly Frame[]): { rest: Place[]; allowed: Map<string, string[]> } {
  const allowed = new Map<string, string[]>();
  const take = (method: string, value: unknown): void =>
    void allowed.set(method, [...(allowed.get(method) ?? []), String(value)]);
  const methods = new Map<string, string>();
  const rest = frames.map((frame, index): Place => {
    const message = messageOf(frame);
    const key = `${frame.socket} ${message.request ?? ''}`;
    const where = `frame ${index} by the ${frame.by}: ${message.method ?? methods.get(key) ?? 'event'}`;
    if (frame.by === 'screen') {
      const { method = '', input = {} } = message;
      methods.set(key, method);
      const kept = { ...input };
      for (const field of secretFields[method] ?? []) {
        if (field in kept) take(method, kept[field]);
        kept[field] = null;
      }
      return { where, data: Buffer.from(JSON.stringify({ ...message, input: kept })) };
    }
    const revealed = message.result?.ok === true && methods.get(key) === 'sessions.reveal';
    if (!revealed) return { where, data: Buffer.from(frame.text) };
    const { token, ...more } = message.result.value as { token: string };
    take('sessions.reveal', token);
    return { where, data: Buffer.from(JSON.stringify({ ...message, result: more })) };
  });
  return { rest, allowed };
}

test('first run, the sandbox, and signing in to four vendors', async () => {
  const { page } = screen;
  await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
  await page.getByText('4 connections · 0 signed in').waitFor();
  for (const name of ['sandbox-salto-ks', 'sandbox-smartenit']) {
    const tab = await openSignInTab(page, name);
    await signInAt(tab);
    await tab.close();
    await page.getByRole('button', { name: `Renew: ${name}` }).waitFor();
  }
  for (const name of ['sandbox-salto-nebula', 'sandbox-konexus']) {
    await page.getByRole('button', { name: `Sign in: ${name}` }).click();
    await page.getByRole('button', { name: `Renew: ${name}` }).waitFor();
  }
  for (const name of vendors) {
    const { session } = await keepStored(name);
    expect(session?.accessToken, name).toMatch(/^\S{20,}$/);
  }
});

test('renewing, lists, a detail with the vendor’s record', async () => {
  const { page } = screen;
  await page.getByRole('button', { name: 'Renew: sandbox-salto-ks' }).click();
  const before = new Set(secrets.keys());
  await expect
    .poll(async () => before.has((await keepStored('sandbox-salto-ks')).session?.accessToken ?? ''))
    .toBe(false);
  await goTo(page, 'Installations');
  await page.getByRole('grid').getByText('Harbour House').waitFor();
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Read users' }).first().click();
  await page.locator('[data-facts]', { hasText: /4,\d{3} users · as of/ }).waitFor();
  await page.getByRole('textbox', { name: 'Search users' }).fill('anders');
  await expect.poll(() => page.locator('[data-facts]').innerText()).toMatch(/^\d{1,3} of 4,\d{3} ·/);
  await page.getByRole('row').nth(1).click();
  const detail = page.getByRole('complementary');
  await detail.getByText('The provider’s record').click();
  await expect.poll(() => detail.locator('pre').innerText()).toContain('"');
});

test('adding by hand: a test that fails with a server that repeats the secret, then the right one', async () => {
  const { page } = screen;
  const vendor = vendorOf(sandbox.description, 'salto-nebula');
  const client = clientOf(vendor, 'client_credentials');
  secrets.set(wrong, 'the wrong secret typed');
  secrets.set(client.clientSecret ?? '', 'the right secret typed');
  await goTo(page, 'Connections');
  await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a connection' });
  await dialog.getByRole('button', { name: /^Salto Nebula/ }).click();
  await dialog.getByRole('button', { name: /^A service/ }).click();
  await dialog.getByLabel('Environment').selectOption('sandbox');
  await dialog.getByRole('textbox', { name: 'Issuer' }).fill(vendor.issuer ?? '');
  await dialog.getByRole('textbox', { name: 'API address' }).fill(vendor.apiBase);
  await dialog.getByRole('textbox', { name: 'Client id' }).fill(client.clientId);
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('by-hand');
  const secret = dialog.getByRole('textbox', { name: 'Client secret' });
  await sandbox.control('POST', '/faults', {
    provider: 'salto-nebula',
    path: new URL(vendor.tokenEndpoint).pathname,
    status: 400,
    times: 50,
    body: { error: 'invalid_client', error_description: `${wrong} is not the secret` },
  });
  await secret.fill(wrong);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await expect.poll(() => secret.getAttribute('aria-invalid')).toBe('true');
  await sandbox.control('DELETE', '/faults');
  await secret.fill(client.clientSecret ?? '');
  await dialog.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByRole('button', { name: 'Renew: by-hand' }).waitFor();
  const stored = await keepStored('by-hand');
  expect(stored.credentials.clientSecret).toBe(client.clientSecret);
  expect(stored.session?.accessToken).toMatch(/^\S{20,}$/);
});

test('revealing each token, and signing out', async () => {
  const { page } = screen;
  await page.getByRole('gridcell').filter({ hasText: 'sandbox-salto-ks' }).click();
  const detail = page.getByRole('complementary', { name: 'Detail: sandbox-salto-ks' });
  const { session } = await keepStored('sandbox-salto-ks');
  for (const [place, token] of [session?.accessToken, session?.idToken, session?.refreshToken].entries()) {
    await detail.getByRole('listitem').nth(place).getByRole('button', { name: 'Reveal' }).click();
    await expect.poll(() => detail.locator('code.token').allInnerTexts()).toEqual([token]);
  }
  await detail.getByRole('button', { name: 'Sign out' }).click();
  await detail.getByText('signed out', { exact: true }).waitFor();
  expect((await keepStored('sandbox-salto-ks')).session).toBeNull();
});

test('what was looked for is real: it reached the keychain, or the fields made for it, and the search finds it', () => {
  const { allowed } = sorted(screen.frames);
  const kinds = new Set([...secrets.values()].map((what) => what.replace(/^.*: /, '')));
  for (const kind of ['clientSecret', 'accessToken', 'refreshToken', 'idToken'])
    expect(kinds).toContain(kind);
  for (const name of vendors) expect([...secrets.values()]).toContain(`${name}: accessToken`);
  expect(allowed.get('connections.test')).toContain(wrong);
  const revealed = allowed.get('sessions.reveal') ?? [];
  expect(revealed).toHaveLength(3);
  expect(revealed.filter((token) => !secrets.has(token))).toEqual([]);
  const said = new Set(screen.frames.map((frame) => messageOf(frame).method));
  for (const method of [
    'sandbox.start',
    'sessions.signIn',
    'sessions.renew',
    'sessions.signOut',
    'lists.sync',
  ])
    expect(said).toContain(method);
  for (const method of [
    'lists.users',
    'lists.record',
    'connections.test',
    'connections.add',
    'connections.list',
  ])
    expect(said).toContain(method);
  expect(screen.complaints).toEqual([]);
  // The frames as they were hold exactly what was taken out of them.
  const whole = screen.frames.map(({ text }, index) => ({ where: String(index), data: Buffer.from(text) }));
  const found = new Set(findSecrets(all(), whole).map(({ what }) => what));
  expect(found).toContain('the wrong secret typed');
  expect(found).toContain('sandbox-salto-ks: refreshToken');
});

test('no message of the whole walk has any of them, in any form, but the answer to reveal and the fields of secrets', () => {
  const { rest } = sorted(screen.frames);
  expect(rest.length).toBeGreaterThan(100);
  expect(findSecrets(all(), rest)).toEqual([]);
});

function all(): Secret[] {
  return [...secrets].map(([value, what]) => ({ what, value }));
}
