import { numberSwitch } from '../api/switches.ts';
import type { Authenticate, Handler, SandboxAccount, SandboxClient, Switches } from '../contract.ts';
import { createAuthorize } from './authorize.ts';
import { createGrants } from './grants.ts';
import { createTokenEndpoint, TOKEN_PATH } from './token.ts';

export interface SmartenitIdentityOptions {
  readonly origin: string;
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  readonly switches: Switches;
  /** Milliseconds since the epoch, offset by `POST /clock`. */
  readonly now: () => number;
}

export interface SmartenitIdentity {
  readonly handle: Handler;
  readonly authenticate: Authenticate;
  /** Forgets every page, code and token. */
  reset(): void;
}

/**
 * Smartenit's plain OAuth 2 (vendor-apis 4.1), without discovery or OpenID Connect: `/v2/oauth2/authorize`, its `/dialog`
 * and `/v2/oauth2/token`. Clients and accounts of other vendors are left out. Reads the switches `smartenit.pkce`,
 * `smartenit.refreshAuth`, `smartenit.codeRefreshToken` and `smartenit.accessTokenSeconds`.
 */
export function smartenitIdentity(options: SmartenitIdentityOptions): SmartenitIdentity {
  const { switches, now } = options;
  const grants = createGrants(now);
  const shared = {
    clients: options.clients.filter((client) => client.provider === 'smartenit'),
    accounts: options.accounts.filter((account) => account.provider === 'smartenit'),
    switches,
    now,
    grants,
    accessTokenSeconds: () => numberSwitch(switches, 'smartenit.accessTokenSeconds'),
  };
  const authorize = createAuthorize(shared);
  const token = createTokenEndpoint(shared);
  return {
    handle: (exchange) =>
      Promise.resolve(exchange.url.pathname === TOKEN_PATH ? token(exchange) : authorize.handle(exchange)),
    authenticate: (authorization) => Promise.resolve(grants.accessOf(authorization)),
    reset() {
      grants.clear();
      authorize.clear();
    },
  };
}
