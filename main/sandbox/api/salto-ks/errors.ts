import { randomBytes } from 'node:crypto';
import type { AccessProblem, Reply } from '../../contract.ts';

/** An error of the v1.x API: `{ErrorCode, Message}` (vendor-apis 1.4, KS-M1). */
export function saltoKsError(status: number, code: number, message: string): Reply {
  return { status, json: { ErrorCode: code, Message: message } };
}

export const badId = (): Reply => saltoKsError(400, 1100, 'The id in the path is not valid');
export const invalid = (message: string): Reply => saltoKsError(400, 1101, message);
export const badOrder = (field: string): Reply =>
  saltoKsError(400, 1102, `Cannot order by '${field.slice(0, 100)}'`);
export const notFound = (what: string): Reply => saltoKsError(404, 2202, `${what} not found`);
export const refused = (): Reply =>
  saltoKsError(403, 2203, 'User does not have permission for this operation on this user');

/** What v2 paths answer to an ordinary token: RFC 7807 (vendor-apis 1.4, KS-M2). */
export function forbiddenV2(): Reply {
  const trace = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  return {
    status: 403,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    json: { type: 'https://httpstatuses.io/403', title: 'Forbidden', status: 403, traceId: trace },
  };
}

/** 401 with nothing but the challenge (vendor-apis 1.4, KS-M3; RFC 6750 section 3). */
export function unauthorized(problem: AccessProblem, authorization: string | undefined): Reply {
  const challenges: Record<AccessProblem, string> = {
    missing: 'Bearer',
    invalid: 'Bearer error="invalid_token"',
    expired: 'Bearer error="invalid_token", error_description="The token is expired"',
    wrong_audience: `Bearer error="invalid_token", error_description="The audience '${audienceOf(authorization)}' is invalid"`,
  };
  return { status: 401, headers: { 'www-authenticate': challenges[problem] } };
}

/** The audience of a JWT in an Authorization header, kept to characters that may stand in a quoted header value. */
function audienceOf(authorization: string | undefined): string {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    const audience: unknown =
      typeof payload === 'object' && payload !== null && 'aud' in payload ? payload.aud : '';
    return [audience]
      .flat()
      .map(String)
      .join(', ')
      .replace(/[^\w:/., -]/gu, '')
      .slice(0, 200);
  } catch {
    return '';
  }
}
