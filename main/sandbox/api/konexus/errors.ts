import type { Reply } from '../../contract.ts';

/** An error of the v2 API: one sentence under `error` (vendor-apis 3.2). */
export function v2Error(status: number, error: string): Reply {
  return { status, json: { error } };
}

export const v2Unauthorized = (): Reply => v2Error(401, 'Unauthorized.');

const titles: Readonly<Record<number, string>> = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' };
const problemJson = { 'content-type': 'application/problem+json; charset=utf-8' };

/** An error of the Directory API: RFC 7807 ProblemDetails (vendor-apis 3.2). */
export function problem(status: 403 | 404, detail: string): Reply {
  return {
    status,
    headers: problemJson,
    json: { type: `https://httpstatuses.io/${status}`, title: titles[status], status, detail },
  };
}

/** Directory's 400: ValidationProblemDetails with the messages by field. */
export function validationProblem(errors: Readonly<Record<string, readonly string[]>>): Reply {
  return {
    status: 400,
    headers: problemJson,
    json: {
      type: 'https://httpstatuses.io/400',
      title: 'One or more validation errors occurred.',
      status: 400,
      errors,
    },
  };
}
