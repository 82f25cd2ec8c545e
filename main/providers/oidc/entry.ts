import type { RegisteredProvider } from '../provider.ts';
import { oidcProfile } from './profile.ts';

export const oidc: RegisteredProvider = {
  profile: oidcProfile,
  load: async () => (await import('./api.ts')).oidc,
};
