import type { RegisteredProvider } from '../provider.ts';
import { konexusProfile } from './profile.ts';

export const konexus: RegisteredProvider = {
  profile: konexusProfile,
  load: async () => (await import('./api.ts')).konexus,
};
