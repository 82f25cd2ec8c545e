import type { WebContents } from 'electron';

/**
 * The attack: a link or script takes the window to a page of somebody else's, which then looks like Latchkey and has
 * the preload.
 * The rule: the window stays where it is, or loads its own page again. Our views change without a navigation; sign-in
 * pages open in the user's browser. No frame goes anywhere either.
 * https://www.electronjs.org/docs/latest/tutorial/security#13-disable-or-limit-navigation
 */
export function denyNavigation(contents: WebContents): void {
  // Told of the page itself and of frames in it.
  contents.on('will-frame-navigate', (event) => {
    const again = event.isMainFrame && withoutFragment(event.url) === withoutFragment(contents.getURL());
    if (!again) event.preventDefault();
  });
  // Told of answers that send the window elsewhere.
  contents.on('will-redirect', (event) => event.preventDefault());
}

function withoutFragment(address: string): string {
  return address.replace(/#.*$/s, '');
}
