import { processGenericTokenEndpointResponse, validateAuthResponse } from 'oauth4webapi';
import { randomState } from 'openid-client';
import { type Result, ok } from '../../../preload/errors.ts';
import { tripToBrowser } from './browser-trip.ts';
import type { Granted, InteractiveRequest } from './grant.ts';

/**
 * Implicit (RFC 6749 4.2), which RFC 9700 2.1.2 advises against; offered because Smartenit documents it, behind a clear
 * warning. The loopback page hands the fragment over and clears the address bar. Throws what the libraries throw.
 */
export async function grantImplicit(
  request: InteractiveRequest,
  abandonWith: (error: unknown) => Parameters<NonNullable<Granted['finish']>>[0],
): Promise<Result<Granted>> {
  const { server, connection } = request;
  const state = randomState();
  const trip = await tripToBrowser(request, 'fragment', state, { response_type: 'token' });
  if (!trip.ok) return trip;
  const { loopback, callback } = trip.value;
  try {
    const metadata = server.configuration.serverMetadata();
    const client = { client_id: connection.clientId };
    const token = new URLSearchParams(callback.search);
    const checked = new URLSearchParams(callback.search);
    if (!server.issuerKnown) checked.delete('iss');
    for (const name of ['access_token', 'token_type', 'expires_in']) checked.delete(name);
    // State, `iss` and an error answer are checked by the library; it knows no token in the fragment, so that is taken
    // out first and then checked as if a token endpoint had sent it (openid-client does the same for ID tokens).
    validateAuthResponse(metadata, client, checked, state);
    const fields: Record<string, unknown> = Object.fromEntries(token);
    delete fields.refresh_token; // RFC 6749 4.2.2: never in a fragment
    if (typeof fields.expires_in === 'string') fields.expires_in = Number(fields.expires_in);
    const response = await processGenericTokenEndpointResponse(
      metadata,
      client,
      new Response(JSON.stringify(fields), { headers: { 'content-type': 'application/json' } }),
    );
    return ok({ response, finish: loopback.finish });
  } catch (error) {
    loopback.finish(abandonWith(error));
    throw error;
  }
}
