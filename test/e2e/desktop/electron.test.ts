import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { _electron } from 'playwright';
import { expect, test } from 'vitest';
import { startKeyring } from '../../support/keyring.ts';
import { newHome, program, removeHomes } from './desktop.ts';

/** Electron's executable: the one named, or the one that is installed; null where there is none. */
function findElectron(): string | null {
  const folder = path.resolve(import.meta.dirname, '../../../node_modules/electron');
  const name = path.join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');
  const file = path.join(dist, existsSync(name) ? readFileSync(name, 'utf8') : 'electron');
  return existsSync(file) ? file : null;
}

const electron = findElectron();

test.skipIf(electron === null)(
  'Electron itself shows the console and its rules hold there (skipped: no Electron runtime is installed)',
  async () => {
    const keyring = await startKeyring();
    const app = await _electron.launch({
      executablePath: electron ?? '',
      args: [
        program,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium's sandbox refuses to run as root
        ...(process.env.DISPLAY === undefined ? ['--ozone-platform=headless'] : []),
      ],
      env: { PATH: process.env.PATH ?? '', ...keyring.env, LATCHKEY_HOME: await newHome() },
    });
    try {
      const page = await app.firstWindow();
      await page.getByRole('navigation', { name: 'Views' }).waitFor();
      await page.getByRole('contentinfo').getByText('Keychain open').waitFor();
      await page.getByRole('button', { name: 'Explore with the sandbox' }).click();
      await page.getByText('4 connections · 0 signed in').waitFor();
      expect(new URL(page.url()).protocol).toBe('app:');
      expect(await page.evaluate('[typeof require, typeof process].join()')).toBe('undefined,undefined');
      expect(await page.evaluate(`fetch('/').then(() => 'reached', () => 'refused')`)).toBe('refused');
      await page.evaluate(`void (location.href = 'https://vendor.example/')`);
      await page.evaluate(`void window.open('https://vendor.example/')`);
      await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Users' }).click();
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
      expect(app.windows()).toHaveLength(1);
    } finally {
      await app.close();
      await keyring.stop();
      await removeHomes();
    }
  },
);
