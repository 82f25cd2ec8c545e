import { createHash, randomBytes } from 'node:crypto';

import { expect } from 'vitest';

import { visitor } from '../sandbox/identity-visit.ts';

const redirectUri = 'http://127.0.0.1:4711/callback';

/** A person's sign-in at an authorization endpoint by hand: what comes back to the redirect URI. */
export async function signedIn(
  endpoint: string,
  parameters: Record<string, string>,
  account: { readonly username: string; readonly password: string },
): Promise<URL> {
  const browser = visitor(new URL(redirectUri).origin);
  const query = new URLSearchParams({ redirect_uri: redirectUri, ...parameters }).toString();
  let page = await browser.open(`${endpoint}?${query}`);
  page = await browser.submit(page, { ...hiddenFields(page.html), ...account });
  // Consent is one button more.
  if (page.status !== 0) page = await browser.submit(page, hiddenFields(page.html));
  expect(page.url.startsWith(redirectUri)).toBe(true);
  return new URL(page.url);
}

function hiddenFields(html: string): Record<string, string> {
  const fields = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/gu);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]));
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
