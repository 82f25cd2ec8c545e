import { expect, test } from 'vitest';
import { menuTemplate } from '../../../main/desktop/menu.ts';

test.each(['linux', 'win32', 'darwin'] as const)(
  'a build for people has no developer tools on %s',
  (platform) => {
    expect(JSON.stringify(menuTemplate({ platform, packaged: true }))).not.toMatch(/toggleDevTools|reload/i);
    expect(JSON.stringify(menuTemplate({ platform, packaged: false }))).toContain('toggleDevTools');
  },
);
