import {
  type ClientAuth as LibraryClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  None,
} from 'openid-client';
import type { ClientAuth } from '../providers/provider.ts';

/**
 * How the client proves itself (RFC 6749 2.3.1). `basic` form-encodes id and secret as the RFC says; `basic-raw` sends
 * them as typed, for the many servers that compare them undecoded.
 */
export function clientAuthentication(
  method: ClientAuth,
  clientId: string,
  secret: string | undefined,
): LibraryClientAuth {
  if (method === 'none' || secret === undefined) return None();
  if (method === 'post') return ClientSecretPost(secret);
  if (method === 'basic') return ClientSecretBasic(secret);
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${secret}`, 'utf8').toString('base64')}`);
  };
}

/**
 * Whether id or secret look different after form encoding: then a refused client may be a server that compares them
 * undecoded, or one that decodes what was sent raw, and the hint says so.
 */
export function hasReservedCharacters(clientId: string, secret: string | undefined): boolean {
  return !/^[A-Za-z0-9\-_.*]*$/.test(clientId + (secret ?? ''));
}
