import type { RegisteredProvider } from '../provider.ts';
import { saltoKsProfile } from './profile.ts';

export const saltoKs: RegisteredProvider = {
  profile: saltoKsProfile,
  load: async () => (await import('./api.ts')).saltoKs,
};
