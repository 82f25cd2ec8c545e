import type { Provider } from '../provider.ts';
import { signInOnly } from '../sign-in-only.ts';
import { oidcProfile } from './profile.ts';

/** Sign-in and tokens of any OpenID Connect server. */
export const oidc: Provider = signInOnly(oidcProfile);
