import type { RegisteredProvider } from '../provider.ts';
import { oauth2Profile } from './profile.ts';

export const oauth2: RegisteredProvider = {
  profile: oauth2Profile,
  load: async () => (await import('./api.ts')).oauth2,
};
