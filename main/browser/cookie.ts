/**
 * The cookie that a one-time key is exchanged for. `HttpOnly`: no script reads it. `SameSite=Strict`: no other site's
 * request carries it. No life time: it ends with the browser. Cookies know no ports, so the port is in the name (two doors in
 * one browser keep theirs apart), and `Path` is one that nobody can guess: a server of another user on another port of this
 * computer, to which the person is lured, is not sent it. (`Secure` is left out: this is plain http on loopback, and not every browser
 * takes a Secure cookie there.)
 */
export function cookieName(port: number): string {
  return `latchkey-${port}`;
}

export function setCookie({ port, path }: { port: number; path: string }, value: string): string {
  return `${cookieName(port)}=${value}; HttpOnly; SameSite=Strict; Path=${path}/`;
}

/** The value of our cookie in a `Cookie` header (RFC 6265 4.2.1); undefined where it is missing or there twice. */
export function readCookie(header: string | undefined, port: number): string | undefined {
  const prefix = `${cookieName(port)}=`;
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix));
  return values.length === 1 ? values[0]?.slice(prefix.length) : undefined;
}
