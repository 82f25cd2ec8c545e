import { genericGrantRequest } from 'openid-client';
import type { Granted, GrantRequest } from './grant.ts';

/**
 * Resource owner password credentials (RFC 6749 4.3), for system users only: RFC 9700 2.4 forbids it elsewhere, Salto
 * KS and Smartenit document it. The client authenticates itself in the same request. Throws what openid-client throws.
 */
export async function grantPassword({ connection, server, credentials }: GrantRequest): Promise<Granted> {
  const response = await genericGrantRequest(server.configuration, 'password', {
    username: connection.username ?? '',
    password: credentials.password ?? '',
    ...(connection.scope !== null && { scope: connection.scope }),
  });
  return { response };
}
