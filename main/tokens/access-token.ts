import type { JWK } from 'jose';
import { fail, ok, type Result } from '../../preload/errors.ts';
import type { JsonObject } from './decode.ts';
import { inspectToken, type InspectionRequest } from './inspect.ts';
import type { Inspection, VerdictCode } from './verdict.ts';

export interface AccessTokenRequest extends Pick<InspectionRequest, 'token' | 'clock' | 'skewSeconds'> {
  readonly keys: { readonly keys: readonly JWK[] };
  readonly issuer: string;
  readonly audience: string;
}

/** The check that each verdict is the failure of, in the vendor's order: signature, issuer, audience, expiry. */
const checks: Readonly<Record<Exclude<VerdictCode, 'valid'>, string>> = {
  malformed: 'form',
  opaque: 'form',
  encrypted: 'form',
  algorithm_none: 'signature',
  critical_header_unsupported: 'signature',
  no_keys: 'signature',
  algorithm_confusion: 'signature',
  wrong_algorithm: 'signature',
  keys_stale: 'signature',
  key_unknown: 'signature',
  signature_wrong: 'signature',
  wrong_type: 'type',
  wrong_issuer: 'issuer (iss)',
  wrong_audience: 'audience (aud)',
  not_yet_valid: 'start (nbf)',
  expired: 'expiry (exp)',
};

/**
 * Validates an access token as it arrives, as Konexus tells clients to (KON-DOC: signature, `iss`, `aud`, `exp`; all
 * four must be there). Gives the claims. Error: `access_token_invalid`, whose message names the check that failed.
 * Call `namesUnknownKey` first and fetch the keys again where it says so.
 */
export async function validateAccessToken(request: AccessTokenRequest): Promise<Result<JsonObject>> {
  const inspection: Inspection = await inspectToken(request);
  const { verdict, claims } = inspection;
  const hint =
    'Nothing was stored. If this happens again, check the issuer and audience of the connection, and this computer’s clock.';
  if (verdict.code !== 'valid' || claims === null) {
    const check = verdict.code === 'valid' ? 'form' : checks[verdict.code];
    return fail(
      'access_token_invalid',
      `The access token that came failed the ${check} check. ${verdict.message}`,
      hint,
    );
  }
  if (inspection.times.expiresAt === null) {
    return fail(
      'access_token_invalid',
      'The access token that came failed the expiry (exp) check. It does not say when it ends.',
      hint,
    );
  }
  return ok(claims);
}
