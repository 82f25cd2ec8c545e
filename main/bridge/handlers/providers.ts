import type { ProviderInfo } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { allProviders } from '../../providers/catalogue.ts';
import { type ProviderProfile, environmentIds } from '../../providers/provider.ts';
import type { Handlers } from '../dispatcher.ts';

export function providersHandlers(): Pick<Handlers, 'providers.list'> {
  return {
    'providers.list': () => Promise.resolve(ok(allProviders.map(({ profile }) => providerInfo(profile)))),
  };
}

function providerInfo(profile: ProviderProfile): ProviderInfo {
  const { id, label, installationWord, contact, discovery, environments, grants } = profile;
  return {
    id,
    label,
    installationWord,
    lists: hasLists(profile),
    contact,
    discovery,
    environments: environmentIds.flatMap((environment) => {
      const endpoints = environments[environment];
      return endpoints === undefined ? [] : [{ id: environment, endpoints: { ...endpoints } }];
    }),
    grants: grants.map(({ grant, documented, clientAuth, scope, caution }) => ({
      grant,
      documented,
      clientAuth,
      scope: scope ?? null,
      caution: caution ?? null,
    })),
  };
}

/** A provider without API paths has sign-in and tokens only. */
export function hasLists({ paths }: ProviderProfile): boolean {
  return Object.keys(paths).length > 0;
}
