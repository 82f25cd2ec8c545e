import { refreshTokenGrant } from 'openid-client';
import type { Server } from '../server.ts';
import type { TokenResponse } from '../token-set.ts';

/** Refresh (RFC 6749 6) with the scope left out: the server keeps the one that was granted. Throws what openid-client throws. */
export async function grantRefreshToken(server: Server, refreshToken: string): Promise<TokenResponse> {
  return refreshTokenGrant(server.configuration, refreshToken);
}
