import type { Connection } from '../connections/connection.ts';

/** Whether a connection asks for OpenID Connect (Core 3.1.2.1); an ID token that nobody asked for is not looked at. */
export function asksForOpenId(connection: Connection): boolean {
  return (connection.scope ?? '').split(' ').includes('openid');
}
