import type { Answer } from './token-exchange.ts';

/** What a token endpoint's refusal says: RFC 6749 5.2's fields, or Smartenit's nested error with its code. */
export interface OAuthError {
  /** RFC 6749 5.2 code where the body has one, else null. */
  readonly error: string | null;
  /** Vendor code, e.g. Smartenit 100 (client) and 101 (user): SMA-DOC. */
  readonly vendorCode: number | null;
  /** The server's own words as they came; may be empty, and may repeat what was sent: never shown unblotted. */
  readonly description: string;
}

/** Reads the error body of a token endpoint; null where the body is no OAuth error in any form (a proxy's page, nothing). */
export function readOAuthError(answer: Answer): OAuthError | null {
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null) return null;
  const { error, error_description, error_hint } = body as Record<string, unknown>;
  if (typeof error === 'string') {
    const words = [error_description, error_hint].filter((text) => typeof text === 'string').join(' ');
    return { error, vendorCode: null, description: words };
  }
  if (typeof error === 'object' && error !== null) {
    const { message, errors } = error as { message?: unknown; errors?: unknown };
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    const inner = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : {};
    const code = Number(inner.code);
    const words =
      typeof inner.message === 'string' ? inner.message : typeof message === 'string' ? message : '';
    return { error: null, vendorCode: Number.isInteger(code) ? code : null, description: words };
  }
  return null;
}

const mostCharacters = 200;

/** A server's words made safe to show: no control or direction characters, no line breaks, at most 200 characters, the last a mark where there were more. */
export function forPeople(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return (line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`).toWellFormed();
}
