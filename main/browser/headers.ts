import type { DoorAddress } from './origin.ts';

/**
 * What a page of ours may do, should a vendor's text ever become markup in it: load from this door only, talk to this
 * door's WebSocket only (named in full, for older browsers do not count it as 'self'), run no inline script or style, make no
 * markup from text but through the one policy, send no form, and be framed by nobody.
 */
export function contentSecurityPolicy({ host }: DoorAddress): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}

/** The headers of every answer. There is no CORS header on purpose: no other origin has any business here. */
export function securityHeaders(address: DoorAddress): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(address),
    // A file that a browser guesses to be a script would run as one.
    'X-Content-Type-Options': 'nosniff',
    // The one-time key stands in an address.
    'Referrer-Policy': 'no-referrer',
    // Keeps pages that opened us, or that we open, from holding our window (and reading along, Spectre-like).
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=(), clipboard-read=()',
    'Cache-Control': 'no-store',
  };
}
