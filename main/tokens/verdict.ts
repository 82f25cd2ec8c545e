import type { Break, JsonObject } from './decode.ts';

/**
 * Every verdict, worst first. THE precedence: of all that is found, what stands first here is the verdict and the
 * rest becomes warnings. The order follows from what still can be believed:
 *
 * 1. what the text is at all: not a token, opaque, encrypted;
 * 2. the algorithm: none at all, a public key used as a secret, or one that is not for this key (RFC 8725 3.1);
 * 3. an extension that must be understood (RFC 7515 4.1.11);
 * 4. the key, and whether the signature holds: a wrong signature beats every claim, for then nobody vouches for the
 *    claims, `exp` included;
 * 5. for whom the token is: a wrong type, issuer or audience stays wrong, whatever the time;
 * 6. when it counts: waiting or refreshing helps.
 */
export const precedence = [
  'malformed',
  'opaque',
  'encrypted',
  'algorithm_none',
  'algorithm_confusion',
  'wrong_algorithm',
  'critical_header_unsupported',
  'no_keys',
  'keys_stale',
  'key_unknown',
  'signature_wrong',
  'wrong_type',
  'wrong_issuer',
  'wrong_audience',
  'not_yet_valid',
  'expired',
  'valid',
] as const;

export type VerdictCode = (typeof precedence)[number];

export interface Verdict {
  readonly code: VerdictCode;
  /** A sentence for a person. */
  readonly message: string;
}

/**
 * `verified`: a key of the set confirms it. `wrong`: a key was there and does not. `unchecked`: nobody looked (no
 * fitting key, encrypted, opaque, malformed). `absent`: the token has none (`alg: none`).
 */
export type SignatureStatus = 'verified' | 'wrong' | 'unchecked' | 'absent';

/** The shape of `latchkey inspect --json`. */
export interface Inspection {
  readonly kind: 'jwt' | 'jwe' | 'opaque' | 'malformed';
  readonly header: JsonObject | null;
  /** As they stand in the token; believable only with `signature.status` `verified`. */
  readonly claims: JsonObject | null;
  readonly verdict: Verdict;
  readonly signature: {
    readonly status: SignatureStatus;
    /** The key that verified it; else the key id that the header names; else null. */
    readonly kid: string | null;
    /**
     * How long ago the key that verified it was seen at the server, else how long ago the keys were fetched; whole
     * seconds; null where that is unknown or no keys were given.
     */
    readonly keyAgeSeconds: number | null;
  };
  readonly times: TokenTimes;
  /** Where a malformed token breaks; null for every other, and where it breaks nowhere in particular. */
  readonly breaks: Break | null;
  /** Sentences: what else was found. */
  readonly warnings: readonly string[];
}

/** ISO 8601 in UTC, or null where the claim is missing or no date. */
export interface TokenTimes {
  readonly issuedAt: string | null;
  readonly notBefore: string | null;
  readonly expiresAt: string | null;
  /** The moment of the verdict, the measured clock difference included. */
  readonly now: string;
  /** Until `exp`, whole seconds, negative after it; null without `exp`. The tolerance is not in it. */
  readonly secondsLeft: number | null;
  /** From `iat` to `exp`; null where one is missing. */
  readonly lifetimeSeconds: number | null;
  /** How far the server's clock is ahead of this computer's. */
  readonly skewSeconds: number;
  readonly toleranceSeconds: number;
}

/** Chooses the verdict of all findings by {@link precedence}; with no finding, `otherwise`. */
export function judge(
  findings: readonly Verdict[],
  otherwise: Verdict,
): { readonly verdict: Verdict; readonly rest: readonly Verdict[] } {
  if (findings.length === 0) return { verdict: otherwise, rest: [] };
  const ordered = findings.toSorted((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code));
  const [verdict = otherwise, ...rest] = ordered;
  return { verdict, rest };
}
