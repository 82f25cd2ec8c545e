import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '../../../main/connections/connection.ts';
import { testConnection } from '../sessions.ts';
import { type Codes, authorize } from './authorization.ts';
import { type Bend, type RawAnswer, bent } from './bend.ts';
import { discoveryDocument } from './discovery.ts';
import { createIdToken } from './id-token.ts';
import { type KeyRing, createKeyRing, keySet } from './keys.ts';
import { type RefreshTokens, redeem, tokenBody } from './token-answer.ts';

/** A request as it came, in order. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly form: URLSearchParams;
}

/**
 * An OpenID provider that keeps the rules (codes and refresh tokens count once, PKCE is checked, the ID token is for the
 * client that asked) but for what {@link Bend} says.
 */
export interface HostileProvider {
  readonly issuer: string;
  readonly keys: KeyRing;
  /** Set before an exchange, taken back with {@link HostileProvider.reset}. */
  bend: Bend;
  readonly seen: readonly Seen[];
  /** Requests of one endpoint: `/token`. */
  seenAt(path: string): readonly Seen[];
  readonly keysPath: string;
  /** A connection of provider `oidc` to here. */
  connection(changes?: Partial<Connection>): Connection;
  /** Honest again, and nothing seen. */
  reset(): void;
  close(): Promise<void>;
}

interface Reply {
  readonly honest?: unknown;
  readonly raw?: RawAnswer | undefined;
}

export async function startHostileProvider(): Promise<HostileProvider> {
  const keys = await createKeyRing();
  const codes: Codes = new Map();
  const refreshTokens: RefreshTokens = new Map();
  const seen: Seen[] = [];
  const keysPath = `/keys-${randomUUID()}`;
  let issued = 0;

  async function reply(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', provider.issuer);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const { authorization = null } = request.headers;
    seen.push({ method: request.method ?? '', path: url.pathname, authorization, form });
    const { bend, issuer } = provider;
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return { honest: discoveryDocument(issuer, keysPath, bend), raw: bend.discoveryAnswer };
      case keysPath:
        return { honest: keySet(keys, bend.published ?? ['rsa'], bend.kids ?? true), raw: bend.keysAnswer };
      case '/authorize':
        return { raw: { status: 302, headers: { location: authorize(url, codes, bend) }, body: '' } };
      case '/token':
        return token(form);
      case '/userinfo':
        return authorization?.startsWith('Bearer access-')
          ? { honest: bent({ sub: 'someone', name: 'Ana Prado' }, bend.userinfo), raw: bend.userinfoAnswer }
          : { honest: { error: 'invalid_token' }, raw: { status: 401 } };
      default:
        return { honest: {}, raw: { status: 404 } };
    }
  }

  async function token(form: URLSearchParams): Promise<Reply> {
    const { issuer } = provider;
    const next = provider.bend.rotateAtToken;
    if (next !== undefined) provider.bend = { ...provider.bend, published: [next], signing: { key: next } };
    const { bend } = provider;
    const redeemed = redeem(form, codes, refreshTokens);
    if (!redeemed.ok) return { honest: { error: redeemed.error }, raw: { status: 400 } };
    const { grant } = redeemed;
    issued += 1;
    const about = { issuer, audience: grant.clientId, nonce: grant.nonce };
    refreshTokens.set(`refresh-${issued}`, grant);
    const idToken = await createIdToken(keys, about, bend);
    return { honest: tokenBody(issued, idToken, bend), raw: bend.tokenAnswer };
  }

  const server = createServer((request, response) => {
    reply(request).then(
      (answer) => send(response, answer),
      (error: unknown) => void response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider: HostileProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    bend: {},
    seen,
    keysPath,
    seenAt: (path) => seen.filter((request) => request.path === path),
    connection: (changes = {}) => ({
      ...testConnection(),
      provider: 'oidc',
      clientAuth: 'none',
      scope: 'openid profile offline_access',
      overrides: {
        issuer: provider.issuer,
        paths: {},
        authorizationParams: {},
        apiHeaders: {},
        switches: {},
      },
      ...changes,
    }),
    reset: () => {
      provider.bend = {};
      seen.length = 0;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return provider;
}

function send(response: ServerResponse, { honest, raw = {} }: Reply): void {
  if (raw.never) return;
  response
    .writeHead(raw.status ?? 200, { 'content-type': 'application/json', ...raw.headers })
    .end(raw.body ?? JSON.stringify(honest));
}
