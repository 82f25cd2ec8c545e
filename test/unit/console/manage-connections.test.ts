import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findConnection, listConnections } from '../../../main/connections/connections.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import { type ConnectionChanges, connectionChanges } from '../../../main/console/manage-connections.ts';
import type { ServiceParts } from '../../../main/console/parts.ts';
import { providerContext } from '../../../main/console/provider-context.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { lockFolder } from '../../../main/sessions/lock-folder.ts';
import type { Session } from '../../../main/sessions/session.ts';
import { createSessions } from '../../../main/sessions/sessions.ts';
import { readSecrets, updateSecrets } from '../../../main/vault/secrets.ts';
import type { Failure } from '../../../preload/errors.ts';
import {
  type Scripted,
  type SentRequest,
  type TestVault,
  json,
  locked,
  notWritten,
  scriptedHttp,
  testClock,
  testSession,
  testVault,
} from '../../support/sessions.ts';

let home: string;
let vault: TestVault;
let changes: ConnectionChanges;
const clock = testClock(Date.now());

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-changes-'));
  vault = testVault();
  changes = connectionChanges(service([]).parts);
});
afterEach(() => rm(home, { recursive: true, force: true }));

function service(answers: readonly Scripted[]): { parts: ServiceParts; sent: SentRequest[] } {
  const { http, sent } = scriptedHttp(answers);
  const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
  const parts = { home, vault, clock, http, env: {}, profileOf, openBrowser };
  return { parts: { ...parts, sessions: createSessions(parts) }, sent };
}

async function add(name: string, clientSecret?: string): Promise<Connection> {
  const overrides = { tokenEndpoint: 'https://id.acme.example/token' };
  const input = { name, clientId: 'acme-client', grant: 'client_credentials', overrides } as const;
  const added = await changes.add('oauth2', input, { clientSecret: clientSecret ?? 'secret-1' });
  if (!added.ok) throw new Error(added.error.message);
  return added.value;
}

async function secretOf({ id }: Connection): Promise<string | undefined> {
  const secrets = await readSecrets(vault, id);
  return secrets.ok ? secrets.value.credentials.clientSecret : secrets.error.code;
}

describe('adding', () => {
  test('a name that is taken leaves the other one and its secret alone', async () => {
    const first = await add('acme');
    await expect(add('ACME', 'secret-2')).rejects.toThrow('There is already a connection named');
    expect(await secretOf(first)).toBe('secret-1');
  });

  test('a provider that nobody registered is refused, and no secret is kept', async () => {
    const added = await changes.add(
      'nobody',
      { name: 'acme', clientId: 'acme-client' },
      { clientSecret: 'secret-1' },
    );
    expect(added).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
    expect(listConnections(home)).toEqual({ ok: true, value: [] });
  });

  test('while the vault takes no secret adds no connection', async () => {
    vault.broken.writes = notWritten;
    await expect(add('acme')).rejects.toThrow('The keychain is full.');
    expect(listConnections(home)).toEqual({ ok: true, value: [] });
  });
});

describe('changing', () => {
  test.each<[string, Parameters<ConnectionChanges['change']>[1], Failure['code']]>([
    ['to a name that is taken', { name: 'Harbour' }, 'connection_exists'],
    ['to something that does not fit', { clientAuth: 'none' }, 'input_invalid'],
  ])('%s saves nothing, nor the new secret', async (_what, input, code) => {
    const acme = await add('acme');
    await add('harbour');
    const changed = await changes.change('acme', input, { clientSecret: 'secret-2' });
    expect(changed).toMatchObject({ ok: false, error: { code } });
    expect(await secretOf(acme)).toBe('secret-1');
    expect(findConnection(home, 'acme')).toEqual({ ok: true, value: acme });
  });

  test('the secret alone keeps everything else', async () => {
    const acme = await add('acme');
    expect(await changes.change('Acme', {}, { clientSecret: 'secret-2' })).toEqual({
      ok: true,
      value: { connection: acme, signedOut: null },
    });
    expect(await secretOf(acme)).toBe('secret-2');
  });

  test('of settings that cannot be written leaves the secret of before in the vault as well', async () => {
    const connection = await add('acme');
    // The first change has to keep this old file under a name that is taken by a folder.
    await writeFile(
      path.join(home, 'settings.json'),
      JSON.stringify({ version: 1, connections: [connection] }),
    );
    await mkdir(path.join(home, 'settings.v1.json', 'x'), { recursive: true });
    const changed = await changes.change('acme', { clientId: 'other' }, { clientSecret: 'secret-2' });
    expect(changed).toMatchObject({ ok: false, error: { code: 'profile_unusable' } });
    expect(findConnection(home, 'acme')).toMatchObject({ ok: true, value: { clientId: 'acme-client' } });
    expect(await secretOf(connection)).toBe('secret-1');
  });

  test('a public client that is given a secret becomes a confidential one, and back by name only', async () => {
    const input = { name: 'ks', clientId: 'acme-client' };
    expect(await changes.add('salto-ks', input, {})).toMatchObject({ value: { clientAuth: 'none' } });
    const given = await changes.change('ks', {}, { clientSecret: 'secret-1' });
    expect(given).toMatchObject({ value: { connection: { clientAuth: 'basic' } } });
    expect(await changes.change('ks', { clientAuth: 'none' }, {})).toMatchObject({
      value: { connection: { clientAuth: 'none' } },
    });
    // The secret is still there: another grant may use it.
    expect(await changes.change('ks', { grant: 'password', username: 'system' }, {})).toMatchObject({
      value: { connection: { grant: 'password', clientAuth: 'basic' } },
    });
  });
});

