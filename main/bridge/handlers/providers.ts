import type { ProviderInfo } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { allProviders, hasLists } from '../../providers/catalogue.ts';
import { type RegisteredProvider, environmentIds } from '../../providers/provider.ts';
import type { Handlers } from '../dispatcher.ts';

export function providersHandlers(): Pick<Handlers, 'providers.list'> {
  return {
    'providers.list': async () => ok(await Promise.all(allProviders.map(providerInfo))),
  };
}

async function providerInfo({ profile, load }: RegisteredProvider): Promise<ProviderInfo> {
  const provider = await load();
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
