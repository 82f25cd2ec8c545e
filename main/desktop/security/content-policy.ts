/**
 * The attack: a vendor's text becomes markup in the page and runs script, or sends what it sees somewhere.
 * The rule: only script and style from our own files; no connection to anything (the page has no network at all: the core
 * has it); no markup from text but through the one policy of Svelte; no form, no frame around us.
 * https://www.electronjs.org/docs/latest/tutorial/security#7-define-a-content-security-policy
 */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** The headers of everything that the window loads. */
export const securityHeaders = {
  'Content-Security-Policy': contentPolicy,
  // A file that is guessed to be a script would run as one.
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;