describe('changing what tokens are bound to', () => {
  const revocable = { revocationEndpoint: 'https://id.acme.example/revoke' };
  async function signedIn(name: string): Promise<Connection> {
    const added = await add(name);
    const changed = await changes.change(name, { overrides: revocable }, {});
    if (!changed.ok) throw new Error(changed.error.message);
    const { connection } = changed.value;
    await updateSecrets<Session>(vault, lockFolder(home), added.id, (before) => ({
      ...before,
      session: testSession(connection, clock.now()),
    }));
    return connection;
  }
  const sessionOf = async ({ id }: Connection): Promise<Session | null> => {
    const secrets = await readSecrets<Session>(vault, id);
    return secrets.ok ? secrets.value.session : null;
  };

  test('revokes the old tokens where they came from, with the secret of then', async () => {
    const acme = await signedIn('acme');
    const { parts, sent } = service([json({}), json({})]);
    const moved = { overrides: { tokenEndpoint: 'https://new.acme.example/token' } };
    const changed = await connectionChanges(parts).change('acme', moved, { clientSecret: 'secret-2' });
    expect(changed).toMatchObject({ ok: true, value: { signedOut: { revoked: 'done' } } });
    expect(sent.map(({ url }) => url)).toEqual(Array(2).fill('https://id.acme.example/revoke'));
    const authorization = sent[0]?.headers.get('authorization') ?? '';
    expect(decodeURIComponent(atob(authorization.replace('Basic ', '')))).toBe('acme-client:secret-1');
    expect(await sessionOf(acme)).toBeNull();
    expect(await secretOf(acme)).toBe('secret-2');
  });

  test('says so where that fails, and the session is gone all the same', async () => {
    const acme = await signedIn('acme');
    const { parts } = service([json({ error: 'no' }, 400), json({ error: 'no' }, 400)]);
    const changed = await connectionChanges(parts).change('acme', { scope: 'other' }, {});
    expect(changed).toMatchObject({ ok: true, value: { signedOut: { revoked: 'failed' } } });
    expect(await sessionOf(acme)).toBeNull();
  });

  test('while the vault is locked changes the settings and says that the tokens are still there', async () => {
    const acme = await signedIn('acme');
    vault.broken = { reads: locked, writes: locked };
    const changed = await changes.change('acme', { scope: 'other' }, {});
    expect(changed).toMatchObject({
      ok: true,
      value: {
        connection: { scope: 'other' },
        signedOut: { revoked: 'failed', failure: { code: 'vault_locked' } },
      },
    });
    vault.broken = {};
    expect(await sessionOf(acme)).not.toBeNull();
  });

  test('takes the kept lists away: one account’s people are not shown under another’s name', async () => {
    const connection = await add('acme');
    const start = createHash('sha256').update(connection.id).digest('hex').slice(0, 16);
    const list = path.join(home, 'directory', `${start}-of-a-list.age`);
    await mkdir(path.dirname(list));
    await writeFile(list, 'encrypted');
    await changes.change('acme', { name: 'renamed' }, {});
    expect(existsSync(list)).toBe(true);
    await changes.change('renamed', { clientId: 'other' }, {});
    expect(existsSync(list)).toBe(false);
  });

  test('another name or path of the lists keeps the session', async () => {
    const acme = await signedIn('acme');
    const changed = await changes.change(
      'acme',
      { name: 'harbour', overrides: { authorizationParams: { prompt: 'login' } } },
      {},
    );
    expect(changed).toMatchObject({ ok: true, value: { signedOut: null } });
    expect(await sessionOf(acme)).not.toBeNull();
  });
});

