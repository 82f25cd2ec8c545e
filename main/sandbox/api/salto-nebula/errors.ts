import type { AccessProblem, Reply } from '../../contract.ts';

/** gRPC status codes with the HTTP status that the usual gateway gives them (vendor-apis 2.5). */
const statuses = {
  UNKNOWN: { code: 2, http: 500 },
  INVALID_ARGUMENT: { code: 3, http: 400 },
  NOT_FOUND: { code: 5, http: 404 },
  PERMISSION_DENIED: { code: 7, http: 403 },
  UNAUTHENTICATED: { code: 16, http: 401 },
} as const;

/** A google.rpc.Status as JSON: `{code, message, details}`. */
export function status(name: keyof typeof statuses, message: string): Reply {
  const { code, http } = statuses[name];
  return { status: http, json: { code, message, details: [] } };
}

export function unauthenticated(problem: AccessProblem): Reply {
  const messages: Record<AccessProblem, string> = {
    missing: 'request is missing the access token',
    invalid: 'access token is invalid',
    expired: 'access token is expired',
    wrong_audience: 'access token is for another audience',
  };
  return status('UNAUTHENTICATED', messages[problem]);
}
