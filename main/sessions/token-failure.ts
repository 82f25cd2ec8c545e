import { AuthorizationResponseError } from 'openid-client';
import { type ErrorCode, type Failure } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { HttpError } from '../http/seam.ts';
import type { ProviderProfile } from '../providers/provider.ts';
import { causeCode, causes, findCause } from './causes.ts';
import { hasReservedCharacters } from './client-authentication.ts';
import { type OAuthError, forPeople, readOAuthError } from './oauth-error.ts';
import type { FailedTry } from './next-try.ts';
import { serverTrouble } from './server-trouble.ts';
import type { Effect } from './session.ts';
import { UnreadableAnswer } from './token-body.ts';
import type { Answer, Refused } from './token-exchange.ts';
import { typedName } from '../connections/typed-name.ts';

/** What the failed exchange was for; `sign_in_again` is a silent renewal by the grant itself. */
export type Purpose = 'sign_in' | 'refresh' | 'sign_in_again';

/** What went wrong, and what it means for a session that was to be renewed. */
export interface Judgement {
  readonly failure: Failure;
  readonly effect: Effect;
}

/** What became of an exchange that brought no tokens; see {@link FailedTry}. */
export type TokenFailure = FailedTry;

export interface FailureContext {
  readonly connection: Connection;
  readonly profile: ProviderProfile;
  readonly purpose: Purpose;
  readonly now: number;
  readonly answer: Answer | null;
  /** The refusal where the keys for an ID token could not be had, else null. */
  readonly refusedKeys: Refused | null;
  /** Values that must never appear in a message, whatever the server echoes. */
  readonly secrets: readonly (string | undefined | null)[];
  readonly hasSecret: boolean;
  readonly reservedSecret: string | undefined;
}

/** The one place where what openid-client throws, or a token endpoint answers, becomes a failure for people. */
export function tokenFailure(error: unknown, context: FailureContext): TokenFailure {
  const { answer, connection, purpose, refusedKeys } = context;
  return {
    ...judged(error, context),
    retryAfterMs: retryAfterMs((refusedKeys ?? answer)?.retryAfter ?? null, context.now),
    passwordJudged:
      connection.grant === 'password' &&
      purpose !== 'refresh' &&
      answer !== null &&
      readOAuthError(answer) !== null,
  };
}

function judged(error: unknown, context: FailureContext): Judgement {
  const { answer } = context;
  const network = findCause(error, (candidate): candidate is HttpError => candidate instanceof HttpError);
  if (network) return { failure: network.failure, effect: 'kept' };

  const callback = findCause(
    error,
    (candidate): candidate is AuthorizationResponseError => candidate instanceof AuthorizationResponseError,
  );
  if (callback) return { failure: authorizationFailure(callback, context), effect: 'refused' };

  const code = causeCode(error);
  if (code === 'OAUTH_ABORT' || isAbort(error))
    return kept('cancelled', 'Cancelled.', 'Start it again when you like.');
  if (code === 'OAUTH_TIMEOUT') {
    return kept(
      'timeout',
      `${context.profile.label} did not answer in time.`,
      'Nothing was changed. Try again in a moment.',
    );
  }
  if (answer !== null && answer.status !== 200) return refusal(answer, context);
  if (context.refusedKeys !== null) return keysUnread(`HTTP ${context.refusedKeys.status}`, context);
  const unreadable = findCause(
    error,
    (candidate): candidate is UnreadableAnswer => candidate instanceof UnreadableAnswer,
  );
  if (unreadable?.from === 'token endpoint') return wrongShape(unreadable.message, context);
  if (unreadable) return keysUnread(unreadable.message, context);
  if (answer === null) {
    const text = sentences(error).join(' ');
    if (/"state"/.test(text))
      return refused(
        'state_mismatch',
        'The browser came back with an answer to another request.',
        'Sign in again, and finish in the tab that was opened last.',
      );
    if (/"iss"/.test(text)) {
      return refused(
        'issuer_mismatch',
        'The answer in the browser came from another server than the one that was asked.',
        'Check the issuer address. If it is right, do not go on: someone may be mixing up sign-ins.',
      );
    }
    if (code === 'OAUTH_INVALID_RESPONSE' || code === 'OAUTH_UNSUPPORTED_OPERATION') {
      const expected =
        context.connection.grant === 'implicit'
          ? 'An access_token and a token_type (RFC 6749 4.2.2) were'
          : 'A code alone (RFC 6749 4.1.2, response_mode query) was';
      return refused(
        'token_response_invalid',
        `The browser came back from ${context.profile.label} with an answer of a wrong shape: ${wrongCallback(text)}.`,
        `${expected} expected. Check the authorization endpoint, and what the provider has set up for this client.`,
      );
    }
    return kept(
      'unexpected',
      `The sign-in with ${context.profile.label} could not be started: ${innermostReason(error)}`,
      'Check the endpoints with: latchkey connections show.',
    );
  }
  return wrongAnswer(error, answer, context);
}

