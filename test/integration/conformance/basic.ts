import { expect } from 'vitest';
import { withBrokenSignature, withHeader } from '../../support/hostile-provider/id-token.ts';
import type { Fixture, Plan } from './fixture.ts';

const fixtures: readonly Fixture[] = [
  {
    module: 'oidcc-client-test',
    source: 'openid/client/OIDCCClientTest',
    what: 'everything as it should be',
    verdict: 'accept',
    seen: ({ provider }) => {
      const [authorization] = provider.seenAt('/userinfo');
      expect(authorization?.authorization).toMatch(/^Bearer access-/);
      expect(provider.seenAt(provider.keysPath)).not.toHaveLength(0);
    },
  },
  {
    module: 'oidcc-client-test-invalid-iss',
    source: 'openid/client/OIDCCClientTestInvalidIssuerInIdToken',
    what: 'the ID token names another issuer',
    verdict: 'id_token_invalid',
    mutation: ({ issuer }) => ({ claims: { iss: `${issuer}1` } }),
  },
  {
    module: 'oidcc-client-test-missing-sub',
    source: 'openid/client/OIDCCClientTestMissingSubInIdToken',
    what: 'the ID token has no `sub`',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { sub: undefined } }),
  },
  {
    module: 'oidcc-client-test-invalid-aud',
    source: 'openid/client/OIDCCClientTestInvalidAudInIdToken',
    what: 'the ID token is for another client',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { aud: 'acme-client1' } }),
  },
  {
    module: 'oidcc-client-test-missing-iat',
    source: 'openid/client/OIDCCClientTestMissingIatInIdToken',
    what: 'the ID token has no `iat`',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { iat: undefined } }),
  },
  {
    module: 'oidcc-client-test-kid-absent-single-jwks',
    source: 'openid/client/OIDCCClientTestKidAbsentSingleJwks',
    what: 'neither the ID token nor the only key has a `kid`',
    verdict: 'accept',
    mutation: () => ({ kids: false, signing: { kid: null } }),
  },
  {
    module: 'oidcc-client-test-kid-absent-multiple-jwks',
    source: 'openid/client/OIDCCClientTestKidAbsentMultipleMatchingKeysInJwks',
    what: 'the ID token has no `kid` and two keys fit (the suite leaves the choice)',
    verdict: 'id_token_invalid',
    setup: () => ({ published: ['rsa', 'rsa-next'] }),
    mutation: () => ({ kids: false, signing: { kid: null } }),
  },
  {
    module: 'oidcc-client-test-idtoken-sig-rs256',
    source: 'openid/client/OIDCCClientTestIdTokenSignedUsingRS256',
    what: 'the server signs with RS256 and announces nothing else',
    verdict: 'accept',
    setup: () => ({ discovery: { id_token_signing_alg_values_supported: ['RS256'] } }),
  },
  {
    module: 'oidcc-client-test-idtoken-sig-none',
    source: 'openid/client/OIDCCClientTestIdTokenSigAlgNone',
    what: 'an unsigned ID token in the code flow, which the server announces (the suite leaves the choice)',
    verdict: 'id_token_invalid',
    setup: () => ({ discovery: { id_token_signing_alg_values_supported: ['RS256', 'none'] } }),
    mutation: () => ({ idToken: (honest) => withHeader(honest, { alg: 'none' }) }),
  },
  {
    module: 'oidcc-client-test-invalid-sig-rs256',
    source: 'openid/client/OIDCCClientTestInvalidIdTokenSignatureWithRS256',
    what: 'the signature of the ID token is wrong (the suite lets the code flow skip the check)',
    verdict: 'id_token_invalid',
    mutation: () => ({ idToken: withBrokenSignature }),
  },
  {
    module: 'oidcc-client-test-userinfo-invalid-sub',
    source: 'openid/client/OIDCCClientTestInvalidSubInUserinfoResponse',
    what: 'userinfo speaks of another `sub` than the ID token',
    verdict: 'access_token_invalid',
    mutation: () => ({ userinfo: { sub: 'someone1' } }),
  },
  {
    module: 'oidcc-client-test-nonce-invalid',
    source: 'openid/client/OIDCCClientTestNonceInvalid',
    what: 'the ID token has another nonce',
    verdict: 'id_token_invalid',
    mutation: () => ({ claims: { nonce: 'another-nonce' } }),
  },
  {
    module: 'oidcc-client-test-scope-userinfo-claims',
    source: 'openid/client/OIDCCClientTestScopeUserInfoClaims',
    what: 'the scope asks for `profile` and `email`, and userinfo has the claims',
    verdict: 'accept',
    connection: () => ({ scope: 'openid profile email' }),
    setup: () => ({ userinfo: { name: 'Ana Prado', email: 'ana.prado@acme.example' } }),
    seen: async ({ party, connection }) => {
      const shown = await party.sessions.status(connection);
      expect(shown).toMatchObject({ ok: true, value: { subject: 'someone', displayName: 'Ana Prado' } });
    },
  },
  {
    module: 'oidcc-client-test-client-secret-basic',
    source: 'openid/client/OIDCCClientTestClientSecretBasic',
    what: 'the client proves itself by HTTP Basic',
    verdict: 'accept',
    connection: () => ({ clientAuth: 'basic' }),
    secret: 'secret-example',
    seen: ({ provider }) => {
      const [token] = provider.seenAt('/token');
      expect(token?.authorization).toBe(`Basic ${btoa('acme%2Dclient:secret%2Dexample')}`);
      expect(token?.form.has('client_secret')).toBe(false);
    },
  },
];

export const basicPlan: Plan = {
  name: 'oidcc-client-basic-certification-test-plan',
  modules: 14,
  fixtures,
};
