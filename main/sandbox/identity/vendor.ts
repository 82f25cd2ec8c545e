import type { SandboxAccount, SandboxClient, SandboxProvider } from '../contract.ts';

export type ClientAuthMethod = SandboxClient['clientAuth'];

/** Facts of one issued access token, in sandbox time, from which a vendor makes its JWT's claims. */
export interface TokenFacts {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Null for client credentials. */
  readonly accountId: string | null;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly authTime: number;
  readonly jti: string;
}

/** An answer of the token, revocation or introspection endpoint, before it is serialised. */
export interface EndpointAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How one vendor's authorization server differs from oidc-provider's defaults. */
export interface IdentityVendor {
  readonly provider: SandboxProvider;
  readonly routes: {
    readonly authorization: string;
    readonly token: string;
    readonly userinfo: string;
    readonly end_session: string;
    readonly revocation: string;
    readonly introspection: string;
    readonly jwks: string;
  };
  /** Everything the server knows; what a client may ask is its own list. */
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly authMethods: readonly ('client_secret_basic' | 'client_secret_post' | 'none')[];
  /** `aud` of access tokens. */
  readonly audience: string;
  /** Lifetimes in seconds. */
  accessLifetime(clientId: string): number;
  readonly refreshLifetime: number;
  format(): 'jwt' | 'opaque';
  rotates(): boolean;
  /** Scopes a client may ask besides the ones that the sandbox lists for it. */
  readonly extraScopes: readonly string[];
  /** Scopes that ask for a refresh token. */
  readonly offlineScopes: readonly string[];
  /** True for a client-credentials client that gets refresh tokens. */
  refreshesService(clientId: string): boolean;
  accessTokenClaims(facts: TokenFacts): Record<string, unknown>;
  /** Added to the access token's header. */
  readonly accessTokenHeader: Readonly<Record<string, string>>;
  /** Whether the vendor documents this way of client authentication for this grant. */
  takesMethod(client: SandboxClient, method: ClientAuthMethod, grantType: string): boolean;
  shapeError(answer: EndpointAnswer): EndpointAnswer;
  shapeTokens(
    body: Readonly<Record<string, unknown>>,
    refreshSeconds: number | null,
  ): Record<string, unknown>;
  shapeDiscovery(document: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Null, or why the authorization endpoint is not offered. */
  authorizationRefused(): string | null;
}

/** Standard claims of an account, from its sign-in name: `vera.quay@...` is Vera Quay. */
export function personClaims({ id, username }: SandboxAccount): { sub: string; [claim: string]: unknown } {
  const [given = username, ...rest] = (username.split('@')[0] ?? username)
    .split('.')
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`);
  const family = rest.join(' ');
  return {
    sub: id,
    name: `${given} ${family}`.trim(),
    given_name: given,
    family_name: family,
    preferred_username: username,
    email: username,
  };
}
