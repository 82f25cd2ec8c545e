import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import { readErrorBody } from '../answer.ts';
import type { ApiResponse } from '../provider.ts';
import { asRecord, member, textOf } from '../reading.ts';
import { statusFailure } from '../status-failure.ts';
import { konexusMember } from './member.ts';

const label = 'Konexus';

/**
 * A refusal of the Konexus API: v2 `{error: "..."}`, RFC 7807 problem details with `errors` by field, a 401 without a
 * body, or (see {@link konexusEnvelopeFailure}) an envelope in a 200.
 */
export function konexusFailure(response: ApiResponse): Failure {
  const body = asRecord(readErrorBody(response));
  const fields = fieldErrors(member(body, 'errors'));
  const code: ErrorCode | null = response.status === 400 && fields !== null ? 'input_invalid' : null;
  return statusFailure(response, {
    label,
    said:
      fields ??
      textOf(konexusMember(body, 'error')) ??
      textOf(member(body, 'detail')) ??
      textOf(member(body, 'title')) ??
      konexusMember(asRecord(konexusMember(body, 'status')), 'errorMessage'),
    ...(code && { code }),
    hints: {
      session_refused:
        'Sign in again: Konexus gives no refresh tokens, a new access token comes with the credentials.',
      forbidden:
        'The application acts with the rights of the user it is associated with: have Konexus widen them.',
    },
  });
}

/**
 * The failure that a 200 carries in its envelope (`hasErrors: true`, or a status that is no success), else null.
 * `errorCode` words seen: None, NotFound.
 */
export function konexusEnvelopeFailure(response: ApiResponse, body: unknown): Failure | null {
  const envelope = asRecord(body);
  const status = asRecord(konexusMember(envelope, 'status'));
  const failed =
    konexusMember(envelope, 'hasErrors') === true || konexusMember(status, 'isSuccess') === false;
  if (!failed) {
    const error = textOf(konexusMember(envelope, 'error'));
    return error === null ? null : envelopeFailure(response, null, error, false);
  }
  const problems = konexusMember(status, 'validationFailures');
  const invalid = Array.isArray(problems) && problems.length > 0;
  const word = textOf(konexusMember(status, 'errorCode'));
  return envelopeFailure(response, word, konexusMember(status, 'errorMessage') ?? word, invalid);
}

function envelopeFailure(
  response: ApiResponse,
  word: string | null,
  said: unknown,
  invalid: boolean,
): Failure {
  const named = envelopeCodes.get(word?.toLowerCase() ?? '');
  const code = named ?? (invalid ? 'input_invalid' : 'provider_failed');
  return statusFailure(response, { label, said, code });
}

/** `NotFound` is documented; the others are the same style for the HTTP meanings of v2. */
const envelopeCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['notfound', 'not_found'],
  ['unauthorized', 'session_refused'],
  ['forbidden', 'forbidden'],
]);

/** "email: The value is not valid." from `errors{field: [..]}`; null where there is none. */
function fieldErrors(errors: unknown): string | null {
  const record = asRecord(errors);
  if (record === null) return null;
  const lines = Object.entries(record).flatMap(([field, messages]) => {
    const first: unknown = Array.isArray(messages) ? messages[0] : messages;
    return typeof first === 'string' ? [`${field}: ${first}`] : [];
  });
  return lines.length === 0 ? null : lines.slice(0, 5).join(' ');
}