function keysUnread(why: string, { profile }: FailureContext): Judgement {
  return kept(
    'provider_failed',
    `The keys that the ID token of ${profile.label} is checked with could not be read (${why}).`,
    'Try again in a few minutes. If it stays, check the JWKS address of the connection.',
  );
}

function isAbort(error: unknown): boolean {
  return (
    findCause(
      error,
      (candidate): candidate is Error => candidate instanceof Error && candidate.name === 'AbortError',
    ) !== undefined
  );
}

/** RFC 6749 4.1.2.1: the authorization endpoint said no. */
function authorizationFailure(error: AuthorizationResponseError, context: FailureContext): Failure {
  const words = quote(
    { error: error.error, vendorCode: null, description: error.error_description ?? '' },
    context,
  );
  const label = context.profile.label;
  if (speaksOfPkce(error.error_description ?? '')) return pkceRefused(words, context);
  switch (error.error) {
    case 'access_denied':
      return failure(
        'authorization_denied',
        `The sign-in at ${label} was refused or cancelled in the browser.`,
        "Sign in again and allow access, or ask the account's administrator.",
      );
    case 'invalid_scope':
      return failure(
        'scope_rejected',
        `${label} does not allow this client the scope "${context.connection.scope ?? ''}".${words}`,
        scopeHint(context),
      );
    case 'unauthorized_client':
      return failure(
        'client_rejected',
        `${label} does not allow client ${context.connection.clientId} this way of signing in.${words}`,
        `Ask for it: ${context.profile.contact}`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return failure(
        'provider_failed',
        `${label} could not sign anyone in just now.${words}`,
        'Try again in a few minutes.',
      );
    default:
      return failure(
        'authorization_denied',
        `${label} refused the sign-in (${spoken(error.error, context)}).${words}`,
        'Check the client id, the redirect URI registered for it, and the scope.',
      );
  }
}

/** The token endpoint answered with something else than 200. */
function refusal(answer: Answer, context: FailureContext): Judgement {
  const { profile, connection, purpose } = context;
  const label = profile.label;
  const trouble = serverTrouble(answer.status, label);
  if (trouble !== null) return { failure: trouble, effect: 'kept' };

  const oauth = readOAuthError(answer);
  if (oauth === null) return noOAuthBody(answer, context);
  const words = quote(oauth, context);
  const kind = errorKind(oauth, answer, connection);
  switch (kind) {
    case 'client':
      return refused(
        'client_rejected',
        `${label} refused the client ${connection.clientId}${context.hasSecret ? ' or its secret' : ''}.${words}`,
        clientHint(context),
      );
    case 'grant':
      return grantRefused(oauth, words, context);
    case 'scope':
      return refused(
        'scope_rejected',
        `${label} does not allow this client the scope "${connection.scope ?? ''}".${words}`,
        scopeHint(context),
      );
    case 'pkce':
      return { failure: pkceRefused(words, context), effect: 'refused' };
    case 'denied':
      return refused(
        'authorization_denied',
        `${label} refused access.${words}`,
        'Ask the administrator of the account.',
      );
    case 'other':
      if (purpose !== 'sign_in')
        return refused(
          'session_refused',
          `${label} refused to renew the session.${words}`,
          signInHint(connection),
        );
      return refused(
        'client_rejected',
        `${label} refused the request of client ${connection.clientId}${oauth.error === null ? '' : ` (${spoken(oauth.error, context)})`}.${words}`,
        clientHint(context),
      );
  }
}

function speaksOfPkce(description: string): boolean {
  return /pkce|code_challenge|code_verifier/i.test(description);
}

/** Said by the authorization endpoint as well as by the token endpoint. */
function pkceRefused(words: string, { profile }: FailureContext): Failure {
  return failure(
    'client_rejected',
    `${profile.label} refused the sign-in because it carries PKCE (a proof that the code was not stolen).${words}`,
    'Latchkey never signs in without PKCE. Ask the provider to accept code_challenge, or use another grant.',
  );
}

type ErrorKind = 'client' | 'grant' | 'scope' | 'pkce' | 'denied' | 'other';

function errorKind(oauth: OAuthError, answer: Answer, connection: Connection): ErrorKind {
  if (connection.grant === 'authorization_code' && speaksOfPkce(oauth.description)) return 'pkce';
  if (oauth.vendorCode === 100) return 'client';
  if (oauth.vendorCode === 101) return 'grant';
  switch (oauth.error) {
    case 'invalid_client':
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return 'client';
    case 'invalid_grant':
      return 'grant';
    case 'invalid_scope':
      return 'scope';
    case 'access_denied':
      return 'denied';
    default:
      return answer.status === 401 ? 'client' : 'other';
  }
}

function grantRefused(oauth: OAuthError, words: string, context: FailureContext): Judgement {
  const { profile, connection, purpose } = context;
  // Renewed by its own grant a client has no session that could end; a system user's password can be wrong by now.
  if (purpose === 'refresh' || (purpose === 'sign_in_again' && connection.grant === 'password')) {
    const failed = failure(
      'sign_in_needed',
      `${profile.label} has ended this session.${words}`,
      signInHint(connection),
    );
    // Only the RFC's own body ends a session; a vendor's look-alike keeps the tokens (design: Refresh).
    return oauth.error === 'invalid_grant'
      ? { failure: failed, effect: 'ended' }
      : { failure: { ...failed, code: 'session_refused' }, effect: 'refused' };
  }
  if (connection.grant === 'password') {
    return refused(
      'credentials_rejected',
      `${profile.label} refused the name or password of ${connection.username ?? 'the system user'}.${words}`,
      'Check both by signing in on the web. Mind the environment: an account of one does not work in another.',
    );
  }
  return refused(
    'authorization_denied',
    `${profile.label} no longer accepts this sign-in.${words}`,
    'Sign in again.',
  );
}

/** A refusal that no OAuth server wrote: an empty answer, or a page from something in between. */
function noOAuthBody(answer: Answer, context: FailureContext): Judgement {
  const { profile, connection, purpose } = context;
  const what =
    answer.text.trim() === ''
      ? 'an empty answer'
      : /html/i.test(answer.contentType)
        ? 'a web page'
        : 'something else than an OAuth error';
  if (purpose !== 'sign_in') {
    return refused(
      'session_refused',
      `${profile.label} refused to renew the session with HTTP ${answer.status} and ${what}.`,
      `The tokens are kept. ${signInHint(connection)}`,
    );
  }
  if (answer.status === 401)
    return refused(
      'client_rejected',
      `${profile.label} refused the client ${connection.clientId} without saying why.`,
      clientHint(context),
    );
  const redirected = answer.status >= 300 && answer.status < 400 ? 'a redirect' : what;
  return refused(
    'token_response_invalid',
    `The token endpoint of ${profile.label} answered HTTP ${answer.status} with ${redirected}; a token or an OAuth error was expected.`,
    'Check the token endpoint. A proxy or a sign-in page of the network may stand in between.',
  );
}

/** HTTP 200, but not what RFC 6749 5.1 or OpenID Connect Core 3.1.3.7 wants. */
function wrongAnswer(error: unknown, answer: Answer, context: FailureContext): Judgement {
  const label = context.profile.label;
  const reason = innermostReason(error);
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    body = undefined;
  }
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const good =
    typeof fields.access_token === 'string' &&
    typeof fields.token_type === 'string' &&
    /^bearer$/i.test(fields.token_type);
  if (good && aboutTokens(error)) return wrongShape(reason, context);
  if (good) {
    const cannot = causeCode(error) === 'OAUTH_MISSING_SERVER_METADATA';
    return refused(
      'id_token_invalid',
      cannot
        ? `The ID token of ${label} cannot be checked: the server names no keys (jwks_uri).`
        : `The ID token of ${label} did not pass its checks: ${reason}`,
      cannot
        ? 'Give their address with --set jwksUri=URL, or take openid out of the scope.'
        : 'Check the issuer and the client id. If both are right, tell the provider: this answer must not be trusted.',
    );
  }
  const missing =
    body === undefined
      ? 'it is not JSON'
      : ['access_token', 'token_type']
          .filter((name) => typeof fields[name] !== 'string')
          .map((name) => `"${name}" is missing`)
          .join(', ') || reason;
  return wrongShape(missing, context);
}

