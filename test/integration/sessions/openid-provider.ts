import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { Connection } from '../../../main/connections/connection.ts';
import { testConnection } from '../../support/sessions.ts';

/** An OpenID server whose answers can be bent one at a time. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** What is answered until it is changed. */
  bent: {
    /** Added to the discovery document. */
    metadata?: Record<string, unknown>;
    /** Changes the claims of the ID token; undefined removes one. */
    claims?: Record<string, unknown>;
    /** Changes the parameters with which the browser is sent back; undefined removes one. */
    callback?: Record<string, string | undefined>;
    /** The ID token as text instead. */
    idToken?: string | ((token: string) => string);
    signWith?: CryptoKey | KeyObject;
    algorithm?: string;
    keysStatus?: number;
    tokens?: Record<string, unknown>;
  };
  /** Token requests. */
  readonly requests: URLSearchParams[];
  /** Brings the browser back as the server would; gives the page's status. */
  browse(url: string): Promise<number>;
  connection(changes?: Partial<Connection>): Connection;
  close(): Promise<void>;
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key: JWK = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  let nonce: string | undefined;
  let issued = 0;

  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', provider.issuer);
      const { bent } = provider;
      const answer = (value: unknown, status = 200): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      if (pathname === '/.well-known/openid-configuration') {
        const { issuer } = provider;
        answer({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          ...bent.metadata,
        });
      } else if (pathname === '/keys') answer({ keys: [key] }, bent.keysStatus);
      else if (pathname === '/token') {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        provider.requests.push(new URLSearchParams(Buffer.concat(chunks).toString()));
        issued += 1;
        answer({
          access_token: `access-${issued}`,
          refresh_token: `refresh-${issued}`,
          token_type: 'Bearer',
          expires_in: 3600,
          id_token: await idToken(),
          ...bent.tokens,
        });
      } else answer({}, 404);
    })();
  });

  async function idToken(): Promise<string> {
    const { bent, issuer } = provider;
    const now = Math.floor(Date.now() / 1000);
    const claims = Object.fromEntries(
      Object.entries({
        iss: issuer,
        sub: 'someone',
        aud: 'acme-client',
        iat: now,
        exp: now + 300,
        nonce,
        ...bent.claims,
      }).filter(([, value]) => value !== undefined),
    );
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: bent.algorithm ?? 'RS256', kid: 'key-1' })
      .sign(bent.signWith ?? privateKey);
    return typeof bent.idToken === 'function' ? bent.idToken(signed) : (bent.idToken ?? signed);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OpenIdProvider = {
    issuer,
    bent: {},
    requests: [],
    async browse(url) {
      const { searchParams } = new URL(url);
      nonce = searchParams.get('nonce') ?? undefined;
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      const parameters: Record<string, string | undefined> = {
        code: 'the-code',
        state: searchParams.get('state') ?? '',
        ...provider.bent.callback,
      };
      for (const [name, value] of Object.entries(parameters)) {
        if (value !== undefined) back.searchParams.set(name, value);
      }
      return (await fetch(back)).status;
    },
    connection: (changes = {}) => {
      const base = testConnection();
      return {
        ...base,
        provider: 'oidc',
        clientAuth: 'none',
        scope: 'openid offline_access',
        overrides: {
          issuer,
          paths: {},
          authorizationParams: {},
          apiHeaders: {},
          switches: {},
        },
        ...changes,
      };
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return provider;
}
