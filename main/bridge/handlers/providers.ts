import type { ProviderInfo } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { allProviders, hasLists } from '../../providers/catalogue.ts';
import { type Provider, environmentIds } from '../../providers/provider.ts';
import type { Handlers } from '../dispatcher.ts';

export function providersHandlers(): Pick<Handlers, 'providers.list'> {
  return {
    'providers.list': () => Promise.resolve(ok(allProviders.map(providerInfo))),
  };
}

function providerInfo(provider: Provider): ProviderInfo {
  const { profile } = provider;
  const { id, label, mark, needs, installationWord, contact, discovery, environments, grants } = profile;
  return {
    id,
    label,
    mark,
    needs,
    installationWord,
    lists: hasLists(profile),
    reach: provider.reach !== undefined,
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
