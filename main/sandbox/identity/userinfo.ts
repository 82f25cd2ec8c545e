import { answerOf } from '../answer.ts';
import type { Answer, Responder } from '../answer.ts';
import type { Access, Authenticate, Reply, SandboxAccount } from '../contract.ts';
import { personClaims } from './vendor.ts';
import type { IdentityVendor } from './vendor.ts';

/**
 * The userinfo endpoint (OpenID Connect Core 5.3). The library's own refuses access tokens that are for an API too,
 * which IdentityServer and Hydra take.
 */
export function userinfoResponder(
  vendor: IdentityVendor,
  accounts: readonly SandboxAccount[],
  authenticate: Authenticate,
): Responder {
  return async (exchange) => {
    const { method, url, headers } = exchange;
    if (url.pathname !== vendor.routes.userinfo || (method !== 'GET' && method !== 'POST')) return null;
    const access = await authenticate(headers['authorization']);
    if (typeof access === 'string') {
      return refused(401, access === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"');
    }
    if (!access.scopes.includes('openid'))
      return refused(403, 'Bearer error="insufficient_scope", scope="openid"');
    const account = accounts.find(({ id }) => id === access.accountId);
    return account === undefined
      ? refused(401, 'Bearer error="invalid_token"')
      : answerOf(claimsReply(vendor, account, access));
  };
}

function claimsReply(vendor: IdentityVendor, account: SandboxAccount, { scopes }: Access): Reply {
  const names = new Set(scopes.flatMap((scope) => vendor.claims[scope] ?? []));
  const claims = Object.entries(personClaims(account)).filter(([name]) => names.has(name));
  return { status: 200, headers: { 'cache-control': 'no-store' }, json: Object.fromEntries(claims) };
}

function refused(status: number, challenge: string): Answer {
  return answerOf({ status, headers: { 'www-authenticate': challenge } });
}
