import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import { readErrorBody } from '../answer.ts';
import type { ApiResponse } from '../provider.ts';
import { asRecord, countOf, member } from '../reading.ts';
import { statusFailure } from '../status-failure.ts';

/** Codes of google.rpc.Code whose meaning is clear; the others follow the HTTP status (NEB-DOC: new ones may appear). */
const rpcCodes: Readonly<Record<number, ErrorCode>> = {
  3: 'input_invalid', // INVALID_ARGUMENT
  5: 'not_found',
  7: 'forbidden', // PERMISSION_DENIED
  8: 'rate_limited', // RESOURCE_EXHAUSTED
  13: 'provider_failed', // INTERNAL
  14: 'provider_failed', // UNAVAILABLE
  16: 'session_refused', // UNAUTHENTICATED
};

/** A refusal of the Nebula API: `google.rpc.Status` as JSON `{code, message, details}`, bare or under `error`. */
export function saltoNebulaFailure(response: ApiResponse, asked: { filtered?: boolean } = {}): Failure {
  const body = asRecord(readErrorBody(response));
  const status = asRecord(member(body, 'error')) ?? body;
  const code = rpcCodes[countOf(member(status, 'code')) ?? -1];
  return statusFailure(response, {
    label: 'Salto Nebula',
    said: member(status, 'message'),
    filtered: asked.filtered === true && (code === 'input_invalid' || response.status === 400),
    ...(code && { code }),
    hints: {
      forbidden:
        'A service account belongs to one installation and sees what its roles allow: ask the owner of the installation for the missing role.',
      input_invalid:
        "A filter looks like: display_name.startsWith('A') && !(given_name == 'Ada'). Correct it and try again.",
    },
  });
}
