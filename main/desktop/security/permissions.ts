import type { Session } from 'electron';
import { isOurs } from './app-scheme.ts';

type Permissions = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
>;

/** To copy an address or a token when a person presses "Copy". Reading the clipboard is not among what is allowed. */
const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/**
 * The attack: Electron grants a page every permission it asks for (camera, position, clipboard, devices) unless told
 * otherwise.
 * The rule: none but writing plain text to the clipboard, and that to our own page only.
 * https://www.electronjs.org/docs/latest/tutorial/security#5-handle-session-permission-requests-from-remote-content
 */
export function denyPermissions(session: Permissions): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(allowed.has(permission) && isOurs(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => allowed.has(permission) && isOurs(origin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
}
