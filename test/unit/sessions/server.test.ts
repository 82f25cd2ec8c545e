import { expect, test } from 'vitest';
import type { Http } from '../../../main/http/seam.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { findServer } from '../../../main/sessions/server.ts';
import { testClock, testConnection } from '../../support/sessions.ts';

const issuer = 'https://id.acme.example';

/** Finds a server whose discovery document has these members besides the usual ones. */
async function found(members: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const http: Http = {
    fetch: (url) => {
      asked.push(String(url));
      const document = {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        ...members,
      };
      return Promise.resolve(Response.json(document));
    },
    skewSeconds: () => null,
    close: () => Promise.resolve(),
  };
  const { overrides } = testConnection();
  const connection = testConnection({
    provider: 'oidc',
    overrides: { ...overrides, authorizationEndpoint: undefined, tokenEndpoint: undefined, issuer },
  });
  const parts = { http, clock: testClock(), profile: profileOf('oidc'), credentials: {} };
  return { result: await findServer(connection, parts), asked };
}

test('a server is found by its discovery document', async () => {
  const { result, asked } = await found({});
  expect(result).toMatchObject({ ok: true, value: { endpoints: { tokenEndpoint: `${issuer}/token` } } });
  expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
});

test.each([
  ['authorization_endpoint', 'http://127.0.0.1:8080/authorize'],
  ['token_endpoint', 'http://localhost:2375/containers/create'],
  ['revocation_endpoint', 'http://[::1]:8080/'],
  ['jwks_uri', 'http://127.0.0.1/keys'],
  ['userinfo_endpoint', 'http://127.8.9.1/'],
  ['introspection_endpoint', 'http://localhost/'],
])('a server elsewhere that names %s at a program of this computer is not followed', async (key, address) => {
  const { result, asked } = await found({ [key]: address });
  expect(result).toMatchObject({ ok: false, error: { code: 'discovery_failed' } });
  expect(asked).toHaveLength(1);
});
