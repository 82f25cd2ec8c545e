import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Endpoints, ProviderProfile } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import { typedName } from './typed-name.ts';

/**
 * Where a connection's provider lives: the environment's preset with the connection's overrides on top. What is still
 * undefined is for discovery to find.
 */
export function connectionEndpoints(connection: Connection, profile: ProviderProfile): Endpoints {
  const { issuer, authorizationEndpoint, tokenEndpoint, revocationEndpoint, jwksUri, apiBase } =
    connection.overrides;
  const chosen = { issuer, authorizationEndpoint, tokenEndpoint, revocationEndpoint, jwksUri, apiBase };
  const preset = profile.environments[connection.environment] ?? {};
  return {
    ...preset,
    ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)),
  };
}

/** Base of the resource API without a trailing slash; `input_invalid` where nothing says where it is. */
export function connectionApiBase(connection: Connection, profile: ProviderProfile): Result<string> {
  const base = connectionEndpoints(connection, profile).apiBase;
  if (base === undefined) {
    return fail(
      'input_invalid',
      `${connection.name} has no API address.`,
      `Give it with: latchkey connections set ${typedName(connection)} --api-base URL`,
    );
  }
  return ok(base.replace(/\/+$/, ''));
}

/** The profile's named texts with the connection's on top. */
export function connectionTexts(
  connection: Connection,
  profile: ProviderProfile,
  which: 'paths' | 'switches' | 'authorizationParams' | 'apiHeaders',
): Readonly<Record<string, string>> {
  return { ...profile[which], ...connection.overrides[which] };
}
