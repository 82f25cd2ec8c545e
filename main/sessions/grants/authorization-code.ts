import {
  authorizationCodeGrant,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { type Result, ok } from '../../../preload/errors.ts';
import { asksForOpenId } from '../openid.ts';
import { tripToBrowser } from './browser-trip.ts';
import type { Granted, InteractiveRequest } from './grant.ts';

/**
 * Authorization code with PKCE S256, always (RFC 6749 4.1, RFC 7636, RFC 8252): `state` and `iss` (RFC 9207) are
 * checked, a `nonce` is sent and checked with scope `openid` (OpenID Connect Core 3.1.2.1). Never retried without.
 * Throws what openid-client throws, after the waiting page was told and the port freed by `abandon`.
 */
export async function grantAuthorizationCode(
  request: InteractiveRequest,
  abandonWith: (error: unknown) => Parameters<NonNullable<Granted['finish']>>[0],
): Promise<Result<Granted>> {
  const { server, connection } = request;
  const state = randomState();
  const verifier = randomPKCECodeVerifier();
  const nonce = asksForOpenId(connection) ? randomNonce() : undefined;
  const trip = await tripToBrowser(request, 'query', state, {
    response_type: 'code',
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(nonce !== undefined && { nonce }),
    ...(needsConsentPrompt(request) && { prompt: 'consent' }),
  });
  if (!trip.ok) return trip;
  const { loopback, callback } = trip.value;
  if (!server.issuerKnown) callback.searchParams.delete('iss');
  try {
    const response = await authorizationCodeGrant(server.configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      ...(nonce !== undefined && { expectedNonce: nonce, idTokenExpected: true }),
    });
    return ok({ response, finish: loopback.finish });
  } catch (error) {
    loopback.finish(abandonWith(error));
    throw error;
  }
}

/**
 * OpenID Connect Core 11: a request for `offline_access` carries `prompt=consent`. Sent to generic servers, where the
 * user said nothing else; the vendors' own requests have no prompt.
 */
function needsConsentPrompt({ connection, profile }: InteractiveRequest): boolean {
  return (
    profile.id === 'oidc' &&
    (connection.scope ?? '').split(' ').includes('offline_access') &&
    connection.overrides.authorizationParams.prompt === undefined
  );
}
