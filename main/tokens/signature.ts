import { type JsonWebKey, X509Certificate, createPublicKey } from 'node:crypto';
import { compactVerify, type CryptoKey, importJWK, type JWK } from 'jose';
import { isNone, isSupported, isSymmetric, mismatch } from './algorithms.ts';
import type { JsonObject } from './decode.ts';
import { allKeys, type KnownKey, type KnownKeys } from './known-keys.ts';
import { shown } from './shown.ts';
import type { SignatureStatus, Verdict } from './verdict.ts';

export interface SignatureCheck {
  readonly status: SignatureStatus;
  /** The verifying key's id, else the header's. */
  readonly kid: string | null;
  /** The key that verified it; null otherwise. */
  readonly verifiedBy: KnownKey | null;
  /** Null only with `verified`. */
  readonly finding: Verdict | null;
}

/**
 * Judges algorithm, critical header, key and signature of a compact JWS, in this order. The key is chosen here, by the key
 * set's own words; whether the signature holds is for `jose` alone, with the token's algorithm as the only one allowed and
 * only after the key was found to be for it (RFC 8725 3.1 and 3.2). Keys that the token itself brings (`jwk`, `jku`, `x5u`,
 * `x5c`) are never used.
 *
 * @param known null = no keys at all
 * @param stale the keys are old enough that a missing one may just be new
 */
