import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionApiBase, connectionTexts } from '../connections/endpoints.ts';
import { providerOf } from '../providers/catalogue.ts';
import type { ProviderContext } from '../providers/provider.ts';
import { createApiClient } from '../sessions/api-client.ts';
import { type Session, endsSoon } from '../sessions/session.ts';
import { decodeToken } from '../tokens/decode.ts';
import type { ServiceParts } from './parts.ts';

export interface ContextOptions {
  readonly signal?: AbortSignal;
  /** Told when the provider asks to wait. */
  readonly waiting?: (milliseconds: number, status: number) => void;
  /** Told when a token is used although renewing it failed. */
  readonly warned?: (failure: Failure) => void;
}

/** What a provider needs to talk to its API for one connection, with the connection's session behind it. */
export function providerContext(
  parts: ServiceParts,
  connection: Connection,
  options: ContextOptions = {},
): Result<ProviderContext> {
  const profile = parts.profileOf(connection.provider);
  const apiBase = connectionApiBase(connection, profile);
  if (!apiBase.ok) return apiBase;
  const { signal } = options;
  // Kept while a list is read: asking the keychain for every page would be hundreds of calls a list.
  let kept: Session | null = null;
  const accessToken = async (stale: string | null): Promise<Result<string>> => {
    if (stale !== null && kept?.accessToken === stale) {
      const renewed = await parts.sessions.renew(connection, stale, signal);
      // Renewed but not saved, the session can be used all the same; `access` has it then, with the warning.
      if (!renewed.ok && !renewed.error.code.startsWith('vault_')) return renewed;
      kept = renewed.ok ? renewed.value : null;
    }
    if (kept === null || endsSoon(kept, parts.clock.now())) {
      const access = await parts.sessions.access(connection, signal);
      if (!access.ok) return access;
      if (access.value.warning !== null) options.warned?.(access.value.warning);
      kept = access.value.session;
    }
    return ok(kept.accessToken);
  };
  return ok({
    apiBase: apiBase.value,
    paths: connectionTexts(connection, profile, 'paths'),
    switches: connectionTexts(connection, profile, 'switches'),
    api: createApiClient({
      connection: connection.id,
      http: parts.http,
      clock: parts.clock,
      apiBase: apiBase.value,
      headers: connectionTexts(connection, profile, 'apiHeaders'),
      accessToken,
      refusesToken: async (response) =>
        (await providerOf(connection.provider)).refusesToken?.(response) === true,
      ...(signal && { signal }),
      ...(options.waiting && { waiting: options.waiting }),
    }),
    accessTokenClaims: async () => {
      const token = await accessToken(null);
      if (!token.ok) return token;
      const decoded = decodeToken(token.value);
      return ok(decoded.kind === 'jwt' ? decoded.claims : null);
    },
    now: () => parts.clock.now(),
    ...(signal && { signal }),
  });
}
