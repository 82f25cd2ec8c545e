import type { RegisteredProvider } from '../provider.ts';
import { saltoNebulaProfile } from './profile.ts';

export const saltoNebula: RegisteredProvider = {
  profile: saltoNebulaProfile,
  load: async () => (await import('./api.ts')).saltoNebula,
};
