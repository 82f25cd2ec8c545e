import type { JWK } from 'jose';
import type { VerdictCode } from '../../main/tokens/verdict.ts';

/** 2026-11-22T12:00:00Z: every vector is judged at this moment, unless it says otherwise. */
export const vectorsNow = Date.UTC(2026, 10, 22, 12);

/** A token with its verdict. The files of this folder are lists of these, made once by make.ts. */
export interface Vector {
  readonly name: string;
  /** Where the rule or the example comes from. */
  readonly source: string;
  /** One compact token; or how a large one is put together, so that it need not lie in the repository. */
  readonly token: string | Large;
  /** Keys to check with; null for none. */
  readonly keys: readonly JWK[] | null;
  /** Keys of generations before, newest first. */
  readonly older?: readonly (readonly JWK[])[];
  /** How long ago the keys were fetched. */
  readonly keyAgeSeconds?: number;
  readonly now?: number;
  readonly skewSeconds?: number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly type?: string;
  readonly expect: {
    readonly kind: 'jwt' | 'jwe' | 'opaque' | 'malformed';
    readonly code: VerdictCode;
    readonly signature?: 'verified' | 'wrong' | 'unchecked' | 'absent';
    /** Where a malformed token breaks. */
    readonly part?: 'header' | 'payload' | 'signature' | 'token';
    readonly at?: number | null;
    /** Words that a warning must have. */
    readonly warns?: readonly string[];
  };
}

/** `prefix` + `repeat` times `piece` + `suffix`, signed with HS256 by `secret` (base64url) where that is given. */
export interface Large {
  readonly header: object;
  readonly prefix: string;
  readonly piece: string;
  readonly times: number;
  readonly suffix: string;
  readonly secret: string | null;
}
