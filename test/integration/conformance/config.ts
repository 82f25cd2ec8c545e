import { expect } from 'vitest';
import { withHeader } from '../../support/hostile-provider/id-token.ts';
import type { Fixture, Plan } from './fixture.ts';

const fixtures: readonly Fixture[] = [
  {
    module: 'oidcc-client-test-discovery-openid-config',
    source: 'openid/client/config/OIDCCClientTestDiscoveryOpenIDConfiguration',
    what: 'the endpoints stand in the discovery document alone',
    verdict: 'accept',
    seen: ({ provider }) => {
      expect(provider.seen[0]?.path).toBe('/.well-known/openid-configuration');
    },
  },
  {
    module: 'oidcc-client-test-discovery-jwks-uri-keys',
    source: 'openid/client/config/OIDCCClientTestDiscoveryJwksUriKeys',
    what: 'the address of the keys is made up anew and stands in the discovery document alone',
    verdict: 'accept',
    seen: ({ provider }) => {
      expect(provider.seenAt(provider.keysPath)).not.toHaveLength(0);
    },
  },
  {
    module: 'oidcc-client-test-discovery-issuer-mismatch',
    source: 'openid/client/config/OIDCCClientTestDiscoveryIssuerMismatch',
    what: 'the discovery document names another issuer; nothing is asked after it',
    verdict: 'issuer_mismatch',
    mutation: ({ issuer }) => ({ discovery: { issuer: `${issuer}/other` } }),
  },
  {
    module: 'oidcc-client-test-idtoken-sig-none',
    source: 'openid/client/OIDCCClientTestIdTokenSigAlgNone',
    what: 'an unsigned ID token that nobody announced (the suite leaves the choice)',
    verdict: 'id_token_invalid',
    mutation: () => ({ idToken: (honest) => withHeader(honest, { alg: 'none' }) }),
  },
  {
    module: 'oidcc-client-test-signing-key-rotation-just-before-signing',
    source: 'openid/client/config/OIDCCClientTestSigningKeyRotationJustBeforeSigning',
    what: 'the keys are known from before, and change when the code is redeemed',
    verdict: 'accept',
    second: true,
    mutation: () => ({ rotateAtToken: 'rsa-next' }),
    seen: ({ provider }) => {
      expect(provider.seenAt(provider.keysPath)).not.toHaveLength(0);
    },
  },
  {
    module: 'oidcc-client-test-signing-key-rotation',
    source: 'openid/client/config/OIDCCClientTestSigningKeyRotation',
    what: 'the keys are known from before, and changed since',
    verdict: 'accept',
    second: true,
    mutation: () => ({ published: ['rsa-next'], signing: { key: 'rsa-next' } }),
    seen: ({ provider }) => {
      expect(provider.seenAt(provider.keysPath)).not.toHaveLength(0);
    },
  },
];

export const configPlan: Plan = {
  name: 'oidcc-client-config-certification-test-plan',
  modules: 6,
  fixtures,
};
