import { type Result, ok } from '../../preload/errors.ts';
import { decodeToken } from '../tokens/decode.ts';
import type { KeySet } from '../tokens/jwks-cache.ts';
import { namesUnknownKey } from '../tokens/signature.ts';
import { fetchKeys, storeKeys, storedKeys } from './keys.ts';
import type { SessionParts } from './parts.ts';

/**
 * The keys kept for a connection, fetched anew (and kept) where they are of another address or one of `tokens` names a
 * key that is not among them. Errors: those of {@link fetchKeys}; throws the reason where `signal` aborts.
 */
export async function fittingKeys(
  parts: SessionParts,
  connection: { readonly id: string },
  { jwksUri, issuer }: { readonly jwksUri: string; readonly issuer: string | undefined },
  tokens: readonly (string | null)[],
  signal?: AbortSignal,
): Promise<Result<KeySet['keys']>> {
  const kept = await storedKeys(parts.home, connection.id);
  if (kept?.address === jwksUri && !tokens.some((token) => namesAnother(token, kept.keys))) {
    return ok(kept.keys);
  }
  const fetched = await fetchKeys(parts.http, parts.clock, jwksUri, connection.id, signal);
  if (!fetched.ok) return fetched;
  await storeKeys(parts.home, connection.id, issuer ?? null, fetched.value);
  return ok(fetched.value.keys);
}

function namesAnother(token: string | null, keys: KeySet['keys']): boolean {
  const decoded = token === null ? null : decodeToken(token);
  return decoded?.kind === 'jwt' && namesUnknownKey(decoded.header, keys);
}