function wrongShape(what: string, { profile }: FailureContext): Judgement {
  return refused(
    'token_response_invalid',
    `The token endpoint of ${profile.label} answered in a wrong shape: ${what}.`,
    'An object with access_token and token_type (RFC 6749 5.1) was expected. Check the token endpoint.',
  );
}

/** Whether the library speaks of a member of the answer itself, not of the ID token in it. */
function aboutTokens(error: unknown): boolean {
  return /body "(access_token|expires_in|refresh_token|scope)"/.test(sentences(error).join(' '));
}

/** What stood in the callback instead of a code, from the library's sentences. */
function wrongCallback(text: string): string {
  if (text.includes('JARM')) return 'a signed one (JARM), which Latchkey does not read';
  if (text.includes('hybrid'))
    return 'tokens in the address (implicit or hybrid flow), which Latchkey did not ask for';
  if (text.includes('no authorization code')) return 'it has neither a code nor an error';
  return forPeople(text);
}

/** The library's own sentence, which names the check; values stay out of it. */
function innermostReason(error: unknown): string {
  return forPeople(sentences(error).at(-1) ?? 'unknown reason');
}

/** What the error and its causes say, outermost first; not the JSON parser, which repeats what it read. */
function sentences(error: unknown): readonly string[] {
  return causes(error)
    .filter((cause): cause is Error => cause instanceof Error && !(cause instanceof SyntaxError))
    .map(({ message }) => message);
}

