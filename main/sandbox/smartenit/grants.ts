import { randomBytes } from 'node:crypto';
import type { Access, AccessProblem, Reach, SandboxAccount, SandboxClient } from '../contract.ts';

/** Who was let in: a client, and the person who signed in (null for client credentials). */
export interface Grant {
  readonly client: SandboxClient;
  readonly account: SandboxAccount | null;
}

export interface CodeGrant extends Grant {
  readonly redirectUri: string;
}

/** Everything this authorization server has handed out. Tokens and codes are opaque random texts. */
export interface Grants {
  issueAccessToken(grant: Grant, lifetimeSeconds: number): string;
  issueRefreshToken(grant: Grant): string;
  issueCode(grant: CodeGrant): string;
  /** The grant of a code, once: whatever the answer, the code is spent. Null when unknown or over five minutes old. */
  spendCode(code: string): CodeGrant | null;
  grantOfRefreshToken(token: string): Grant | null;
  /** The grant of an access token, expired ones included: the vendor's SDK refreshes with the old one. */
  grantOfAccessToken(token: string): Grant | null;
  accessOf(authorization: string | undefined): Access | AccessProblem;
  clear(): void;
}

const CODE_LIFETIME_MS = 5 * 60_000;
/** Bounds what a long-running sandbox keeps; the oldest goes first. */
const MOST_KEPT = 20_000;

function remember<T>(map: Map<string, T>, value: T): string {
  const id = randomBytes(36).toString('base64url');
  map.set(id, value);
  for (const oldest of map.keys()) {
    if (map.size <= MOST_KEPT) break;
    map.delete(oldest);
  }
  return id;
}

function narrower(a: Reach, b: Reach): Reach {
  if (a === 'all') return b;
  return b === 'all' ? a : Math.min(a, b);
}

/** The token of an `Authorization: Bearer` header, null for anything else (RFC 6750 section 2.1). */
export function bearerToken(authorization: string | undefined): string | null {
  return /^bearer +(\S+)$/iu.exec(authorization ?? '')?.[1] ?? null;
}

export function createGrants(now: () => number): Grants {
  const accessTokens = new Map<string, { grant: Grant; expiresAt: number }>();
  const refreshTokens = new Map<string, Grant>();
  const codes = new Map<string, { grant: CodeGrant; expiresAt: number }>();

  return {
    issueAccessToken: (grant, lifetimeSeconds) =>
      remember(accessTokens, { grant, expiresAt: now() + lifetimeSeconds * 1000 }),
    issueRefreshToken: (grant) => remember(refreshTokens, grant),
    issueCode: (grant) => remember(codes, { grant, expiresAt: now() + CODE_LIFETIME_MS }),
    spendCode(code) {
      const found = codes.get(code);
      codes.delete(code);
      return found !== undefined && now() < found.expiresAt ? found.grant : null;
    },
    grantOfRefreshToken: (token) => refreshTokens.get(token) ?? null,
    grantOfAccessToken: (token) => accessTokens.get(token)?.grant ?? null,
    accessOf(authorization) {
      const token = bearerToken(authorization);
      if (token === null) return 'missing';
      const found = accessTokens.get(token);
      if (found === undefined) return 'invalid';
      if (now() >= found.expiresAt) return 'expired';
      const { client, account } = found.grant;
      return {
        clientId: client.clientId,
        accountId: account?.id ?? null,
        username: account?.username ?? null,
        scopes: [],
        reach: account === null ? client.reach : narrower(client.reach, account.reach),
      };
    },
    clear() {
      accessTokens.clear();
      refreshTokens.clear();
      codes.clear();
    },
  };
}
