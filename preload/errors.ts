/**
 * The closed set of error codes, what each means for a script, and the shape every error takes.
 *
 * Errors are values: services return {@link Result}, doors print or send the {@link Failure}. A new code is added
 * here or nowhere; there is never a second word for the same thing.
 */

/** Every error code with the exit code that the command line ends with. */
export const exitCodes = {
  input_invalid: 2,
  not_found: 2,
  connection_exists: 2,

  network_unreachable: 5,
  timeout: 5,
  tls_untrusted: 5,
  proxy_failed: 5,
  port_unavailable: 5,

  discovery_failed: 4,
  issuer_mismatch: 4,
  client_rejected: 4,
  credentials_rejected: 4,
  scope_rejected: 4,
  authorization_denied: 4,
  state_mismatch: 4,
  token_response_invalid: 4,
  id_token_invalid: 4,
  access_token_invalid: 4,
  forbidden: 4,
  rate_limited: 4,
  provider_failed: 4,
  response_unexpected: 4,

  callback_timeout: 3,
  cancelled: 3,
  browser_unavailable: 3,
  sign_in_needed: 3,
  session_refused: 3,

  vault_locked: 6,
  vault_absent: 6,
  vault_denied: 6,
  vault_write_failed: 6,
  passphrase_wrong: 6,

  /** What Latchkey keeps on disk is damaged. */
  settings_corrupt: 1,
  /** The profile folder or a file in it cannot be read or written, or belongs to a newer Latchkey. */
  profile_unusable: 1,
  export_failed: 1,
  runtime_missing: 1,
  unexpected: 1,
} as const satisfies Record<string, 1 | 2 | 3 | 4 | 5 | 6>;

export type ErrorCode = keyof typeof exitCodes;

/**
 * What went wrong, for a person: `message` says what happened, `hint` what to do about it.
 * Neither ever holds a secret, a token or a password.
 */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** What has to be corrected, where that is one field; what stands in it is never repeated. */
  readonly field?: FailureField | undefined;
}

/** The fields of a connection, as the bridge calls them; `overrides` is whatever has no field of its own. */
export const connectionFields = [
  'name',
  'environment',
  'clientId',
  'clientSecret',
  'clientAuth',
  'username',
  'password',
  'scope',
  'redirectPorts',
  'redirectPath',
  'issuer',
  'authorizationEndpoint',
  'tokenEndpoint',
  'apiBase',
  'overrides',
] as const;
export type ConnectionField = (typeof connectionFields)[number];

/** The fields of the settings for all connections. */
export const preferenceFields = ['proxy', 'proxyUsername', 'noProxy', 'caFile'] as const;
export type PreferenceField = (typeof preferenceFields)[number];

export const failureFields = [...connectionFields, ...preferenceFields] as const;
export type FailureField = (typeof failureFields)[number];

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** A success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A failure as a value. */
export function fail(
  code: ErrorCode,
  message: string,
  hint: string,
  field?: FailureField,
): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code, message, hint, ...(field !== undefined && { field }) } };
}
