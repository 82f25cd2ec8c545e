/** Sentences a person reads before choosing a grant that today's rules advise against. */

/** RFC 9700 2.4: the password grant MUST NOT be used. */
export function passwordCaution(why: string): string {
  return (
    `The password grant hands a person's password to this program, and current rules (RFC 9700) say it must not be used. ${why} ` +
    'Use it for a system user only, never with your own account.'
  );
}

/** RFC 9700 2.1.2: clients SHOULD NOT use the implicit grant. */
export function implicitCaution(why: string): string {
  return (
    `The implicit grant sends the access token through the browser's address bar, and current rules (RFC 9700) say it should not be used. ${why} ` +
    'Choose the authorization code wherever the provider allows it.'
  );
}
