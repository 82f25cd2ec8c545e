import type { Result } from '../../preload/errors.ts';
import type { SessionNote } from '../activity/activity.ts';
import type { Clock } from '../clock.ts';
import type { Http } from '../http/seam.ts';
import type { ProviderId, ProviderProfile } from '../providers/provider.ts';
import type { Vault } from '../vault/vault.ts';
import type { Unsaved } from './unsaved.ts';

/** What the sessions room works with; the composition root hands it over. */
export interface SessionParts {
  /** The profile folder. */
  readonly home: string;
  readonly vault: Vault;
  readonly http: Http;
  readonly clock: Clock;
  readonly profileOf: (id: ProviderId) => ProviderProfile;
  /** Told of what happens to sessions. */
  readonly noted?: (note: SessionNote) => void;
  /** Opens the system's browser. Errors: browser_unavailable. */
  readonly openBrowser: (url: string) => Promise<Result<void>>;
  /**
   * How long renewed tokens that the vault does not take are offered to it again, in milliseconds, before they are kept
   * in memory alone: for processes that end soon, whose memory is no place to keep them. None where missing.
   */
  readonly storeForMs?: number;
  /** Told of work in the middle of which the process must not end, for a session would be lost. */
  readonly finishFirst?: (work: Promise<unknown>) => void;
}

/** The same with what the sessions room itself remembers in this process. */
export interface SessionRoom extends SessionParts {
  /** By connection id. */
  readonly unsaved: Map<string, Unsaved>;
}
