import { anything, list, object, text } from './shape.ts';

/**
 * OpenID Connect Discovery 1.0 section 3, RP-Initiated Logout 1.0, RFC 8414, RFC 9207: the names that any server may
 * publish. The vendors' pages print the first three, and Salto KS's the grants and scopes (vendor-apis 1.2, 2.1, 3.1).
 */
const standard = [
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'response_modes_supported',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'claims_supported',
  'claim_types_supported',
  'claims_parameter_supported',
  'request_uri_parameter_supported',
  'code_challenge_methods_supported',
  'authorization_response_iss_parameter_supported',
];

export const discovery = object(
  { issuer: text, token_endpoint: text, grant_types_supported: list(text), scopes_supported: list(text) },
  { authorization_endpoint: text },
  (name) => (standard.includes(name) ? anything : null),
);
