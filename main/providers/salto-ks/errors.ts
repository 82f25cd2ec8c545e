import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import { readErrorBody } from '../answer.ts';
import type { ApiResponse } from '../provider.ts';
import { type JsonRecord, asRecord, countOf, member } from '../reading.ts';
import { type Refusal, statusFailure } from '../status-failure.ts';

const label = 'Salto KS';

const hints: NonNullable<Refusal['hints']> = {
  forbidden:
    'Salto KS judges by the role that this account has at the site, not by the scope: have a site owner or site admin give it a role that may do this (a system user needs to be in every site it manages).',
  not_found:
    'Use the id of the list, a UUID: the readable site id (two letters and digits) and the id of the person behind a site user are refused.',
  input_invalid:
    "Ids are UUIDs as they stand in the list; a filter is OData, for example: site_uid eq 'XX0000000000'.",
};

/** `ErrorCode` numbers that were measured (KS-M1, KS-C1). */
const codes: Readonly<Record<number, ErrorCode>> = {
  1100: 'input_invalid', // bad id or parameter
  1101: 'input_invalid', // validation
  1102: 'input_invalid', // bad $orderby field
  2202: 'not_found',
  2203: 'forbidden',
};

/**
 * A refusal of the Connect API: v1.x `{ErrorCode, Message}`, v2 RFC 7807 `{title, detail, status}`, or an empty 401
 * whose `WWW-Authenticate` tells why.
 */
export function saltoKsFailure(response: ApiResponse, asked: { filtered?: boolean } = {}): Failure {
  const body = asRecord(readErrorBody(response));
  const code = codeOf(response, body);
  return statusFailure(response, {
    label,
    said: member(body, 'Message') ?? member(body, 'detail', 'title') ?? challengeText(response),
    filtered: asked.filtered === true && response.status === 400,
    ...(code && { code }),
    hints,
  });
}

/** True for the error body that one client met inside a 2xx answer (KS-C2). */
export function isSaltoKsError(body: unknown): boolean {
  return countOf(member(asRecord(body), 'ErrorCode')) !== null;
}

/** The HTTP status decides where it is clear; the number where the status is 400 or, of all things, 2xx. */
function codeOf(response: ApiResponse, body: JsonRecord | null): ErrorCode | undefined {
  if (response.status >= 300 && response.status !== 400) return undefined;
  return codes[countOf(member(body, 'ErrorCode')) ?? -1];
}

/** `error_description` of the challenge: "The audience '...' is invalid". */
function challengeText(response: ApiResponse): string | null {
  const challenge = response.headers.get('www-authenticate') ?? '';
  return /error_description="([^"]{1,300})"/.exec(challenge)?.[1] ?? null;
}
