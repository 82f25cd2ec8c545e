import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDispatcher, type Handlers } from '../../../main/bridge/dispatcher.ts';
import { preferenceService } from '../../../main/console/preference-service.ts';
import { followTheme, wearTheme } from '../../../main/desktop/theme.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';

let home = '';
beforeEach(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-theme-'))));
afterEach(() => rm(home, { recursive: true, force: true }));

test('the theme of the profile is worn at the start and whenever preferences change, until it is stopped', async () => {
  const preferences = preferenceService({ home, vault: openMemoryVault(), env: {} });
  const nativeTheme: { themeSource: 'system' | 'light' | 'dark' } = { themeSource: 'light' };
  wearTheme({ home, nativeTheme });
  expect(nativeTheme.themeSource, 'nothing was chosen').toBe('system');
  await preferences.change({ theme: 'dark' });
  wearTheme({ home, nativeTheme });
  expect(nativeTheme.themeSource).toBe('dark');

  const dispatcher = createDispatcher({} as Handlers);
  const stop = followTheme(dispatcher, { home, nativeTheme });
  await preferences.change({ theme: 'light' });
  dispatcher.emit('connections.changed', {});
  expect(nativeTheme.themeSource).toBe('dark');
  dispatcher.emit('preferences.changed', {});
  expect(nativeTheme.themeSource).toBe('light');
  stop();
  await preferences.change({ theme: 'dark' });
  dispatcher.emit('preferences.changed', {});
  expect(nativeTheme.themeSource).toBe('light');
});

test('settings that cannot be read leave what is worn', async () => {
  await writeFile(path.join(home, 'settings.json'), '{ broken');
  const nativeTheme: { themeSource: 'system' | 'light' | 'dark' } = { themeSource: 'dark' };
  wearTheme({ home, nativeTheme });
  expect(nativeTheme.themeSource).toBe('dark');
});
