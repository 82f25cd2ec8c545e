import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import type { Clock } from '../clock.ts';
import { fail, ok, type Result } from '../../preload/errors.ts';
import { readJson } from './json.ts';
import { shown } from './shown.ts';

/** Real sets have one to ten keys. */
const maxKeys = 100;
const maxDocumentLength = 262_144;

/**
 * A provider's verification keys as they are kept: plain JSON, public parts only, safe in any file. Where and when
 * it is stored and fetched is somebody else's matter.
 */
export interface KeySet {
  readonly keys: readonly JWK[];
  /** Milliseconds since the epoch; null for keys a user gave as a file. */
  readonly fetchedAt: number | null;
  /** Where they came from, for people: an address or a file's name. */
  readonly source: string;
}

export interface ParsedKeySet {
  readonly keySet: KeySet;
  /** Sentences: keys left out, and why; private parts found. */
  readonly warnings: readonly string[];
}

export interface KeySetOrigin {
  /**
   * `server`: a fetched document; a symmetric key in it is left out, for a published secret proves nothing.
   * `file`: a user's own file, which may hold one symmetric key for HS256 tokens, or a single key without a set.
   */
  readonly from: 'server' | 'file';
  readonly source: string;
  readonly fetchedAt: number | null;
}

/**
 * Reads a JSON Web Key Set (RFC 7517 section 5). Keys that cannot verify a signature (encryption keys, unknown types
 * or curves, damaged or short ones) are left out with a warning; private members are never kept.
 * Errors: `response_unexpected` (from a server), `input_invalid` (from a file), when it is no key set at all.
 */
export function parseJwks(document: string, origin: KeySetOrigin): Result<ParsedKeySet> {
  const refuse = (what: string): Result<never> =>
    fail(
      origin.from === 'server' ? 'response_unexpected' : 'input_invalid',
      `The keys from ${shown(origin.source)} cannot be read: ${what}.`,
      'Expected a JSON Web Key Set: {"keys":[{"kty":...},...]}.',
    );
  if (document.length > maxDocumentLength) return refuse('the document is larger than 256 kB');
  const read = readJson(document);
  if (!read.ok) return refuse(read.tooDeep ? 'the document nests too deep' : 'it is not JSON');
  const parsed = read.value;
  let entries = isObject(parsed) ? parsed['keys'] : undefined;
  if (entries === undefined && origin.from === 'file' && isObject(parsed) && 'kty' in parsed)
    entries = [parsed];
  if (!Array.isArray(entries)) return refuse('it has no list "keys"');
  if (entries.length > maxKeys) return refuse(`it has more than ${maxKeys} keys`);

  const keys: JWK[] = [];
  const warnings: string[] = [];
  entries.forEach((entry: unknown, index) => {
    const one = readKey(entry, origin.from === 'file');
    const name =
      isObject(entry) && typeof entry['kid'] === 'string' ? `"${shown(entry['kid'])}"` : `${index + 1}`;
    if (typeof one === 'string') warnings.push(`Key ${name} was left out: ${one}.`);
    else {
      keys.push(one.key);
      if (one.hadPrivateParts) {
        warnings.push(
          `Key ${name} came with its private part, which was dropped: whoever has seen it can forge tokens. Tell whoever runs the server.`,
        );
      }
    }
  });
  return ok({ keySet: { keys, fetchedAt: origin.fetchedAt, source: origin.source }, warnings });
}

/** Reads back what was stored of a {@link KeySet}; checks it as strictly as a fetched document. */
export function restoreKeySet(stored: unknown): Result<ParsedKeySet> {
  const source = isObject(stored) && typeof stored['source'] === 'string' ? stored['source'] : 'the cache';
  const fetchedAt = isObject(stored) && typeof stored['fetchedAt'] === 'number' ? stored['fetchedAt'] : null;
  return parseJwks(stored === undefined ? '' : JSON.stringify(stored), { from: 'server', source, fetchedAt });
}

/** Whole seconds since the keys were fetched, never negative; null for a user's file. */
export function keyAgeSeconds(
  fetchedAt: number | null | undefined,
  clock: Pick<Clock, 'now'>,
): number | null {
  return fetchedAt === null || fetchedAt === undefined
    ? null
    : Math.max(0, Math.floor((clock.now() - fetchedAt) / 1000));
}

const publicMembers = [
  'kty',
  'kid',
  'alg',
  'use',
  'key_ops',
  'crv',
  'n',
  'e',
  'x',
  'y',
  'x5t',
  'x5t#S256',
] as const;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'] as const;

function readKey(
  entry: unknown,
  symmetricAllowed: boolean,
): { readonly key: JWK; readonly hadPrivateParts: boolean } | string {
  if (!isObject(entry)) return 'it is not an object';
  const kty = entry['kty'];
  const texts = ['kid', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y', 'k'];
  const wrong = texts.find((name) => entry[name] !== undefined && typeof entry[name] !== 'string');
  if (wrong !== undefined) return `its "${wrong}" is not text`;
  const operations = entry['key_ops'];
  if (
    operations !== undefined &&
    !(Array.isArray(operations) && operations.every((o) => typeof o === 'string'))
  ) {
    return 'its "key_ops" is not a list of names';
  }
  if (entry['use'] !== undefined && entry['use'] !== 'sig') return 'it is not for signatures';

  const key: Record<string, unknown> = {};
  for (const name of publicMembers) if (entry[name] !== undefined) key[name] = entry[name];
  if (kty === 'oct') {
    if (!symmetricAllowed) return 'it is a shared secret, which a published key must never be';
    if (typeof entry['k'] !== 'string' || entry['k'] === '') return 'it has no value "k"';
    return { key: { ...key, k: entry['k'] }, hadPrivateParts: false };
  }
  const problem = publicKeyProblem(key);
  return problem ?? { key, hadPrivateParts: privateMembers.some((name) => entry[name] !== undefined) };
}

function publicKeyProblem(key: Record<string, unknown>): string | null {
  const { kty, crv } = key;
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return 'its type is not one this console checks';
  const curves = kty === 'EC' ? ['P-256', 'P-384', 'P-521'] : ['Ed25519'];
  if (kty !== 'RSA' && (typeof crv !== 'string' || !curves.includes(crv))) {
    return 'its curve is not one this console checks';
  }
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key, format: 'jwk' });
    // RFC 7518 3.3: 2048 bits at least; the upper bound keeps one hostile key from stalling the console.
    const bits = asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < 2048) return `it has ${bits} bits, at least 2048 are needed`;
    if (bits !== undefined && bits > 16_384) return `it has ${bits} bits, more than any server uses`;
    return null;
  } catch {
    return 'it is damaged';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
