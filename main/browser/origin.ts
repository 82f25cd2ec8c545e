/** Where this door is: the one address that is printed. */
export interface DoorAddress {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
}

export function doorAddress(port: number): DoorAddress {
  const host = `127.0.0.1:${port}`;
  return { host, origin: `http://${host}` };
}

/**
 * DNS rebinding: a page of `evil.example` lets its name point to 127.0.0.1 and reads our answers as its own origin. The
 * browser still sends the name it believes in, so only a `Host` that is exactly the printed one counts.
 */
export function isOurHost(host: string | undefined, address: DoorAddress): boolean {
  return host === address.host;
}

/**
 * Cross-site WebSocket hijacking: any page may open a WebSocket to us, no CORS asked, and the browser adds our cookie
 * where the page is same-site (another port of 127.0.0.1 is). `Origin` cannot be forged by a page, so it must be ours;
 * browsers always send it with a handshake (RFC 6455 4.1), and whoever sends none is no browser.
 */
export function isOurOrigin(origin: string | undefined, address: DoorAddress): boolean {
  return origin === address.origin;
}

/**
 * Requests that other pages cause (images, scripts, frames, links): browsers say where a request comes from in
 * `Sec-Fetch-Site` (W3C Fetch Metadata). `none` is the person's own doing: typed, pasted, or opened by another program.
 * Where the header is missing (older browsers, other clients) the cookie and the other rules stand alone.
 */
export function isAskedFromHere(secFetchSite: string | undefined): boolean {
  return secFetchSite === undefined || secFetchSite === 'same-origin' || secFetchSite === 'none';
}
