import type { WebContents } from 'electron';

/**
 * The attack: a window opened by the page has its rights and shows what the page chose.
 * The rule: none opens. The address that a link wanted is handed to `wanted`, which opens that of a sign-in under way
 * in the user's browser and nothing else (external-addresses.ts).
 * https://www.electronjs.org/docs/latest/tutorial/security#14-disable-or-limit-creation-of-new-windows
 */
export function denyNewWindows(contents: WebContents, wanted: (url: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    wanted(url);
    return { action: 'deny' };
  });
}
