import type { Shell } from 'electron';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import { checkEndpointUrl } from '../../http/endpoint-url.ts';

/** The addresses of sign-ins under way, and the only way out of the program to the system's other programs. */
export interface ExternalAddresses {
  /**
   * The core has just made this address for a sign-in that was asked for.
   * @returns to be called when that sign-in is over: its address opens no more
   */
  asked(url: string): () => void;
  /** Errors: input_invalid for any other address; browser_unavailable. */
  open(url: string): Promise<Result<void>>;
}

/**
 * The attack: `shell.openExternal` starts whatever program the system has for an address; with one from a page
 * (`smb:`, `ms-msdt:`, `file:`) that runs an attacker's code.
 * The rule: it opens exactly the authorization address of a sign-in that a person just asked for and that is still under
 * way, as the core made it; https, or http to this computer.
 * https://www.electronjs.org/docs/latest/tutorial/security#15-do-not-use-shellopenexternal-with-untrusted-content
 */
export function externalAddresses(shell: Pick<Shell, 'openExternal'>): ExternalAddresses {
  const underWay = new Set<{ readonly url: string }>();
  return {
    asked(url) {
      const signIn = { url };
      underWay.add(signIn);
      return () => void underWay.delete(signIn);
    },
    async open(url) {
      if (![...underWay].some((signIn) => signIn.url === url)) {
        return fail(
          'input_invalid',
          'Only the address of a sign-in that is under way can be opened.',
          'Start the sign-in again.',
        );
      }
      const checked = checkEndpointUrl(url, 'The authorization address');
      if (!checked.ok) return checked;
      try {
        // Written anew by the URL parser: no space, quote or control character of the given text is left.
        await shell.openExternal(checked.value.href);
        return ok(undefined);
      } catch {
        return fail(
          'browser_unavailable',
          'The system could not open a browser.',
          'Copy the address and open it by hand, or set a default browser.',
        );
      }
    },
  };
}
