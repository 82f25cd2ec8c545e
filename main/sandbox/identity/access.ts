import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { CryptoKey } from 'jose';

import type { Access, AccessProblem, Authenticate } from '../contract.ts';

/** The access tokens that are good at a vendor's APIs. */
export interface LiveTokens {
  remember(token: string, issued: IssuedAccess): void;
  readonly authenticate: Authenticate;
  clear(): void;
}

export interface IssuedAccess {
  readonly access: Access;
  /** Milliseconds since the epoch, in sandbox time. */
  readonly expiresAt: number;
  /** False once the server forgot the token (revoked); a JWT cannot be taken back (RFC 7009 3). */
  readonly stands: () => boolean;
}

const SWEEP_AT = 10_000;

/**
 * A token is known by having been issued here. `publicKey` and `audience` tell what else a presented JWT may be: one of
 * this issuer for another audience (an ID token, say) is named as such, as KS-M3 measured.
 */
export function liveTokens(options: {
  now: () => number;
  publicKey: CryptoKey;
  issuer: string;
  audience: string;
}): LiveTokens {
  const { now } = options;
  const live = new Map<string, IssuedAccess>();

  async function authenticate(authorization: string | undefined): Promise<Access | AccessProblem> {
    const token = /^bearer +(\S+) *$/iu.exec(authorization ?? '')?.[1];
    if (token === undefined) return 'missing';
    const issued = live.get(token);
    if (issued === undefined) return (await isForAnother(token, options)) ? 'wrong_audience' : 'invalid';
    if (issued.expiresAt <= now()) return 'expired';
    return issued.stands() ? issued.access : 'invalid';
  }

  return {
    remember(token, issued) {
      live.set(token, issued);
      if (live.size % SWEEP_AT === 0) sweep();
    },
    authenticate,
    clear: () => live.clear(),
  };

  function sweep(): void {
    for (const [token, { expiresAt }] of live) if (expiresAt <= now()) live.delete(token);
  }
}

async function isForAnother(
  token: string,
  {
    publicKey,
    issuer,
    audience,
    now,
  }: { publicKey: CryptoKey; issuer: string; audience: string; now: () => number },
): Promise<boolean> {
  try {
    decodeProtectedHeader(token);
  } catch {
    // Opaque: nothing more can be said of it.
    return false;
  }
  try {
    await jwtVerify(token, publicKey, { issuer, audience, currentDate: new Date(now()) });
    return false;
  } catch (error) {
    return error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud';
  }
}
