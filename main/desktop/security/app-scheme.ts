import type { Protocol } from 'electron';

/** The scheme and host that the window's page and everything in it comes from. */
export const appOrigin = 'app://latchkey';

/** Whether an address is one of our own page's. */
export function isOurs(address: string): boolean {
  const url = URL.parse(address);
  return (
    url !== null && `${url.protocol}//${url.host}` === appOrigin && url.username === '' && url.password === ''
  );
}

/**
 * The attack: a page from `file://` has more rights than one from the web. A vendor's text that became markup in it could
 * read every file of this user.
 * The rule: the page has a scheme of its own, which behaves like https (an origin, a secure context) and has none of
 * the further privileges: no fetch, no service workers, no way around the content security policy.
 * https://www.electronjs.org/docs/latest/tutorial/security#18-avoid-usage-of-the-file-protocol-and-prefer-usage-of-custom-protocols
 *
 * Must be called before the app is ready.
 */
export function registerAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: {
        standard: true,
        secure: true,
        bypassCSP: false,
        allowServiceWorkers: false,
        supportFetchAPI: false,
        corsEnabled: false,
        stream: false,
      },
    },
  ]);
}
