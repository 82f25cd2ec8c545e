import type { JWK } from 'jose';
import type { Clock } from '../clock.ts';
import { checkAddressee, type Expectations } from './claims.ts';
import { decodeToken, type DecodedToken, type JsonObject } from './decode.ts';
import { keyAgeSeconds } from './jwks-cache.ts';
import { checkSignature, type SignatureCheck } from './signature.ts';
import { checkTimes, defaultToleranceSeconds, duration } from './times.ts';
import { judge, type Inspection, type Verdict } from './verdict.ts';

/** After a day, a key that is missing from the set is as likely new as wrong. */
export const defaultStaleAfterSeconds = 86_400;

export interface InspectionRequest extends Expectations {
  /** As pasted; see {@link decodeToken} for what is forgiven. */
  readonly token: string;
  /** Null or missing: the token is decoded and not verified. From `parseJwks`. */
  readonly keys?: { readonly keys: readonly JWK[] } | null;
  /** Milliseconds since the epoch; null or missing where it is unknown (a user's file). */
  readonly keysFetchedAt?: number | null;
  readonly clock: Pick<Clock, 'now'>;
  /** How far the server's clock is ahead of this computer's (`Http.skewSeconds`). */
  readonly skewSeconds?: number;
  /** For `exp` and `nbf`; 60 by default. */
  readonly toleranceSeconds?: number;
  readonly staleAfterSeconds?: number;
}

/**
 * Says what a token is and whether it is good, without a network. Never throws and never fails: whatever the text is,
 * there is a verdict (see `precedence` for which one wins). The token itself is in no message.
 */
export async function inspectToken(request: InspectionRequest): Promise<Inspection> {
  const { clock, skewSeconds = 0, toleranceSeconds = defaultToleranceSeconds } = request;
  const token = decodeToken(request.token);
  const keys = request.keys?.keys ?? null;
  const ageSeconds = keys === null ? null : keyAgeSeconds(request.keysFetchedAt, clock);
  const stale = ageSeconds !== null && ageSeconds >= (request.staleAfterSeconds ?? defaultStaleAfterSeconds);

  const signature = await signatureOf(token, keys, stale);
  const time = checkTimes(token.claims, clock.now(), skewSeconds, toleranceSeconds);
  const addressee = token.kind === 'jwt' ? checkAddressee(token.header, token.claims, request) : [];
  const about = kindFinding(token);
  const findings = [about, signature.finding, ...addressee, ...time.findings].filter((f) => f !== null);
  const { verdict, rest } = judge(findings, {
    code: 'valid',
    message: validMessage(signature, time.times.secondsLeft),
  });
  return {
    kind: token.kind,
    header: token.header,
    claims: token.claims,
    verdict,
    signature: { status: signature.status, kid: signature.kid, keyAgeSeconds: ageSeconds },
    times: time.times,
    warnings: [
      ...rest.map((finding) => finding.message),
      ...token.warnings,
      ...time.warnings,
      ...(token.header === null ? [] : headerWarnings(token.header)),
      ...(stale && signature.status === 'verified'
        ? [`The keys were fetched ${duration(ageSeconds)} ago; the server may have withdrawn this one since.`]
        : []),
    ],
  };
}

async function signatureOf(
  token: DecodedToken,
  keys: readonly JWK[] | null,
  stale: boolean,
): Promise<SignatureCheck> {
  if (token.kind === 'jwt') return checkSignature(token.compact, token.header, keys, stale);
  const kid = token.header?.['kid'];
  return { status: 'unchecked', kid: typeof kid === 'string' ? kid : null, finding: null };
}

function kindFinding(token: DecodedToken): Verdict | null {
  switch (token.kind) {
    case 'jwt':
      return null;
    case 'malformed':
      return { code: 'malformed', message: token.reason };
    case 'jwe':
      return {
        code: 'encrypted',
        message: 'The token is encrypted: only the server it is meant for can read it. Its header is shown.',
      };
    case 'opaque':
      return {
        code: 'opaque',
        message:
          'The token carries no readable content: only the server that issued it knows what it stands for.',
      };
  }
}

function validMessage(signature: SignatureCheck, secondsLeft: number | null): string {
  const key = signature.kid === null ? '' : ' with a known key';
  if (secondsLeft === null) return `The token is good: the signature was verified${key}. It has no end.`;
  return secondsLeft >= 0
    ? `The token is good: the signature was verified${key}. It ends in ${duration(secondsLeft)}.`
    : `The token is good, but only just: it ended ${duration(-secondsLeft)} ago, within the tolerance for clocks.`;
}

function headerWarnings(header: JsonObject): string[] {
  const brought = ['jwk', 'jku', 'x5u', 'x5c'].filter((name) => header[name] !== undefined);
  return brought.length === 0
    ? []
    : [
        `The token brings or names its own key (${brought.join(', ')}). It was not used: a forger would bring one too.`,
      ];
}
