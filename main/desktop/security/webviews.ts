import type { WebContents } from 'electron';

/**
 * The attack: a `<webview>` that script put into the page brings web preferences of its own, Node among them.
 * The rule: there is none, whatever its options.
 * https://www.electronjs.org/docs/latest/tutorial/security#12-verify-webview-options-before-creation and item 11
 */
export function denyWebviews(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
