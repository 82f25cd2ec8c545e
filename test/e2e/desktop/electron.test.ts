import { expect, test } from 'vitest';
import { startKeychain } from '../../support/keyring.ts';
import { findElectron, launchElectron } from '../walk/doors.ts';
import { removeHomes } from './desktop.ts';

// The walk of ../walk runs on Electron too, where it is installed.
test.skipIf(findElectron() === null)(
  'Electron itself keeps its rules (skipped: no Electron runtime is installed)',
  async () => {
    const keychain = await startKeychain();
    const app = await launchElectron(keychain.env);
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
      await keychain.stop();
      await removeHomes();
    }
  },
);
