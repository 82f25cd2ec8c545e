import { createHash } from 'node:crypto';
import { type Bend, type Members, bent } from './bend.ts';
import type { CodeGrant, Codes } from './authorization.ts';

export type Redeemed =
  | { readonly ok: true; readonly grant: CodeGrant }
  | { readonly ok: false; readonly error: 'invalid_grant' | 'unsupported_grant_type' };

/** What a refresh token continues. */
export type RefreshTokens = Map<string, CodeGrant>;

/** Honest: a code or refresh token counts once, a code only with its redirect URI and verifier (RFC 7636 4.6). */
export function redeem(form: URLSearchParams, codes: Codes, refreshTokens: RefreshTokens): Redeemed {
  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') {
    const grant = taken(codes, form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = grant?.redirectUri === form.get('redirect_uri') && grant.challenge === challenge;
    return grant !== null && fits ? { ok: true, grant } : { ok: false, error: 'invalid_grant' };
  }
  if (grantType !== 'refresh_token') return { ok: false, error: 'unsupported_grant_type' };
  const grant = taken(refreshTokens, form.get('refresh_token'));
  // OpenID Connect Core 12.2: a renewed ID token should not have a nonce.
  return grant === null
    ? { ok: false, error: 'invalid_grant' }
    : { ok: true, grant: { ...grant, nonce: null } };
}

function taken(from: Map<string, CodeGrant>, key: string | null): CodeGrant | null {
  const grant = from.get(key ?? '') ?? null;
  from.delete(key ?? '');
  return grant;
}

/** A token answer (RFC 6749 5.1, OpenID Connect Core 3.1.3.3). */
export function tokenBody(number: number, idToken: string, { tokens }: Bend): Members {
  return bent(
    {
      access_token: `access-${number}`,
      refresh_token: `refresh-${number}`,
      token_type: 'Bearer',
      expires_in: 3600,
      id_token: idToken,
    },
    tokens,
  );
}
