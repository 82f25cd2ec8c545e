import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import {
  readSecrets,
  removeSecrets,
  updateSecrets,
  updateSecretsLocked,
  withSecretsLock,
} from '../../../main/vault/secrets.ts';
import type { Vault } from '../../../main/vault/vault.ts';

interface Counter {
  readonly count: number;
}
const id = '0b8d3a52-7a0c-4a8e-9a55-6c1f3c1f2d10';
let locks: string;
let vault: Vault;
beforeEach(async () => {
  locks = await mkdtemp(path.join(tmpdir(), 'latchkey-secrets-'));
  vault = openMemoryVault();
});
afterEach(() => rm(locks, { recursive: true, force: true }));

test('a connection without secrets has empty ones', async () => {
  expect(await readSecrets<Counter>(vault, id)).toEqual({
    ok: true,
    value: { version: 1, credentials: {}, session: null },
  });
});

test('a change gives and stores the new secrets, and keeps what it did not name', async () => {
  await updateSecrets<Counter>(vault, locks, id, (secrets) => ({
    ...secrets,
    credentials: { clientSecret: 'invented-secret' },
  }));
  const after = await updateSecrets<Counter>(vault, locks, id, (secrets) => ({
    ...secrets,
    session: { count: 1 },
  }));
  const expected = { version: 1, credentials: { clientSecret: 'invented-secret' }, session: { count: 1 } };
  expect(after).toEqual({ ok: true, value: expected });
  expect(await readSecrets<Counter>(vault, id)).toEqual({ ok: true, value: expected });
});

test('a hundred changes at once are all made', async () => {
  await Promise.all(
    Array.from({ length: 100 }, () =>
      updateSecrets<Counter>(vault, locks, id, (secrets) => ({
        ...secrets,
        session: { count: (secrets.session?.count ?? 0) + 1 },
      })),
    ),
  );
  expect(await readSecrets<Counter>(vault, id)).toMatchObject({ value: { session: { count: 100 } } });
});

test('work that holds the lock changes the secrets in it, and others wait until it is done', async () => {
  const held = withSecretsLock(locks, id, {}, async () => {
    const read = await readSecrets<Counter>(vault, id);
    await Promise.resolve();
    return updateSecretsLocked<Counter>(vault, id, (secrets) => ({
      ...secrets,
      session: { count: (read.ok ? (read.value.session?.count ?? 0) : NaN) + 1 },
    }));
  });
  const other = updateSecrets<Counter>(vault, locks, id, (secrets) => ({
    ...secrets,
    session: { count: (secrets.session?.count ?? 0) + 10 },
  }));
  await Promise.all([held, other]);
  expect(await readSecrets<Counter>(vault, id)).toMatchObject({ value: { session: { count: 11 } } });
});

test.each([
  'not JSON',
  'null',
  '{"version":2,"credentials":{},"session":null}',
  '{"version":1,"credentials":{"password":7},"session":null}',
  '{"version":1,"credentials":{},"session":"text"}',
  '{"version":1,"credentials":{}}',
])('what cannot be understood is a failure, is not overwritten, and can be removed: %s', async (text) => {
  await vault.write(`connection:${id}`, text);
  const refused = { ok: false, error: { code: 'vault_denied' } };
  expect(await readSecrets<Counter>(vault, id)).toMatchObject(refused);
  expect(await updateSecrets<Counter>(vault, locks, id, (secrets) => ({ ...secrets }))).toMatchObject(
    refused,
  );
  expect(await vault.read(`connection:${id}`)).toEqual({ ok: true, value: text });
  expect(await removeSecrets(vault, locks, id)).toEqual({ ok: true });
  expect(await readSecrets<Counter>(vault, id)).toMatchObject({ ok: true });
});

test('a failing vault’s failure is passed on and nothing is stored', async () => {
  const failure = {
    ok: false,
    error: { code: 'vault_locked', message: 'Locked.', hint: 'Unlock.' },
  } as const;
  const failing: Vault = { ...vault, read: () => Promise.resolve(failure) };
  expect(await updateSecrets<Counter>(failing, locks, id, (secrets) => ({ ...secrets }))).toEqual(failure);
  expect(await vault.read(`connection:${id}`)).toEqual({ ok: true, value: null });
});

test('a name that could leave its folder is no connection id', async () => {
  await expect(readSecrets(vault, '../settings')).rejects.toThrow('no connection id');
});
