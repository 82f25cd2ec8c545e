import { expect, test } from 'vitest';
import { menuTemplate } from '../../../main/desktop/menu.ts';

const nothing = (): void => undefined;
const parts = { checkForUpdates: nothing, goBack: nothing, goForward: nothing };

test.each(['linux', 'win32', 'darwin'] as const)(
  'a build for people has no developer tools on %s',
  (platform) => {
    expect(JSON.stringify(menuTemplate({ platform, packaged: true, ...parts }))).not.toMatch(
      /toggleDevTools|reload/i,
    );
    expect(JSON.stringify(menuTemplate({ platform, packaged: false, ...parts }))).toContain('toggleDevTools');
  },
);

test.each([
  ['linux', 'Alt+Left', 'Alt+Right'],
  ['win32', 'Alt+Left', 'Alt+Right'],
  ['darwin', 'Cmd+[', 'Cmd+]'],
] as const)('back and forward have the keys that people know on %s', (platform, back, forward) => {
  const pressed: string[] = [];
  const template = menuTemplate({
    platform,
    packaged: true,
    checkForUpdates: nothing,
    goBack: () => pressed.push('back'),
    goForward: () => pressed.push('forward'),
  });
  const items = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  for (const key of [back, forward]) {
    const { click } = items.find(({ accelerator }) => accelerator === key) ?? {};
    (click as (() => void) | undefined)?.();
  }
  expect(pressed).toEqual(['back', 'forward']);
});
