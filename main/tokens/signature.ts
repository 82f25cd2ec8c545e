import { createPublicKey } from 'node:crypto';
import { compactVerify, importJWK, type JWK } from 'jose';
import { isNone, isSupported, isSymmetric, mismatch } from './algorithms.ts';
import { shown, type JsonObject } from './decode.ts';
import type { SignatureStatus, Verdict } from './verdict.ts';

export interface SignatureCheck {
  readonly status: SignatureStatus;
  /** The verifying key's id, else the header's. */
  readonly kid: string | null;
  /** Null only with `verified`. */
  readonly finding: Verdict | null;
}

/**
 * Judges the signature of a compact JWS. The key is chosen here, by the key set's own words; whether the signature
 * holds is for `jose` alone, with the token's algorithm as the only one allowed and only after the key was found to be
 * for it (RFC 8725 3.1 and 3.2). Keys that the token itself brings (`jwk`, `jku`, `x5u`, `x5c`) are never used.
 *
 * @param keys null = no key set at all
 * @param stale the set is old enough that a missing key may just be new
 */
export async function checkSignature(
  compact: string,
  header: JsonObject,
  keys: readonly JWK[] | null,
  stale: boolean,
): Promise<SignatureCheck> {
  const alg = String(header['alg']);
  const kid = typeof header['kid'] === 'string' ? header['kid'] : null;
  const unchecked = (code: Verdict['code'], message: string): SignatureCheck => ({
    status: 'unchecked',
    kid,
    finding: { code, message },
  });

  if (isNone(alg)) {
    const message = 'The token says it is not signed ("alg" is "none"): anybody could have written it.';
    return { status: 'absent', kid, finding: { code: 'algorithm_none', message } };
  }
  if (header['crit'] !== undefined) {
    // RFC 7515 4.1.11: what is critical and not understood makes a token invalid; this console understands none.
    return unchecked(
      'critical_header_unsupported',
      `The token requires an extension that this console does not know: ${shown(JSON.stringify(header['crit']))}.`,
    );
  }
  if (keys === null) {
    return unchecked(
      'no_keys',
      'Decoded, not verified: there are no keys to check the signature with, so it may be right or wrong.',
    );
  }
  if (keys.length === 0) return unchecked(...unknownKey(kid, stale));
  if (isSymmetric(alg) && !keys.some((key) => key.kty === 'oct')) {
    return unchecked('algorithm_confusion', confusion(alg));
  }
  if (!isSupported(alg)) return unchecked('wrong_algorithm', wrongAlgorithm(alg, []));
  const candidates = kid === null ? keys : keysNamed(keys, kid);
  if (candidates.length === 0) return unchecked(...unknownKey(kid, stale));

  const fitting = candidates.filter((key) => mismatch(alg, key) === null);
  if (fitting.length === 0) {
    if (isSymmetric(alg) && candidates.some((key) => key.kty !== 'oct')) {
      return unchecked('algorithm_confusion', confusion(alg));
    }
    return unchecked('wrong_algorithm', wrongAlgorithm(alg, candidates));
  }
  if (fitting.some(isPublicKeyInDisguise)) return unchecked('algorithm_confusion', confusion(alg));

  for (const key of fitting) {
    if (await verifies(compact, alg, key)) return { status: 'verified', kid: key.kid ?? kid, finding: null };
  }
  if (kid !== null && !fitting.some((key) => key.kid === kid)) return unchecked(...unknownKey(kid, stale));
  return {
    status: 'wrong',
    kid,
    finding: { code: 'signature_wrong', message: signatureWrong(kid, fitting.length) },
  };
}

/**
 * Whether the token names a key that the set does not have: then the keys should be fetched again, once, before
 * anything is concluded (OpenID Connect Core 10.1.1, key rotation).
 */
export function namesUnknownKey(header: JsonObject, keys: readonly JWK[]): boolean {
  const kid = header['kid'];
  return typeof kid === 'string' && !keys.some((key) => key.kid === kid);
}

/** Keys of that id; where none has it, keys without an id may be it: servers with one key often give it no id. */
function keysNamed(keys: readonly JWK[], kid: string): readonly JWK[] {
  const named = keys.filter((key) => key.kid === kid);
  return named.length > 0 ? named : keys.filter((key) => key.kid === undefined);
}

/**
 * A "shared secret" that is somebody's public key written as bytes: the classic trick to have an HMAC made with public
 * knowledge accepted (RFC 8725 2.1).
 */
function isPublicKeyInDisguise(key: JWK): boolean {
  if (key.kty !== 'oct' || key.k === undefined) return false;
  const bytes = Buffer.from(key.k, 'base64url');
  const readers = [
    () => createPublicKey(bytes),
    () => createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' }),
  ];
  return readers.some((read) => {
    try {
      read();
      return true;
    } catch {
      return false;
    }
  });
}

async function verifies(compact: string, alg: string, key: JWK): Promise<boolean> {
  try {
    await compactVerify(compact, await importJWK(key, alg), { algorithms: [alg] });
    return true;
  } catch {
    // Whatever jose objects to, a damaged key included: this key does not vouch for this token.
    return false;
  }
}

function confusion(alg: string): string {
  return `The token claims the shared-secret algorithm ${shown(alg)}, but the server's key is a public one: this is how tokens are forged.`;
}

function unknownKey(kid: string | null, stale: boolean): [Verdict['code'], string] {
  if (kid === null) return ['key_unknown', 'Not verified: the set of keys is empty.'];
  return stale
    ? [
        'keys_stale',
        `Not verified: the key "${shown(kid)}" is not among the known keys, which are old. Fetch them again.`,
      ]
    : ['key_unknown', `Not verified: the key "${shown(kid)}" is not among the server's keys.`];
}

function wrongAlgorithm(alg: string, candidates: readonly JWK[]): string {
  const name = shown(alg);
  if (!isSupported(alg)) return `Not verified: ${name} is not an algorithm this console checks.`;
  const [only] = candidates;
  return candidates.length === 1 && only
    ? `The token's algorithm does not fit its key: ${shown(mismatch(alg, only) ?? '')}.`
    : `None of the ${candidates.length} keys is for the token's algorithm ${name}.`;
}

function signatureWrong(kid: string | null, tried: number): string {
  if (tried > 1) return `The signature is wrong: none of the ${tried} keys that could have made it did.`;
  const key = kid === null ? 'the server’s key' : `the key "${shown(kid)}"`;
  return `The signature is wrong: ${key} did not sign this text. It was changed, or cut while copying, or another server made it.`;
}