describe('changing what is signed in with at once', () => {
  const granted = (): Response => json({ access_token: 'access-2', token_type: 'bearer', expires_in: 3600 });

  test('keeps secret, settings and session until the server lets the new ones in', async () => {
    const acme = await add('acme');
    await updateSecrets<Session>(vault, lockFolder(home), acme.id, (before) => ({
      ...before,
      session: testSession(acme, clock.now()),
    }));
    const before = await vault.read(`connection:${acme.id}`);
    const { parts, sent } = service([json({ error: 'invalid_client' }, 401)]);
    const refused = await connectionChanges(parts).changeSignedIn(
      'acme',
      { scope: 'other' },
      { clientSecret: 'mistyped' },
    );
    expect(refused).toMatchObject({
      ok: false,
      error: {
        code: 'client_rejected',
        hint: expect.stringMatching(/^acme is as it was, with what the vault held for it\. \w/) as string,
      },
    });
    expect(atob(sent[0]?.headers.get('authorization')?.replace('Basic ', '') ?? '')).toContain('mistyped');
    expect(await vault.read(`connection:${acme.id}`)).toEqual(before);
    expect(findConnection(home, 'acme')).toEqual({ ok: true, value: acme });
  });

  test('changes the one it signed in, whatever is called so by then', async () => {
    const acme = await add('acme');
    let other: Connection = acme;
    const { parts } = service([
      async () => {
        await changes.change('acme', { name: 'harbour' }, {});
        other = await add('acme', 'secret of another');
        return granted();
      },
    ]);
    const changed = await connectionChanges(parts).changeSignedIn('acme', {}, { clientSecret: 'secret-2' });
    expect(changed).toMatchObject({ ok: true, value: { connection: { id: acme.id, name: 'harbour' } } });
    expect(await secretOf(other)).toBe('secret of another');
    expect(await readSecrets<Session>(vault, acme.id)).toMatchObject({
      value: { credentials: { clientSecret: 'secret-2' }, session: { accessToken: 'access-2' } },
    });
  });

  test('of a connection that was removed meanwhile stores nothing, and does not say that it is as it was', async () => {
    const acme = await add('acme');
    const { parts } = service([
      async () => {
        await changes.remove('acme');
        return granted();
      },
    ]);
    const changed = await connectionChanges(parts).changeSignedIn('acme', {}, { clientSecret: 'secret-2' });
    expect(changed).toMatchObject({
      ok: false,
      error: { code: 'not_found', message: 'acme was removed while it was being signed in.' },
    });
    expect(changed.ok ? '' : changed.error.hint).not.toContain('as it was');
    expect(await vault.read(`connection:${acme.id}`)).toEqual({ ok: true, value: null });
  });

  test('stores them with the new session, and signs the old one out where it no longer fits', async () => {
    const acme = await add('acme');
    await updateSecrets<Session>(vault, lockFolder(home), acme.id, (before) => ({
      ...before,
      session: testSession(acme, clock.now()),
    }));
    const { parts } = service([granted()]);
    const changed = await connectionChanges(parts).changeSignedIn(
      'acme',
      { scope: 'other' },
      { clientSecret: 'secret-2' },
    );
    expect(changed).toMatchObject({
      ok: true,
      value: {
        connection: { scope: 'other' },
        signedOut: { revoked: 'unsupported' },
        session: { accessToken: 'access-2' },
      },
    });
    expect(await readSecrets<Session>(vault, acme.id)).toMatchObject({
      value: { credentials: { clientSecret: 'secret-2' }, session: { accessToken: 'access-2' } },
    });
  });

  test('keeps a session that the vault no longer takes, in place of the one that was signed out', async () => {
    const acme = await add('acme');
    await updateSecrets<Session>(vault, lockFolder(home), acme.id, (before) => ({
      ...before,
      session: testSession(acme, clock.now()),
    }));
    // The secret and the sign-out are stored; then it takes nothing more.
    let written = 0;
    const full: TestVault = {
      ...vault,
      write: async (item, text) =>
        (written += 1) > 2 ? { ok: false, error: notWritten } : vault.write(item, text),
    };
    const { http } = scriptedHttp([granted()]);
    const { parts: given } = service([]);
    const shut = { ...given, http, vault: full };
    const parts = { ...shut, sessions: createSessions(shut) };
    const changed = await connectionChanges(parts).changeSignedIn(
      'acme',
      { scope: 'other' },
      { clientSecret: 'secret-2' },
    );
    expect(changed).toMatchObject({ ok: false, error: { code: 'vault_write_failed' } });
    expect(changed.ok ? '' : changed.error.hint).not.toContain('is as it was');
    const now = findConnection(home, 'acme');
    if (!now.ok) throw new Error(now.error.message);
    expect(await parts.sessions.stored(now.value)).toMatchObject({ value: { accessToken: 'access-2' } });
  });
});

