import type { Result } from '../../preload/errors.ts';
import type { Activity } from '../activity/activity.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../http/proxy.ts';
import type { Http } from '../http/seam.ts';
import type { SessionParts } from '../sessions/parts.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Vault } from '../vault/vault.ts';

/** What a door brings. */
export interface ConsoleParts {
  /** The profile folder. */
  readonly home: string;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly http: Http;
  readonly activity: Activity;
  /** The process's environment, as far as the core reads it. */
  readonly env: Environment;
  readonly openBrowser: (url: string) => Promise<Result<void>>;
  /** See {@link SessionParts.storeForMs}. */
  readonly storeForMs?: number;
  /** See {@link SessionParts.finishFirst}. */
  readonly finishFirst?: (work: Promise<unknown>) => void;
  /** Where the bundler put the directory's worker; undefined when running from source. */
  readonly directoryWorker?: URL;
}

/** Told how many things were tried, of how many there are to try. */
export type StepProgress = (done: number, of: number) => void;

/** What the operations below the console share. */
export interface ServiceParts extends SessionParts {
  readonly env: Environment;
  readonly sessions: Sessions;
  readonly directoryWorker?: URL;
}