export async function checkSignature(
  compact: string,
  header: JsonObject,
  known: KnownKeys | null,
  stale: boolean,
): Promise<SignatureCheck> {
  const alg = String(header['alg']);
  const kid = typeof header['kid'] === 'string' ? header['kid'] : null;
  const unchecked = (code: Verdict['code'], message: string): SignatureCheck => ({
    status: 'unchecked',
    kid,
    verifiedBy: null,
    finding: { code, message },
  });

  if (isNone(alg)) {
    const message = 'The token says it is not signed ("alg" is "none"): anybody could have written it.';
    return { status: 'absent', kid, verifiedBy: null, finding: { code: 'algorithm_none', message } };
  }
  const keys = known === null ? [] : allKeys(known);
  const candidates = kid === null ? keys : keysNamed(keys, kid);
  const fitting = candidates.filter(({ key }) => mismatch(alg, key) === null);
  const algorithm = algorithmFinding(alg, keys, candidates, fitting);
  if (algorithm !== null) return unchecked(algorithm.code, algorithm.message);

  const critical = criticalFinding(header);
  if (critical !== null) return unchecked('critical_header_unsupported', critical);

  if (known === null) {
    return unchecked(
      'no_keys',
      isSymmetric(alg)
        ? `Decoded, not verified: ${alg} is checked with a secret that the server and its client share, and none was given.`
        : 'Decoded, not verified: there are no keys to check the signature with, so it may be right or wrong.',
    );
  }
  if (fitting.length === 0) return unchecked(...unknownKey(kid, keys.length, stale));
  for (const candidate of fitting) {
    if (await verifies(compact, alg, candidate.key)) {
      return { status: 'verified', kid: candidate.key.kid ?? kid, verifiedBy: candidate, finding: null };
    }
  }
  if (kid !== null && !fitting.some(({ key }) => key.kid === kid)) {
    return unchecked(...unknownKey(kid, keys.length, stale));
  }
  return {
    status: 'wrong',
    kid,
    verifiedBy: null,
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

/** What is wrong with the algorithm, for itself or for the keys that the token means; null where nothing is. */
function algorithmFinding(
  alg: string,
  keys: readonly KnownKey[],
  candidates: readonly KnownKey[],
  fitting: readonly KnownKey[],
): Verdict | null {
  if (isSymmetric(alg)) {
    const meant = candidates.length > 0 ? candidates : keys;
    const publicOnly = meant.length > 0 && meant.every(({ key }) => key.kty !== 'oct');
    if (publicOnly || fitting.some(({ key }) => isPublicKeyInDisguise(key))) {
      return { code: 'algorithm_confusion', message: confusion(alg) };
    }
  }
  if (!isSupported(alg) || (candidates.length > 0 && fitting.length === 0)) {
    return { code: 'wrong_algorithm', message: wrongAlgorithm(alg, candidates) };
  }
  return null;
}

/** RFC 7515 4.1.11: what is critical and not understood makes a token invalid; this console understands none. */
function criticalFinding(header: JsonObject): string | null {
  if (header['crit'] !== undefined) {
    return `The token requires an extension that this console does not know: ${shown(JSON.stringify(header['crit']))}.`;
  }
  return header['b64'] === false
    ? 'The token says that its payload is not base64url ("b64" is false), which no JWT may (RFC 7797 7).'
    : null;
}

/** Keys of that id; where none has it, keys without an id may be it: servers with one key often give it no id. */
function keysNamed(keys: readonly KnownKey[], kid: string): readonly KnownKey[] {
  const named = keys.filter(({ key }) => key.kid === kid);
  return named.length > 0 ? named : keys.filter(({ key }) => key.kid === undefined);
}

/**
 * A "shared secret" that is somebody's public key written as bytes: the classic trick to have an HMAC made with public
 * knowledge accepted (RFC 8725 2.1).
 */
function isPublicKeyInDisguise(key: JWK): boolean {
  if (key.kty !== 'oct' || key.k === undefined) return false;
  const bytes = Buffer.from(key.k, 'base64url');
  const text = bytes.toString('utf8');
  // The lines between those of a PEM file are base64 of the same key.
  const inner = Buffer.from(text, 'base64');
  const readers = [
    () => createPublicKey(bytes),
    ...[bytes, inner].flatMap((der) => [
      () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
      () => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }),
      () => new X509Certificate(der),
    ]),
    () => createPublicKey({ key: publicJwkIn(text), format: 'jwk' }),
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

/** The key, or the first of the set, that a JSON text is. Throws where it is none. */
function publicJwkIn(text: string): JsonWebKey {
  const value = JSON.parse(text) as { readonly keys?: readonly JsonWebKey[] } & JsonWebKey;
  const [first = value] = value.keys ?? [];
  return first;
}

/** Keys as the engine has them: making one costs as much as checking with it. */
const importedKeys = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>();

function imported(key: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const known = importedKeys.get(key) ?? new Map<string, Promise<CryptoKey | Uint8Array>>();
  importedKeys.set(key, known);
  const before = known.get(alg) ?? importJWK(key, alg);
  known.set(alg, before);
  return before;
}

async function verifies(compact: string, alg: string, key: JWK): Promise<boolean> {
  try {
    await compactVerify(compact, await imported(key, alg), { algorithms: [alg] });
    return true;
  } catch {
    // Whatever jose objects to, a damaged key included: this key does not vouch for this token.
    return false;
  }
}

function confusion(alg: string): string {
  return `The token claims the shared-secret algorithm ${shown(alg)}, but the server's key is a public one: this is how tokens are forged.`;
}

function unknownKey(kid: string | null, count: number, stale: boolean): [Verdict['code'], string] {
  if (count === 0) return ['key_unknown', 'Decoded, not verified: there is no usable key among those given.'];
  const named = kid === null ? 'the key it was signed with' : `the key "${shown(kid)}"`;
  return stale
    ? [
        'keys_stale',
        `Decoded, not verified: ${named} is not among the known keys, which are old. Fetch them again.`,
      ]
    : ['key_unknown', `Decoded, not verified: ${named} is not among the server's keys.`];
}

function wrongAlgorithm(alg: string, candidates: readonly KnownKey[]): string {
  const name = shown(alg);
  if (!isSupported(alg)) return `Decoded, not verified: ${name} is not an algorithm this console checks.`;
  const [only] = candidates;
  return candidates.length === 1 && only
    ? `The token's algorithm does not fit its key: ${shown(mismatch(alg, only.key) ?? '')}.`
    : `None of the ${candidates.length} keys is for the token's algorithm ${name}.`;
}

function signatureWrong(kid: string | null, tried: number): string {
  if (tried > 1) return `The signature is wrong: none of the ${tried} keys that could have made it did.`;
  const key = kid === null ? 'the server’s key' : `the key "${shown(kid)}"`;
  return `The signature is wrong: ${key} did not sign this text. It was changed, or cut while copying, or another server made it.`;
}
