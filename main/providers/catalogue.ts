import { konexus } from './konexus/api.ts';
import { oauth2Profile } from './oauth2/profile.ts';
import { oidcProfile } from './oidc/profile.ts';
import { type Provider, type ProviderId, providerIds } from './provider.ts';
import { saltoKs } from './salto-ks/api.ts';
import { saltoNebula } from './salto-nebula/api.ts';
import { signInOnly } from './sign-in-only.ts';
import { smartenit } from './smartenit/api.ts';

const providers: Readonly<Record<ProviderId, Provider>> = {
  'salto-ks': saltoKs,
  'salto-nebula': saltoNebula,
  konexus,
  smartenit,
  oidc: signInOnly(oidcProfile),
  oauth2: signInOnly(oauth2Profile),
};

/** The provider of that id. */
export function providerOf(id: ProviderId): Provider {
  return providers[id];
}

/** Every provider, in the order in which people are offered them. */
export const allProviders: readonly Provider[] = providerIds.map((id) => providers[id]);
