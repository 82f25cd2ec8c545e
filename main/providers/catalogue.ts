import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Provider, ProviderId, ProviderProfile, RegisteredProvider } from './provider.ts';
import * as registry from './registry.ts';

/** Every provider in the order in which people are offered them: those with lists first, then by label. */
export const allProviders: readonly RegisteredProvider[] = Object.values<RegisteredProvider>(registry).sort(
  ({ profile: a }, { profile: b }) =>
    Number(hasLists(b)) - Number(hasLists(a)) || (a.label < b.label ? -1 : 1),
);

export const providerIds: readonly ProviderId[] = allProviders.map(({ profile }) => profile.id);

const byId: ReadonlyMap<ProviderId, RegisteredProvider> = new Map(
  allProviders.map((provider) => [provider.profile.id, provider]),
);

/**
 * What is known of the provider of an id that has been looked at already (a connection's, by its schema). Throws for any
 * other: that is a mistake of the program.
 */
export function profileOf(id: ProviderId): ProviderProfile {
  return registered(id).profile;
}

/** The provider itself, loaded. As `profileOf`. */
export function providerOf(id: ProviderId): Promise<Provider> {
  return registered(id).load();
}

function registered(id: ProviderId): RegisteredProvider {
  const provider = byId.get(id);
  if (provider === undefined) throw new Error('no such provider is registered');
  return provider;
}

/** Looks at an id that came from outside. Errors: input_invalid; the id itself is not repeated. */
export function checkProviderId(id: string): Result<ProviderId> {
  if (byId.has(id)) return ok(id);
  return fail('input_invalid', 'There is no such provider.', `Choose one of: ${providerIds.join(', ')}.`);
}

/** A provider without API paths has sign-in and tokens only. */
export function hasLists({ paths }: ProviderProfile): boolean {
  return Object.keys(paths).length > 0;
}
