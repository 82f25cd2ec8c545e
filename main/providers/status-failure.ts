import type { ErrorCode, Failure } from '../../preload/errors.ts';
import type { ApiResponse } from './provider.ts';
import { vendorWords } from './vendor-words.ts';

/** What a vendor's error table adds to the meaning of an HTTP status. */
export interface Refusal {
  /** "Salto KS" */
  readonly label: string;
  /** The vendor's own sentence, unclean. */
  readonly said?: unknown;
  /** True where the person typed a filter, which is then the likely cause of a 400. */
  readonly filtered?: boolean;
  /** The code a vendor's own error number stands for; the HTTP status decides where there is none. */
  readonly code?: ErrorCode;
  /** Better advice than the general one, by error code. */
  readonly hints?: Partial<Record<ErrorCode, string>>;
}

/**
 * A refused API request as a failure. The ApiClient has tried a refresh before a 401 comes here, so it means
 * `session_refused`; 403 `forbidden`; 404 `not_found`; 429 `rate_limited`; 408, 409 and 5xx `provider_failed`; 400 and
 * 422 `input_invalid` where a filter was typed; everything else `response_unexpected`.
 */
export function statusFailure(response: ApiResponse, refusal: Refusal): Failure {
  const { label } = refusal;
  const code = refusal.code ?? codeOfStatus(response.status, refusal.filtered === true);
  const said = vendorWords(refusal.said);
  const message = `${sentence(code, label, response, refusal.filtered === true)}${said === null ? '' : ` It says: "${said}"`}`;
  return { code, message, hint: refusal.hints?.[code] ?? generalHint(code, label, response) };
}

function codeOfStatus(status: number, filtered: boolean): ErrorCode {
  if (status === 401) return 'session_refused';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'provider_failed';
  if ((status === 400 || status === 422) && filtered) return 'input_invalid';
  return 'response_unexpected';
}

function sentence(code: ErrorCode, label: string, response: ApiResponse, filtered: boolean): string {
  const status = `HTTP ${response.status}`;
  switch (code) {
    case 'session_refused':
      return `${label} did not accept the access token (${status}).`;
    case 'forbidden':
      return `${label} does not allow this account to do that (${status}).`;
    case 'not_found':
      return `${label} does not know what was asked for (${status}).`;
    case 'rate_limited':
      return `${label} was asked too often (${status}).`;
    case 'provider_failed':
      return response.status === 409 || response.status < 400
        ? `${label} cannot do this in its present state (${status}).`
        : `${label} failed to answer (${status}).`;
    case 'input_invalid':
      return filtered
        ? `${label} did not accept the filter (${status}).`
        : `${label} did not accept a value of the request (${status}).`;
    case 'client_rejected':
      return `${label} refused the client (${status}).`;
    default:
      return isRedirect(response.status)
        ? `${label} answered with a redirect (${status}), which is not followed.`
        : `${label} answered ${status}, which was not expected here.`;
  }
}

function generalHint(code: ErrorCode, label: string, response: ApiResponse): string {
  switch (code) {
    case 'session_refused':
      return 'Sign in again. If it is refused again at once, check that the sign-in and the API address belong to the same environment.';
    case 'forbidden':
      return `Ask whoever administers ${label} for the rights this account needs.`;
    case 'not_found':
      return 'Check the id: it may have been removed, or belong to another environment.';
    case 'rate_limited':
      return `${waitTime(response.headers)} Then try again.`;
    case 'provider_failed':
      return 'Try again in a moment. Nothing was changed here and the session is kept.';
    case 'input_invalid':
      return `The value is passed on as typed, in ${label}'s own language: correct it and try again.`;
    case 'client_rejected':
      return 'Check the client id and the client secret of the connection.';
    default:
      return 'Check the API address and, if the vendor has moved this path, set it with --set paths.NAME=...';
  }
}

function waitTime(headers: Headers): string {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,6}$/.test(seconds)
    ? `It asks to wait ${Number(seconds)} seconds.`
    : 'Wait a minute.';
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
