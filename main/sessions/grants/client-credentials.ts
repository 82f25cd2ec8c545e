import { clientCredentialsGrant } from 'openid-client';
import type { Granted, GrantRequest } from './grant.ts';

/** Client credentials (RFC 6749 4.4): the client signs in as itself. Throws what openid-client throws. */
export async function grantClientCredentials({ connection, server }: GrantRequest): Promise<Granted> {
  const parameters: Record<string, string> = connection.scope === null ? {} : { scope: connection.scope };
  return { response: await clientCredentialsGrant(server.configuration, parameters) };
}
