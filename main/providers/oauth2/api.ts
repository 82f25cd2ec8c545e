import type { Provider } from '../provider.ts';
import { signInOnly } from '../sign-in-only.ts';
import { oauth2Profile } from './profile.ts';

/** Sign-in and tokens of any OAuth 2.0 server. */
export const oauth2: Provider = signInOnly(oauth2Profile);
