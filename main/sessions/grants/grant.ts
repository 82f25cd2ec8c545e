import type { Failure, Result } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import type { Clock } from '../../clock.ts';
import type { ProviderProfile } from '../../providers/provider.ts';
import type { Server } from '../server.ts';
import type { Credentials } from '../session.ts';
import type { TokenResponse } from '../token-set.ts';

/** What a person is told, or asked to do, while signing in. */
export type SignInEvent =
  | {
      readonly event: 'authorization_url';
      readonly url: string;
      readonly redirectUri: string;
      readonly expiresAt: number;
    }
  | { readonly event: 'browser_failed'; readonly failure: Failure };

export interface GrantRequest {
  readonly connection: Connection;
  readonly profile: ProviderProfile;
  readonly server: Server;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface InteractiveRequest extends GrantRequest {
  /** Null = nobody to open it: the URL is only reported. */
  readonly openBrowser: ((url: string) => Promise<Result<void>>) | null;
  readonly report: (event: SignInEvent) => void;
  /** How long to wait for the browser to come back, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a grant brought; `finish` tells the waiting browser page how it ended (interactive grants only). */
export interface Granted {
  readonly response: TokenResponse;
  readonly finish?: (page: 'success' | { readonly failure: Failure }) => void;
}
