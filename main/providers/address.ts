import { type Result, fail, ok } from '../../preload/errors.ts';
import { vendorWords } from './vendor-words.ts';

/**
 * The absolute address of a path of a profile: `{placeholders}` filled with the values percent-encoded, `query` added
 * with `%20` for spaces (OData servers do not all read `+`). A parameter that the path itself names wins over `query`.
 * Errors: input_invalid (a placeholder nobody fills, an id that would climb out of the path, an address that is none).
 */
export function apiAddress(
  apiBase: string,
  path: string | undefined,
  values: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | null>> = {},
): Result<string> {
  if (path?.startsWith('/') !== true) {
    return fail(
      'input_invalid',
      'An API path of the connection is missing or does not start with "/".',
      'Set it with --set paths.NAME=/...',
    );
  }
  const missing: string[] = [];
  const unfit: string[] = [];
  const filled = path.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.push(name);
    // "." and ".." stay dot segments even when percent-encoded (WHATWG URL): they would ask for another path.
    if (value === '' || value === '.' || value === '..') unfit.push(name);
    return encode(value ?? '');
  });
  if (missing[0] !== undefined) {
    return fail(
      'input_invalid',
      `An API path has the placeholder {${vendorWords(missing[0], 40) ?? ''}}, which nothing fills here.`,
      `Placeholders of this path: ${Object.keys(values).join(', ') || 'none'}.`,
    );
  }
  if (unfit.length > 0) {
    return fail(
      'input_invalid',
      'This id cannot be part of an address.',
      'Use an id as it stands in the list.',
    );
  }
  const named = new Set(new URLSearchParams(filled.split('?')[1] ?? '').keys());
  const added = Object.entries(query)
    .filter(([name, value]) => value !== null && !named.has(name))
    .map(([name, value]) => `${name}=${encode(String(value))}`);
  const separator = filled.includes('?') ? '&' : '?';
  const address = `${apiBase}${filled}${added.length === 0 ? '' : `${separator}${added.join('&')}`}`;
  if (!URL.canParse(address) || new URL(address).origin !== originOf(apiBase)) {
    return fail(
      'input_invalid',
      'The API address of the connection is not an address.',
      'Correct it with --api-base URL.',
    );
  }
  return ok(address);
}

/**
 * The address of a link that a server gave for its next page, if it leads to the API's own origin: the access token
 * goes nowhere else. `http:` is read as `https:` where the API is reached by https (Salto's own SDK does so: servers
 * behind a TLS proxy write the inner address). Errors: response_unexpected.
 */
export function nextLink(label: string, link: string, apiBase: string, current: string): Result<string> {
  const url = URL.canParse(link, current) ? new URL(link, current) : null;
  if (url?.protocol === 'http:' && apiBase.startsWith('https:')) url.protocol = 'https:';
  if (url === null || url.origin !== originOf(apiBase) || url.username !== '' || url.password !== '') {
    const where = vendorWords(url?.origin === 'null' ? url.protocol : url?.origin, 100) ?? 'no address';
    return fail(
      'response_unexpected',
      `${label} points to ${where} for the next page; expected ${vendorWords(originOf(apiBase), 100) ?? 'the API address'}.`,
      'The token is sent to no other host. If the vendor has moved its API, set the new address with --api-base URL.',
    );
  }
  return ok(url.href);
}

/** Half of a surrogate pair makes encodeURIComponent throw; it becomes U+FFFD as in a URL. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function originOf(apiBase: string): string | null {
  return URL.canParse(apiBase) ? new URL(apiBase).origin : null;
}
