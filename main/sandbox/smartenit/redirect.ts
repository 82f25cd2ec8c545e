/** `http://127.0.0.1/callback` or `http://[::1]/callback` with any port, character by character: no other spelling. */
const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::([1-9]\d{0,4}))?\/callback$/u;

/** Whether a redirect URI is the one that every application of the sandbox has registered (RFC 8252 section 7.3). */
export function isRegisteredRedirect(uri: string): boolean {
  const found = loopback.exec(uri);
  return found !== null && Number(found[1] ?? '80') <= 65_535;
}

/** The redirect URI with an answer in its query, or in its fragment for the implicit grant (RFC 6749 4.1.2, 4.2.2). */
export function answeredRedirect(
  uri: string,
  part: 'query' | 'fragment',
  answer: Readonly<Record<string, string | null>>,
): string {
  const pairs = Object.entries(answer).filter((pair): pair is [string, string] => pair[1] !== null);
  return `${uri}${part === 'query' ? '?' : '#'}${new URLSearchParams(pairs).toString()}`;
}
