import type { Clock } from '../clock.ts';
import { headerWarnings, policyWarnings } from './cautions.ts';
import { audiences, checkAddressee, type Expectations } from './claims.ts';
import { openToken, type DecodedToken } from './decode.ts';
import type { KnownKeys } from './known-keys.ts';
import { keyAgeSeconds } from './jwks-cache.ts';
import { shown } from './shown.ts';
import { checkSignature, type SignatureCheck } from './signature.ts';
import { checkTimes, defaultToleranceSeconds, duration } from './times.ts';
import { judge, type Inspection, type Verdict, type VerdictCode } from './verdict.ts';

/** After a day, a key that is missing from the set is as likely new as wrong. */
export const defaultStaleAfterSeconds = 86_400;

export interface InspectionRequest extends Expectations {
  /** One token and nothing else; `findTokens` takes off what copying adds. */
  readonly token: string;
  /** Null or missing: the token is decoded and not verified. */
  readonly keys?: KnownKeys | null;
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
  const opened = openToken(request.token);
  const known = request.keys ?? null;
  const setAge = known === null ? null : keyAgeSeconds(known.fetchedAt, clock);
  const stale = setAge !== null && setAge >= (request.staleAfterSeconds ?? defaultStaleAfterSeconds);

  // The signature is checked on another thread: the payload is read meanwhile.
  const checking = opened.signed && checkSignature(opened.signed.compact, opened.signed.header, known, stale);
  if (checking !== null && known !== null && /^[RP]S/.test(String(opened.signed?.header['alg']))) {
    // Heard here already, so that its failure is no unhandled one while something else is waited for; it is thrown below.
    checking.catch(() => undefined);
    await nextTurn();
  }
  const token = opened.read();
  const time = checkTimes(token.claims, clock.now(), skewSeconds, toleranceSeconds);
  const addressee = token.kind === 'jwt' ? checkAddressee(token.header, token.claims, request) : [];
  const ofHeader = token.header === null ? [] : headerWarnings(token.header);
  const ofPolicy =
    token.kind === 'jwt' && token.claims !== null
      ? policyWarnings(token.header, token.claims, time.times)
      : [];
  const validity = `${validFor(time.times.secondsLeft)}${madeFor(token)}`;
  const ofKind = kindFinding(token);

  const checked = await checking;
  // No JWT goes without: without a finding of its signature it would be called valid.
  const signature =
    token.kind === 'jwt'
      ? (checked ?? (await checkSignature(token.compact, token.header, known, stale)))
      : uncheckedSignature(token);
  const keyAge =
    signature.verifiedBy === null ? setAge : keyAgeSeconds(signature.verifiedBy.fetchedAt, clock);
  const signed = signedBy(token, signature, known, keyAge);
  const findings = [...addressee, ...time.findings];
  if (signature.finding !== null) findings.unshift(signature.finding);
  if (ofKind !== null) findings.unshift(ofKind);
  const { verdict, rest } = judge(findings, {
    code: 'valid',
    message: `Signed${signed}; ${validity}.`,
  });
  return {
    kind: token.kind,
    header: token.header,
    claims: token.claims,
    verdict:
      signature.status === 'verified' && afterSignature.has(verdict.code)
        ? { ...verdict, message: `${verdict.message} The signature is right: signed${signed}.` }
        : verdict,
    signature: { status: signature.status, kid: signature.kid, keyAgeSeconds: keyAge },
    times: time.times,
    breaks: token.kind === 'malformed' ? token.breaks : null,
    warnings: [
      ...rest.map((finding) => finding.message),
      ...token.warnings,
      ...time.warnings,
      ...ofHeader,
      ...keyWarnings(signature, String(token.header?.['alg']), stale, keyAge),
      ...ofPolicy,
    ],
  };
}

/**
 * Resolves in the next turn of the loop. `jose` awaits a few promises before it hands a signature to the thread that checks
 * it; what is done here before that holds it up. For RSA alone, whose check is about as short as the reading: elliptic
 * curves take several times as long, and were measured to lose by it.
 */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Verdicts that leave it open whether the signature holds unless it is said. */
const afterSignature: ReadonlySet<VerdictCode> = new Set([
  'wrong_type',
  'wrong_issuer',
  'wrong_audience',
  'not_yet_valid',
  'expired',
]);

function uncheckedSignature(token: DecodedToken): SignatureCheck {
  const kid = token.header?.['kid'];
  return {
    status: 'unchecked',
    kid: typeof kid === 'string' ? kid : null,
    verifiedBy: null,
    finding: null,
  };
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

/** " by https://... with key abc (fetched 3 hours ago)". The issuer is named only where it publishes the keys itself. */
function signedBy(
  token: DecodedToken,
  { kid, verifiedBy }: SignatureCheck,
  known: KnownKeys | null,
  ageSeconds: number | null,
): string {
  const iss = token.claims?.['iss'];
  const publisher = typeof iss === 'string' && known?.issuer === iss ? ` by ${shown(iss)}` : '';
  const key = kid === null ? ' with the key given' : ` with key ${shown(kid, 32)}`;
  const age =
    ageSeconds !== null
      ? ` (${verifiedBy?.withdrawn === true ? 'last seen' : 'fetched'} ${duration(ageSeconds)} ago)`
      : known?.source === undefined
        ? ''
        : ` (from ${shown(known.source, 60)})`;
  return `${publisher}${key}${age}`;
}

function validFor(secondsLeft: number | null): string {
  if (secondsLeft === null) return 'valid without an end';
  if (secondsLeft < 0) {
    return `ended ${duration(-secondsLeft)} ago, within the tolerance for clocks`;
  }
  return `valid for ${duration(secondsLeft).replace(' ', ' more ')}`;
}

function madeFor(token: DecodedToken): string {
  const names = audiences(token.claims?.['aud']);
  if (names.length === 0) return '';
  const named = names.slice(0, 3).map((name) => shown(name, 60));
  return `; made for ${named.join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

function keyWarnings(
  { verifiedBy }: SignatureCheck,
  alg: string,
  stale: boolean,
  ageSeconds: number | null,
): string[] {
  if (verifiedBy === null) return [];
  if (verifiedBy.withdrawn) {
    const since = ageSeconds === null ? '' : `; it was last seen ${duration(ageSeconds)} ago`;
    return [
      `The server no longer publishes the key that signed this${since}. It may have been withdrawn for a reason.`,
    ];
  }
  if (stale && ageSeconds !== null) {
    return [
      `The keys were fetched ${duration(ageSeconds)} ago; the server may have withdrawn this one since.`,
    ];
  }
  return weakness(verifiedBy.key, alg);
}

/** RFC 7518 3.2: a secret shorter than the hash is easier to guess than the signature is to forge. */
function weakness(key: { readonly kty?: string; readonly k?: string }, alg: string): string[] {
  if (key.kty !== 'oct' || key.k === undefined) return [];
  const bytes = Buffer.from(key.k, 'base64url').length;
  const wanted = Number(/\d+/.exec(alg)?.[0] ?? 256) / 8;
  return bytes >= wanted
    ? []
    : [
        `The shared secret is weak: ${bytes} bytes, and ${alg} wants ${wanted} at least (RFC 7518 3.2). Whoever has a token can try to guess it.`,
      ];
}
