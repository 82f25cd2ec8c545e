import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { type Algorithm, createVerifier } from 'fast-jwt';
import type { JWK } from 'jose';
import { type Vector, vectorsNow } from '../vectors/vector.ts';

export interface Opinion {
  readonly signature: 'right' | 'wrong';
  /** Null where nobody asked, or the signature is wrong. */
  readonly times: 'good' | 'expired' | 'not_yet_valid' | null;
}

const byFastJwt = new Set<string>([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'],
]);
const toleranceMs = 60_000;

/**
 * What an implementation that shares no code with ours says of a vector: fast-jwt, and Node's crypto for what fast-jwt does
 * not know (the name Ed25519). Null where there is no key to try, or no signed token.
 */
export function secondOpinion(whole: string, vector: Vector): Opinion | null {
  // Of an SD-JWT both judge the JWT in front (RFC 9901 4).
  const [token = ''] = whole.split('~');
  const sets = [vector.keys ?? [], ...(vector.older ?? [])];
  const header = headerOf(token);
  const alg = header?.alg;
  if (alg === undefined || vector.expect.kind !== 'jwt') return null;
  if (
    ![
      'valid',
      'expired',
      'not_yet_valid',
      'signature_wrong',
      'wrong_type',
      'wrong_issuer',
      'wrong_audience',
    ].includes(vector.expect.code)
  ) {
    return null;
  }
  const keys = sets
    .flat()
    .filter((key) => key.kid === undefined || header?.kid === undefined || key.kid === header.kid);
  if (keys.length === 0) return null;
  for (const key of keys) {
    const opinion =
      alg === 'Ed25519' ? byNode(token, key) : byFastJwt.has(alg) ? byOther(token, alg, key, vector) : null;
    if (opinion?.signature === 'right')
      return atTheEdge(token, vector) ? { ...opinion, times: null } : opinion;
  }
  return { signature: 'wrong', times: null };
}

/** RFC 7519 4.1.4 refuses a token "on or after" its end; fast-jwt lets that one instant pass. */
function atTheEdge(token: string, { now = vectorsNow, skewSeconds = 0 }: Vector): boolean {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    exp?: number;
  };
  return claims.exp !== undefined && claims.exp * 1000 + toleranceMs === now + skewSeconds * 1000;
}

function byOther(
  token: string,
  alg: string,
  key: JWK,
  { now = vectorsNow, skewSeconds = 0 }: Vector,
): Opinion {
  try {
    const check = createVerifier({
      key: key.kty === 'oct' ? Buffer.from(key.k ?? '', 'base64url') : pem(key),
      algorithms: [alg as Algorithm],
      clockTimestamp: now + skewSeconds * 1000,
      clockTolerance: toleranceMs,
      cache: false,
    });
    check(token);
    return { signature: 'right', times: 'good' };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'FAST_JWT_EXPIRED') return { signature: 'right', times: 'expired' };
    if (code === 'FAST_JWT_INACTIVE') return { signature: 'right', times: 'not_yet_valid' };
    if (code === 'FAST_JWT_INVALID_CLAIM_TYPE') return { signature: 'right', times: null };
    return { signature: 'wrong', times: null };
  }
}

function byNode(token: string, key: JWK): Opinion {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const input = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  const right =
    key.kty === 'oct'
      ? same(
          createHmac('sha256', Buffer.from(key.k ?? '', 'base64url'))
            .update(input)
            .digest(),
          bytes,
        )
      : verify(null, input, createPublicKey({ key: key, format: 'jwk' }), bytes);
  return { signature: right ? 'right' : 'wrong', times: null };
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function pem(key: JWK): string {
  return createPublicKey({ key: key, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  }) as string;
}

function headerOf(token: string): { readonly alg?: string; readonly kid?: string } | null {
  try {
    return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg?: string };
  } catch {
    return null;
  }
}
