import { createHash, randomBytes } from 'node:crypto';

import { signInByForm } from '../../support/visitor.ts';

const redirectUri = 'http://127.0.0.1:4711/callback';

/** A person's sign-in at an authorization endpoint by hand: what comes back to the redirect URI. */
export async function signedIn(
  endpoint: string,
  parameters: Record<string, string>,
  account: { readonly username: string; readonly password: string },
): Promise<URL> {
  const query = new URLSearchParams({ redirect_uri: redirectUri, ...parameters }).toString();
  return new URL(await signInByForm(`${endpoint}?${query}`, new URL(redirectUri).origin, account));
}

export interface Pkce {
  readonly verifier: string;
  readonly parameters: Record<string, string>;
}

/** RFC 7636, S256. */
export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, parameters: { code_challenge: challenge, code_challenge_method: 'S256' } };
}

/** The form that exchanges the code of `signedIn` (RFC 6749 4.1.3). */
export function codeForm(returned: URL, verifier?: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: returned.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    ...(verifier === undefined ? {} : { code_verifier: verifier }),
  };
}
