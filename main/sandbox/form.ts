import type { Exchange } from './contract.ts';

/** The fields of a form or JSON object body; null when the body is neither. An empty body has no fields. */
export function bodyFields(exchange: Exchange): Record<string, unknown> | null {
  if (exchange.body === '') return {};
  const type = exchange.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded')
    return Object.fromEntries(new URLSearchParams(exchange.body));
  if (type === 'application/json' || type.endsWith('+json')) return jsonObject(exchange.body);
  return null;
}

/** A JSON object, or null for anything else. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // Not JSON is an answer here, not a failure.
    return null;
  }
}

/** User name and password of an `Authorization: Basic` header (RFC 7617), form-decoded as RFC 6749 2.3.1 says; else null. */
export function basicCredentials(authorization: string | undefined): { id: string; secret: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/iu.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  try {
    return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
  } catch {
    // A stray percent sign: the credentials were not encoded.
    return null;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}
