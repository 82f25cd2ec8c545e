import type { WebContents } from 'electron';

/**
 * The attack: a link or script takes the window to a page of somebody else's, which then looks like Latchkey and has
 * the preload.
 * The rule: the window stays where it is. Our own views change without a navigation; sign-in pages open in the user's
 * browser. No frame goes anywhere either.
 * https://www.electronjs.org/docs/latest/tutorial/security#13-disable-or-limit-navigation
 */
export function denyNavigation(contents: WebContents): void {
  // The first is told of the page itself and of frames in it; the second of answers that send the window elsewhere.
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
}
