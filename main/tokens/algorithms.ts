import type { JWK } from 'jose';

interface AlgorithmNeeds {
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  readonly crv?: string;
}

/** The algorithms this console verifies (RFC 7518 section 3.1, RFC 8037, RFC 9864) and the key each needs. */
const algorithms: Readonly<Record<string, AlgorithmNeeds>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  HS256: { kty: 'oct' },
  HS384: { kty: 'oct' },
  HS512: { kty: 'oct' },
};

export function isSupported(alg: string): boolean {
  return Object.hasOwn(algorithms, alg);
}

/** HMAC: the key that checks it can also forge it (RFC 7518 3.2). */
export function isSymmetric(alg: string): boolean {
  return /^HS\d/i.test(alg);
}

/** RFC 8725 2.1: some libraries took any capitals of "none". */
export function isNone(alg: string): boolean {
  return alg.trim().toLowerCase() === 'none';
}

/**
 * Why `key` may not verify a token of algorithm `alg`, or null where it may. Read from the key, never from the token
 * (RFC 8725 3.1): key type and curve, the key's own `alg`, `use` and `key_ops` (RFC 7517 4.2 to 4.4).
 */
export function mismatch(alg: string, key: JWK): string | null {
  const needs = Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (!needs) return `${alg} is not an algorithm this console checks`;
  if (key.kty !== needs.kty) return `the key is of type ${key.kty ?? 'unknown'}, ${alg} needs ${needs.kty}`;
  if (needs.crv !== undefined && key.crv !== needs.crv) {
    return `the key is on curve ${key.crv ?? 'unknown'}, ${alg} needs ${needs.crv}`;
  }
  if (key.alg !== undefined && !sameAlgorithm(key.alg, alg)) return `the key is for ${key.alg} only`;
  if (key.use !== undefined && key.use !== 'sig') return `the key is for "${key.use}", not for signatures`;
  if (key.key_ops !== undefined && !key.key_ops.includes('verify')) {
    return 'the key is not for checking signatures ("key_ops")';
  }
  return null;
}

/** RFC 9864 gave EdDSA with Ed25519 a second name; both mean the same signature. */
function sameAlgorithm(a: string, b: string): boolean {
  const canonical = (alg: string): string => (alg === 'EdDSA' ? 'Ed25519' : alg);
  return canonical(a) === canonical(b);
}
