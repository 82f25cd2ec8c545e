import type { JsonObject } from './decode.ts';
import { shown } from './shown.ts';
import type { Verdict } from './verdict.ts';

export interface Expectations {
  /** Must be `aud` or one of its values (RFC 7519 4.1.3). */
  readonly audience?: string;
  /** Must equal `iss` character by character (RFC 7519 4.1.1, OpenID Connect Core 3.1.3.7). */
  readonly issuer?: string;
  /** Must equal the header's `typ` as a media type, e.g. `at+jwt` (RFC 7515 4.1.9, RFC 9068 section 4). */
  readonly expectedType?: string;
}

/** For whom the token is. What is not expected is not checked. */
export function checkAddressee(
  header: JsonObject,
  claims: JsonObject | null,
  expected: Expectations,
): readonly Verdict[] {
  const findings: Verdict[] = [];
  const { audience, issuer, expectedType } = expected;
  if (expectedType !== undefined && mediaType(header['typ']) !== mediaType(expectedType)) {
    findings.push({
      code: 'wrong_type',
      message: `The token's type is ${quoted(header['typ'])}, expected "${shown(expectedType)}".`,
    });
  }
  if (issuer !== undefined && claims?.['iss'] !== issuer) {
    findings.push({
      code: 'wrong_issuer',
      message: `The token was issued by ${quoted(claims?.['iss'])}, expected "${shown(issuer)}".${slashHint(claims?.['iss'], issuer)}`,
    });
  }
  if (audience !== undefined && !audiences(claims?.['aud']).includes(audience)) {
    findings.push({
      code: 'wrong_audience',
      message: `The token is for ${quoted(claims?.['aud'])}, expected "${shown(audience)}".`,
    });
  }
  return findings;
}

/** The values of `aud` (RFC 7519 4.1.3): a text or a list of texts. */
export function audiences(aud: unknown): readonly string[] {
  if (typeof aud === 'string') return [aud];
  // An array with anything but strings in it is not an audience, even if one of them fits.
  return Array.isArray(aud) && aud.every((value) => typeof value === 'string') ? aud : [];
}

/** RFC 7515 4.1.9: compared without case, and `application/` may be left out. */
function mediaType(typ: unknown): string | null {
  if (typeof typ !== 'string') return null;
  const lower = typ.toLowerCase();
  return lower.includes('/') ? lower : `application/${lower}`;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'nobody named (the claim is missing)';
  if (typeof value === 'string') return `"${shown(value)}"`;
  return shown(JSON.stringify(value));
}

function slashHint(actual: unknown, expected: string): string {
  const trim = (text: string): string => text.replace(/\/$/, '');
  return typeof actual === 'string' && trim(actual) === trim(expected)
    ? ' They differ only by the slash at the end; it counts.'
    : '';
}
