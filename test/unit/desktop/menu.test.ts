import { expect, test } from 'vitest';
import { menuTemplate } from '../../../main/desktop/menu.ts';

test.each(['linux', 'win32', 'darwin'] as const)(
  'a build for people has no developer tools on %s',
  (platform) => {
    const checkForUpdates = (): void => undefined;
    expect(JSON.stringify(menuTemplate({ platform, packaged: true, checkForUpdates }))).not.toMatch(
      /toggleDevTools|reload/i,
    );
    expect(JSON.stringify(menuTemplate({ platform, packaged: false, checkForUpdates }))).toContain(
      'toggleDevTools',
    );
  },
);