function clientHint(context: FailureContext): string {
  const { connection, profile } = context;
  const parts = [
    `Check the client id${context.hasSecret ? ' and secret' : ''} of ${connection.name}, and that the environment is ${connection.environment}.`,
  ];
  if (
    context.hasSecret &&
    hasReservedCharacters(connection.clientId, context.reservedSecret) &&
    connection.clientAuth.startsWith('basic')
  ) {
    parts.push(
      connection.clientAuth === 'basic'
        ? 'Id or secret has reserved characters: some servers compare them undecoded, try --client-auth basic-raw.'
        : 'Id or secret has reserved characters: servers that follow RFC 6749 decode them, try --client-auth basic.',
    );
  }
  parts.push(`Whom to ask: ${profile.contact}`);
  return parts.join(' ');
}

function scopeHint(context: FailureContext): string {
  return `Allowed scopes are set per client. Ask for exactly what this client has: latchkey connections set ${typedName(context.connection)} --scope "..."`;
}

function signInHint(connection: Connection): string {
  return `Sign in again: latchkey login ${typedName(connection)}`;
}

/** The server's own words in quotes, safe to show. */
function quote(oauth: OAuthError, context: FailureContext): string {
  const words = spoken(oauth.description, context);
  return words === '' ? '' : ` It says: "${words}"`;
}

/**
 * A server's text made safe to show. First what was sent is blotted out, and what looks like a token or credentials
 * (an earlier token that the server still knows); shortened before, the beginning of a long one would be left.
 */
function spoken(text: string, { secrets }: FailureContext): string {
  let words = text;
  for (const secret of secrets) {
    if (!secret) continue;
    const percent = encodeURIComponent(secret);
    const form = new URLSearchParams({ s: secret }).toString().slice(2);
    for (const look of [secret, percent, percent.toLowerCase(), form]) words = words.replaceAll(look, '…');
  }
  return forPeople(
    words
      .replace(/\b(basic|bearer)\s+[\w+/=.~-]{16,}/gi, '$1 …')
      .replace(/\beyJ[\w-]+\.[\w.-]+|[\w+/=~-]{40,}/g, '…'),
  );
}

function failure(code: ErrorCode, message: string, hint: string): Failure {
  return { code, message, hint };
}

function refused(code: ErrorCode, message: string, hint: string): Judgement {
  return { failure: failure(code, message, hint), effect: 'refused' };
}

function kept(code: ErrorCode, message: string, hint: string): Judgement {
  return { failure: failure(code, message, hint), effect: 'kept' };
}
