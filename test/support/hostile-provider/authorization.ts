import { randomUUID } from 'node:crypto';
import type { Bend } from './bend.ts';

/** What a code was given out for. */
export interface CodeGrant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly nonce: string | null;
}

export type Codes = Map<string, CodeGrant>;

/** Everybody is signed in and agrees: where the browser goes from the authorization endpoint (RFC 6749 4.1.2). */
export function authorize(request: URL, codes: Codes, bend: Bend): string {
  if (bend.redirectTo) return bend.redirectTo(request);
  const asked = request.searchParams;
  const code = randomUUID();
  codes.set(code, {
    clientId: asked.get('client_id') ?? '',
    redirectUri: asked.get('redirect_uri') ?? '',
    challenge: asked.get('code_challenge_method') === 'S256' ? asked.get('code_challenge') : null,
    nonce: asked.get('nonce'),
  });
  const back = new URL(asked.get('redirect_uri') ?? '');
  const answer = { code, state: asked.get('state') ?? undefined, ...bend.callback };
  for (const [name, value] of Object.entries(answer)) {
    if (value !== undefined) back.searchParams.append(name, value);
  }
  return back.href;
}
