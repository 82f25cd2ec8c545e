import { type Result, fail, ok } from '../../preload/errors.ts';

/** The hosts that plain http may go to, and that never go through a proxy: `localhost`, 127.0.0.0/8 and `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

/**
 * An address that a request may be sent to: https anywhere, http to a loopback host only, without user info (it would
 * end up in logs) and without a fragment (RFC 6749 3.1, 3.2). `what` starts the message, e.g. "The token endpoint".
 * The text itself is never repeated, since it may hold a secret that was pasted into the wrong field.
 * Errors: input_invalid.
 */
export function checkEndpointUrl(text: string, what: string): Result<URL> {
  const url = URL.parse(text);
  if (url === null) {
    return fail(
      'input_invalid',
      `${what} is not a complete web address.`,
      'Write it in full, for example https://id.vendor.example/oauth2/token.',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return fail('input_invalid', `${what} is not a web address.`, 'It has to start with https://.');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return fail(
      'input_invalid',
      `${what} would send secrets unencrypted to ${url.host}.`,
      'Use https://. Plain http:// is for this computer only (127.0.0.1, [::1], localhost).',
    );
  }
  if (url.username !== '' || url.password !== '') {
    return fail(
      'input_invalid',
      `${what} holds a user name or password.`,
      'Take away what stands before the @; credentials have fields of their own.',
    );
  }
  // `href` and not `hash`: a lone `#` at the end is a fragment too.
  if (url.href.includes('#')) {
    return fail('input_invalid', `${what} has a fragment.`, 'Take away the # and what follows it.');
  }
  return ok(url);
}
