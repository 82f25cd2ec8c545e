import { createHash } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** One RS256 signing key, made anew at each start. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The private key as oidc-provider takes it. */
  readonly jwk: JWK;
  readonly kid: string;
  /** An `x5t` (RFC 7515 4.1.7) as the Konexus sample carries it. There is no certificate: it is the key's own hash. */
  readonly x5t: string;
}

export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const x5t = createHash('sha1')
    .update(await exportSPKI(publicKey))
    .digest('base64url');
  return { privateKey, publicKey, kid, x5t, jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' } };
}
