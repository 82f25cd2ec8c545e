import { expect } from 'vitest';
import type { Fixture, Plan } from './fixture.ts';

const fixtures: readonly Fixture[] = [
  {
    module: 'oidcc-client-test-refresh-token',
    source: 'openid/client/OIDCCClientTestRefreshToken',
    what: 'the session is renewed, and the new access token opens userinfo',
    verdict: 'accept',
    at: 'renewal',
    seen: async ({ provider, party, connection }) => {
      const renewed = provider.seenAt('/token').at(-1)?.form;
      expect(renewed?.get('grant_type')).toBe('refresh_token');
      const access = await party.sessions.access(connection);
      if (!access.ok) throw new Error(access.error.message);
      const authorization = `Bearer ${access.value.session.accessToken}`;
      expect((await fetch(`${provider.issuer}/userinfo`, { headers: { authorization } })).status).toBe(200);
    },
  },
  {
    module: 'oidcc-client-test-refresh-token-invalid-issuer',
    source: 'openid/client/OIDCCClientTestRefreshTokenInvalidIssuer',
    what: 'the renewed ID token names another issuer',
    verdict: 'id_token_invalid',
    at: 'renewal',
    mutation: ({ issuer }) => ({ claims: { iss: `${issuer}1` } }),
  },
  {
    module: 'oidcc-client-test-refresh-token-invalid-sub',
    source: 'openid/client/OIDCCClientTestRefreshTokenInvalidSub',
    what: 'the renewed ID token is of another person',
    verdict: 'id_token_invalid',
    at: 'renewal',
    mutation: () => ({ claims: { sub: 'someone1' } }),
  },
];

export const refreshPlan: Plan = { name: 'oidcc-client-refreshtoken-test-plan', modules: 3, fixtures };
