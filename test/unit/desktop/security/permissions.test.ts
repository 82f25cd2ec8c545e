import type { Session, WebContents } from 'electron';
import { expect, test } from 'vitest';
import { denyPermissions } from '../../../../main/desktop/security/permissions.ts';

type Given = {
  [Name in keyof Session]?: Session[Name] extends (handler: infer H, ...rest: never[]) => void ? H : never;
};

function handlers(): Required<
  Pick<Given, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>
> & { display: unknown } {
  const given: Record<string, unknown> = { display: 'not set' };
  denyPermissions({
    setPermissionRequestHandler: (handler) => (given.setPermissionRequestHandler = handler),
    setPermissionCheckHandler: (handler) => (given.setPermissionCheckHandler = handler),
    setDevicePermissionHandler: (handler) => (given.setDevicePermissionHandler = handler),
    setDisplayMediaRequestHandler: (handler) => (given.display = handler),
  });
  return given as ReturnType<typeof handlers>;
}

function asked(permission: string, url = 'app://latchkey/'): boolean | undefined {
  let answer: boolean | undefined;
  const contents = { getURL: () => url } as unknown as WebContents;
  handlers().setPermissionRequestHandler?.(contents, permission as 'media', (granted) => (answer = granted), {
    isMainFrame: true,
    requestingUrl: url,
  });
  return answer;
}

function checked(permission: string, origin = 'app://latchkey/'): boolean | undefined {
  return handlers().setPermissionCheckHandler?.(null, permission as 'media', origin, {} as never);
}

test.each([
  ...[
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'midi',
    'usb',
    'serial',
    'hid',
    'openExternal',
  ],
  ...['fullscreen', 'pointerLock', 'display-capture', 'fileSystem', 'unknown', 'a permission of tomorrow'],
])('%s is refused', (permission) => {
  expect(asked(permission)).toBe(false);
  expect(checked(permission)).toBe(false);
});

test('our own page may write to the clipboard, and no other', () => {
  expect(asked('clipboard-sanitized-write')).toBe(true);
  expect(checked('clipboard-sanitized-write')).toBe(true);
  expect(asked('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
  expect(checked('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
});

test('no device and no screen is handed out', () => {
  expect(handlers().setDevicePermissionHandler?.({} as never)).toBe(false);
  expect(handlers().display).toBeNull();
});
