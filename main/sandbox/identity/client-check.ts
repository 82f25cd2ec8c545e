import { answerOf } from '../answer.ts';
import type { Responder } from '../answer.ts';
import type { Exchange, SandboxClient } from '../contract.ts';
import { basicCredentials, bodyFields } from '../form.ts';
import type { ClientAuthMethod, IdentityVendor } from './vendor.ts';

/**
 * Refuses a way of client authentication that the vendor does not document, at the token endpoint. The library itself
 * takes a secret from the header and from the body alike.
 */
export function clientCheckResponder(vendor: IdentityVendor, clients: readonly SandboxClient[]): Responder {
  return (exchange) => {
    if (exchange.method !== 'POST' || exchange.url.pathname !== vendor.routes.token)
      return Promise.resolve(null);
    const { clientId, method, grantType } = presented(exchange);
    const client = clients.find((one) => one.clientId === clientId);
    // Unknown clients and missing secrets are the library's to refuse.
    if (client === undefined || method === 'none' || vendor.takesMethod(client, method, grantType)) {
      return Promise.resolve(null);
    }
    const { status, body } = vendor.shapeError({
      status: 401,
      body: { error: 'invalid_client', error_description: 'client authentication failed' },
    });
    const headers: Record<string, string> = { 'cache-control': 'no-store' };
    if (method === 'basic' && status === 401) headers['www-authenticate'] = 'Basic error="invalid_client"';
    return Promise.resolve(answerOf({ status, headers, json: body }));
  };
}

function presented(exchange: Exchange): { clientId: string; method: ClientAuthMethod; grantType: string } {
  const fields = bodyFields(exchange) ?? {};
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const basic = basicCredentials(exchange.headers['authorization']);
  return {
    clientId: basic?.id ?? text('client_id'),
    method: basic !== null ? 'basic' : text('client_secret') === '' ? 'none' : 'post',
    grantType: text('grant_type'),
  };
}
