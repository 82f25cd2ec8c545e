import { withHeader } from '../../support/hostile-provider/id-token.ts';
import type { Fixture, Plan } from './fixture.ts';

const now = (): number => Math.floor(Date.now() / 1000);
const announcesIssuer = { authorization_response_iss_parameter_supported: true };

/** What a plain OpenID Connect client can be asked of them: no mutual TLS, no PAR, no signed requests. */
const fixtures: readonly Fixture[] = [
  {
    module: 'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestEnsureAuthorizationResponseWithInvalidStateFails',
    what: 'the browser comes back with another state, and is not listened to',
    verdict: 'callback_timeout',
    mutation: () => ({ callback: { state: 'another-state' } }),
  },
  {
    module:
      'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestEnsureAuthorizationResponseWithInvalidMissingStateFails',
    what: 'the browser comes back without a state, and is not listened to',
    verdict: 'callback_timeout',
    mutation: () => ({ callback: { state: undefined } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-invalid-authorization-response-iss',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestInvalidAuthorizationResponseIss',
    what: 'the browser comes back with another `iss`; the code is not redeemed',
    verdict: 'issuer_mismatch',
    setup: ({ issuer }) => ({ discovery: announcesIssuer, callback: { iss: issuer } }),
    mutation: ({ issuer }) => ({ callback: { iss: `${issuer}1` } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-remove-authorization-response-iss',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestRemoveAuthorizationResponseIss',
    what: 'the browser comes back without the `iss` that the server announced; the code is not redeemed',
    verdict: 'issuer_mismatch',
    setup: ({ issuer }) => ({ discovery: announcesIssuer, callback: { iss: issuer } }),
    mutation: () => ({ callback: { iss: undefined } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-token-type-case-insensitivity',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestTokenTypeCaseInsenstivity',
    what: '`token_type` in the other case',
    verdict: 'accept',
    mutation: () => ({ tokens: { token_type: 'bEARER' } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-valid-aud-as-array',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestValidAudAsArray',
    what: '`aud` of the ID token as a list of one',
    verdict: 'accept',
    mutation: () => ({ claims: { aud: ['acme-client'] } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-invalid-null-alg',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestInvalidNullAlg',
    what: 'the ID token says `alg` none and names the key all the same',
    verdict: 'id_token_invalid',
    mutation: () => ({ idToken: (honest) => withHeader(honest, { alg: 'none', kid: 'rsa' }) }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-invalid-alternate-alg',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestInvalidAlternateAlg',
    what: 'the server announces ES256 and signs with RS256 by a key it publishes',
    verdict: 'id_token_invalid',
    setup: () => ({
      discovery: { id_token_signing_alg_values_supported: ['ES256'] },
      published: ['ec', 'rsa'],
      signing: { key: 'ec' },
    }),
    mutation: () => ({ signing: { key: 'rsa' } }),
  },
  {
    module: 'fapi2-security-profile-final-client-test-invalid-expired-exp',
    source: 'fapi2spfinal/FAPI2SPFinalClientTestInvalidExpiredExp',
    what: 'the ID token ended more than five minutes ago',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { exp: now() - 301 } }),
  },
  {
    module: 'fapi1-advanced-final-client-test-iat-is-week-in-past',
    source: 'fapi1advancedfinal/FAPI1AdvancedFinalClientTestIatIsWeekInPast',
    what: 'the ID token has not ended, and was issued a week ago',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { iat: now() - 7 * 24 * 3600 } }),
  },
];

export const fapi2Plan: Plan = {
  name: 'modules of the FAPI 2 (one: FAPI 1) client plans',
  modules: 10,
  fixtures,
};
