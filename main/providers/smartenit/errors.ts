import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import { readErrorBody } from '../answer.ts';
import type { ApiResponse } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, idOf, member, textOf } from '../reading.ts';
import { statusFailure } from '../status-failure.ts';

/** 101 is left out: the vendor's page gives it two meanings. */
const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ['100', 'client_rejected'], // invalid client id or secret
  ['114', 'session_refused'], // invalid access token
  ['115', 'session_refused'], // expired access token
]);

/**
 * A refusal of the Smartenit API: `{error: {message, status, errors: [{code, message}]}}` (SMA-DOC), with the plain
 * `{error: "..."}` of OAuth read too.
 */
export function smartenitFailure(response: ApiResponse, asked: { filtered?: boolean } = {}): Failure {
  const body = asRecord(readErrorBody(response));
  const error = smartenitError(body);
  const details = detailsOf(error);
  const code = details.map((detail) => codes.get(idOf(member(detail, 'code')) ?? '')).find(Boolean);
  // An error object inside a 2xx carries its own status.
  const own = countOf(member(error, 'status')) ?? 0;
  const status = response.status < 300 && own >= 400 && own <= 599 ? own : response.status;
  return statusFailure(
    { status, headers: response.headers, url: response.url, text: response.text },
    {
      label: 'Smartenit',
      said:
        details.map((detail) => textOf(member(detail, 'message'))).find((text) => text !== null) ??
        member(error, 'message') ??
        textOf(member(body, 'error_description')) ??
        textOf(member(body, 'error')) ??
        member(body, 'message'),
      filtered: asked.filtered === true,
      ...(code && { code }),
      hints: {
        forbidden:
          'Smartenit judges by the permissions of the application and the role of the user; a client without a user sees little.',
        input_invalid:
          'A filter is JSON in the style of MongoDB, for example: {"username":"ada@site.example"}',
      },
    },
  );
}

/** 114 and 115, whatever the status: the vendor's SDK renews after both (SMA-SDK). */
export function smartenitRefusesToken(response: ApiResponse): boolean {
  const error = smartenitError(readErrorBody(response));
  return detailsOf(error).some((detail) => ['114', '115'].includes(idOf(member(detail, 'code')) ?? ''));
}

/** The nested error object of a body, or null where it has none. */
export function smartenitError(body: unknown): JsonRecord | null {
  return asRecord(member(asRecord(body), 'error'));
}

function detailsOf(error: JsonRecord | null): JsonRecord[] {
  const errors = member(error, 'errors');
  if (!Array.isArray(errors)) return [];
  return errors
    .slice(0, 20)
    .map(asRecord)
    .filter((detail) => detail !== null);
}
