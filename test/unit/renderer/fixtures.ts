import type { ConnectionInfo } from '../../../preload/contract.ts';

export const now = 1_800_000_000_000;

/** One that is well, and ends in 42 minutes. */
export const session: ConnectionInfo['session'] = {
  state: 'signed_in',
  subject: 'ana@acme.example',
  displayName: null,
  expiresAt: now + 42 * 60_000,
  refreshExpiresAt: null,
  failure: null,
  nextTryAt: null,
  signInBy: null,
  warnFrom: null,
  tokens: ['access'],
};

export const connection = (id: string, change: Partial<ConnectionInfo['session']> = {}): ConnectionInfo => ({
  id,
  name: id,
  provider: 'salto-ks',
  environment: 'production',
  grant: 'authorization_code',
  clientId: 'desk',
  clientAuth: 'none',
  username: null,
  scope: null,
  redirectPorts: [],
  redirectPath: '/callback',
  overrides: {},
  sandbox: false,
  session: { ...session, ...change },
});
