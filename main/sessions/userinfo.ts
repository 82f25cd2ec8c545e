import { fetchUserInfo } from 'openid-client';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { causeCode } from './causes.ts';
import { forPeople } from './oauth-error.ts';
import type { Server } from './server.ts';
import type { TokenResponse } from './token-set.ts';

/** Nobody should wait longer to read a name. */
const timeoutSeconds = 3;

/**
 * The name of who has signed in: from the ID token where that has one, else from the userinfo endpoint (OpenID Connect
 * Core 5.3) where the server announces one; null = nobody says. An endpoint that is down, slow or answers nonsense costs
 * the name and nothing else. Errors: cancelled; access_token_invalid where the endpoint speaks of another person (5.3.2),
 * for then access token and ID token do not belong together.
 */
export async function readPerson(
  { configuration }: Server,
  response: TokenResponse,
  label: string,
  signal: AbortSignal | undefined,
): Promise<Result<string | null>> {
  const claims = response.claims?.();
  if (claims === undefined) return ok(null);
  const told = displayName(claims);
  if (told !== null || configuration.serverMetadata().userinfo_endpoint === undefined) return ok(told);
  configuration.timeout = timeoutSeconds;
  try {
    return ok(displayName(await fetchUserInfo(configuration, response.access_token, claims.sub)));
  } catch (error) {
    if (signal?.aborted) return fail('cancelled', 'Cancelled.', 'Start it again when you like.');
    if (causeCode(error) !== 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') return ok(null);
    return fail(
      'access_token_invalid',
      `The access token of ${label} speaks of another person than the ID token: the userinfo endpoint names another "sub".`,
      'Sign in again. If it comes back, tell the provider: this answer must not be trusted.',
    );
  }
}

/** OpenID Connect Core 5.1: the first of these that has something in it. */
function displayName(claims: Readonly<Record<string, unknown>>): string | null {
  const words = ['name', 'preferred_username', 'email']
    .map((name) => claims[name])
    .filter((claim) => typeof claim === 'string')
    .map(forPeople);
  return words.find((text) => text !== '') ?? null;
}
