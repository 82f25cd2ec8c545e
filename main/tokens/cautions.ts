import { audiences } from './claims.ts';
import type { JsonObject } from './decode.ts';
import { shown } from './shown.ts';
import { duration } from './times.ts';
import type { TokenTimes } from './verdict.ts';

/** A bearer token that works longer than this is a password with another name (RFC 9700 2.2.2, RFC 6750 5.3). */
const longLifeSeconds = 86_400;

/** More scopes than anybody reads. */
const manyScopes = 15;

/** What the header of a token does that a careful reader should know. */
export function headerWarnings(header: JsonObject): string[] {
  const brought = ['jwk', 'jku', 'x5u', 'x5c'].filter((name) => header[name] !== undefined);
  return brought.length === 0
    ? []
    : [
        `The token brings or names its own key (${brought.join(', ')}). It was not used: a forger would bring one too.`,
      ];
}

/** What is not wrong with a token and yet unwise: long life, no audience, wide scope, ... */
export function policyWarnings(header: JsonObject, claims: JsonObject, times: TokenTimes): string[] {
  const warnings: string[] = [];
  const { lifetimeSeconds } = times;
  if (lifetimeSeconds !== null && lifetimeSeconds > longLifeSeconds) {
    warnings.push(
      `It lives long: ${duration(lifetimeSeconds)} from issue to end. Whoever gets hold of it can use it as long.`,
    );
  }
  if (lifetimeSeconds !== null && lifetimeSeconds <= 0) {
    warnings.push('It ends before it was issued ("exp" is not after "iat").');
  }
  if (claims['iss'] !== undefined && typeof claims['iss'] !== 'string') {
    warnings.push('Its issuer ("iss") is not text, which it must be (RFC 7519 4.1.1).');
  }
  if (claims['aud'] === undefined) {
    warnings.push('It names no audience ("aud"): every service that trusts this issuer could take it.');
  } else if (audiences(claims['aud']).length === 0) {
    warnings.push(
      'Its audience ("aud") is neither a text nor a list of texts, which it must be (RFC 7519 4.1.3).',
    );
  }
  const wide = wideScopes(claims);
  if (wide.length > 0)
    warnings.push(
      `Its scope is wide: ${wide
        .slice(0, manyScopes)
        .map((scope) => shown(scope, 40))
        .join(', ')}.`,
    );
  const scopes = scopesOf(claims);
  if (scopes.length > manyScopes)
    warnings.push(`It carries ${scopes.length} scopes; few callers need as many.`);
  if (typeof header['zip'] === 'string') {
    warnings.push(
      'The header says that the payload is compressed ("zip"), which only encrypted tokens may be.',
    );
  }
  return warnings;
}

/** `scope` as RFC 8693 4.2 has it (a text), as Salto KS and Konexus have it (a list), and `scp` as Ory and Microsoft do. */
export function scopesOf(claims: JsonObject): string[] {
  const value = claims['scope'] ?? claims['scp'];
  if (typeof value === 'string') return value.split(' ').filter((scope) => scope !== '');
  return Array.isArray(value) ? value.filter((scope) => typeof scope === 'string') : [];
}

function wideScopes(claims: JsonObject): string[] {
  return scopesOf(claims).filter((scope) =>
    /^(?:\*|all|admin|root|superuser)$|(?:^|[.:/_-])(?:full_access|full|admin|\*)$/i.test(scope),
  );
}
