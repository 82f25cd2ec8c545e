import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { providersHandlers } from '../../../main/bridge/handlers/providers.ts';
import { runCommandLine } from '../../../main/cli/program.ts';
import { findConnection } from '../../../main/connections/connections.ts';
import type * as Registry from '../../../main/providers/registry.ts';
import { methods } from '../../../preload/contract.ts';
import * as v from 'valibot';
import { testTerminal } from '../cli/terminal.ts';

/** One line more in the registry, for a platform that does not exist: nothing else has to know of it. */
vi.mock('../../../main/providers/registry.ts', async (original) => {
  const registry = await original<typeof Registry>();
  const { profile } = registry.smartenit;
  const northgate = {
    ...registry.smartenit,
    profile: { ...profile, id: 'northgate', label: 'Northgate Doors', mark: 'No' },
  };
  return { ...registry, northgate };
});

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-made-up-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('a provider of the registry is offered, added, saved and read again', async () => {
  const terminal = testTerminal({ LATCHKEY_HOME: home });
  const words = 'connections add --name doors --provider northgate --client-id desk --json'.split(' ');
  expect([await runCommandLine(words, terminal, '1.2.3'), terminal.notes]).toEqual([0, []]);
  expect(JSON.parse(terminal.stdout)).toMatchObject({ name: 'doors', provider: 'northgate' });
  expect(findConnection(home, 'doors')).toMatchObject({ ok: true, value: { provider: 'northgate' } });
});

test('a provider of the registry goes over the bridge like the others, both ways', async () => {
  const call = { signal: new AbortController().signal, progress: () => undefined };
  const told = await providersHandlers()['providers.list']({}, call);
  const shown = v.parse(methods['providers.list'].output, told.ok ? told.value : null);
  expect(shown.map(({ label }) => label)).toContain('Northgate Doors');
  const typed = { provider: 'northgate', name: 'doors', clientId: 'desk' };
  expect(v.parse(methods['connections.add'].input, typed)).toEqual(typed);
  for (const provider of ['', 'North Gate', '../northgate', 'n'.repeat(41)])
    expect(v.is(methods['connections.add'].input, { ...typed, provider })).toBe(false);
});