describe('removing', () => {
  test('takes secrets and connection away', async () => {
    const acme = await add('acme');
    expect(await changes.remove('acme')).toMatchObject({ ok: true, value: { revoked: 'nothing_to_revoke' } });
    expect(await vault.read(`connection:${acme.id}`)).toEqual({ ok: true, value: null });
    expect(findConnection(home, 'acme').ok).toBe(false);
  });

  test('works where its secrets are damaged, as their failure advises', async () => {
    const acme = await add('acme');
    await vault.write(`connection:${acme.id}`, 'damaged');
    expect(await secretOf(acme)).toBe('vault_denied');
    expect(await changes.remove('acme')).toMatchObject({
      ok: true,
      value: { revoked: 'failed', failure: { code: 'vault_denied' } },
    });
    expect(await vault.read(`connection:${acme.id}`)).toEqual({ ok: true, value: null });
    expect(findConnection(home, 'acme').ok).toBe(false);
  });

  test('a locked vault keeps both', async () => {
    const acme = await add('acme');
    vault.broken = { reads: locked, writes: locked };
    expect(await changes.remove('acme')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
    vault.broken = {};
    expect(await secretOf(acme)).toBe('secret-1');
    expect(findConnection(home, 'acme').ok).toBe(true);
  });

  test('is a failure where the settings are damaged', async () => {
    await add('acme');
    await writeFile(path.join(home, 'settings.json'), '{');
    expect(await changes.remove('acme')).toMatchObject({ ok: false, error: { code: 'settings_corrupt' } });
  });
});

test('a list goes on with a session that was renewed and could not be saved, and says so', async () => {
  const acme = await add('acme');
  const connection = { ...acme, overrides: { ...acme.overrides, apiBase: 'https://api.acme.example' } };
  await updateSecrets<Session>(vault, lockFolder(home), acme.id, (before) => ({
    ...before,
    session: testSession(connection, clock.now(), { refreshToken: null }),
  }));
  const { parts, sent } = service([
    json({}, 401),
    () => {
      vault.broken.writes = notWritten;
      return json({ access_token: 'access-2', token_type: 'bearer', expires_in: 3600 });
    },
    json([]),
  ]);
  const warnings: string[] = [];
  const context = providerContext(parts, connection, { warned: ({ code }) => warnings.push(code) });
  if (!context.ok) throw new Error(context.error.message);
  expect(await context.value.api.send({ url: 'https://api.acme.example/sites' })).toMatchObject({
    value: { status: 200 },
  });
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer access-2');
  expect(warnings).toEqual(['vault_write_failed']);
});

describe('a sign-in that races the removal of its connection stores nothing', () => {
  const granted = (): Response => json({ access_token: 'access-1', token_type: 'bearer', expires_in: 3600 });
  const nothingLeft = async ({ id }: Connection): Promise<void> => {
    expect(await vault.read(`connection:${id}`)).toEqual({ ok: true, value: null });
    expect(listConnections(home)).toEqual({ ok: true, value: [] });
  };

  test('where the server answers after it', async () => {
    const acme = await add('acme');
    const { parts } = service([
      async () => {
        expect(await changes.remove('acme')).toMatchObject({ ok: true });
        return granted();
      },
    ]);
    expect(await parts.sessions.signIn(acme)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    await nothingLeft(acme);
  });

  test('where it comes between the secrets and the settings', async () => {
    const acme = await add('acme');
    const { parts, sent } = service([granted()]);
    let signIn: Promise<unknown> = Promise.resolve();
    const racing: TestVault = {
      ...vault,
      remove: async (item) => {
        // It has read its credentials, and stores its session as soon as it is let.
        signIn = parts.sessions.signIn(acme);
        await expect.poll(() => sent).toHaveLength(1);
        return vault.remove(item);
      },
    };
    expect(await connectionChanges({ ...parts, vault: racing }).remove('acme')).toMatchObject({ ok: true });
    expect(await signIn).toMatchObject({ ok: false, error: { code: 'not_found' } });
    await nothingLeft(acme);
  });
});
