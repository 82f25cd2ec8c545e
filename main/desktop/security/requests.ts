import type { Session } from 'electron';
import { isOurs } from './app-scheme.ts';

/**
 * The attack: something in the page is loaded from the network, over plain http even, and with it comes whoever can
 * change it on the way; or an address that is loaded carries data out.
 * The rule: the window loads from our own files and from nowhere else. This holds below the content security policy,
 * also where a policy does not reach (favicons, prefetches, redirects).
 * https://www.electronjs.org/docs/latest/tutorial/security#1-only-load-secure-content and item 8
 * @param packaged whether this is a build for people; others have developer tools, which load their own files
 */
export function onlyOwnRequests(session: Pick<Session, 'webRequest'>, packaged: boolean): void {
  session.webRequest.onBeforeRequest((request, answer) => {
    const { protocol } = new URL(request.url);
    const harmless = protocol === 'data:' || (protocol === 'devtools:' && !packaged);
    answer({ cancel: !harmless && !isOurs(request.url) });
  });
}
