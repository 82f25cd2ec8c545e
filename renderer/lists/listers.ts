import type { ConnectionInfo, ProviderInfo } from '../../preload/contract.ts';

/** The connections whose provider has installations and users to list. */
export function listers(of: {
  readonly connections: readonly ConnectionInfo[];
  readonly providers: readonly ProviderInfo[];
}): readonly ConnectionInfo[] {
  const withLists = new Set(of.providers.filter(({ lists }) => lists).map(({ id }) => id));
  return of.connections.filter(({ provider }) => withLists.has(provider));
}
