import { konexusProfile } from './konexus/profile.ts';
import { oauth2Profile } from './oauth2/profile.ts';
import { oidcProfile } from './oidc/profile.ts';
import type { ProviderId, ProviderProfile } from './provider.ts';
import { saltoKsProfile } from './salto-ks/profile.ts';
import { saltoNebulaProfile } from './salto-nebula/profile.ts';
import { smartenitProfile } from './smartenit/profile.ts';

const profiles: Readonly<Record<ProviderId, ProviderProfile>> = {
  'salto-ks': saltoKsProfile,
  'salto-nebula': saltoNebulaProfile,
  konexus: konexusProfile,
  smartenit: smartenitProfile,
  oidc: oidcProfile,
  oauth2: oauth2Profile,
};

/** What is known of a provider, without the code that reads its lists (catalogue.ts has both). */
export function profileOf(id: ProviderId): ProviderProfile {
  return profiles[id];
}
