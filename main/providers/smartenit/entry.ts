import type { RegisteredProvider } from '../provider.ts';
import { smartenitProfile } from './profile.ts';

export const smartenit: RegisteredProvider = {
  profile: smartenitProfile,
  load: async () => (await import('./api.ts')).smartenit,
};
