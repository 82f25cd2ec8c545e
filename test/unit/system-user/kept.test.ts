import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kept, forgetPlan, keepPlan, keptPlan } from '../../../main/system-user/kept.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import { ok } from '../../../preload/errors.ts';

let home = '';
beforeEach(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-kept-'))));
afterEach(() => rm(home, { recursive: true, force: true }));

const kept: Kept = {
  version: 1,
  plan: {
    format: 'latchkey system-user plan',
    version: 1,
    id: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
    madeAt: '2026-11-22T12:00:00.000Z',
    connection: {
      id: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be102',
      name: 'harbour-ks',
      apiBase: 'https://api.acme.example',
    },
    madeBy: 'someone',
    systemUser: {
      email: 'system.user@acme.example',
      firstName: 'System',
      lastName: 'Lantern',
      role: 'site_admin',
      fallbackRole: null,
    },
    rows: [],
  },
  results: [],
  accepted: [],
  verified: null,
};
/** The keychain, for those who ask of what kind it is. */
const keychain = (): Vault => ({ ...openMemoryVault(), kind: 'keychain' });

test('an open plan is kept encrypted, for its owner alone, and found again with the same vault', async () => {
  const place = { home, vault: keychain() };
  expect(await keepPlan(place, kept)).toEqual({ ok: true });
  const file = path.join(home, 'system-user', 'plan.age');
  const text = await readFile(file, 'latin1');
  expect(text).toMatch(/^age-encryption\.org\/v1\n/);
  expect(text).not.toMatch(/system\.user|acme\.example|Lantern|harbour-ks/);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await keptPlan(place)).toEqual(ok(kept));
  expect(await keptPlan({ home, vault: keychain() })).toMatchObject({ error: { code: 'settings_corrupt' } });
  await forgetPlan(place);
  expect(await keptPlan(place)).toEqual(ok(null));
});

test('with secrets in memory alone nothing is kept', async () => {
  expect(await keepPlan({ home, vault: openMemoryVault() }, kept)).toEqual({ ok: true });
  expect(await readdir(home)).toEqual([]);
});
