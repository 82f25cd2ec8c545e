import type { Console } from '../console.ts';
import type { ConsoleLock } from './console-lock.ts';
import type { RunningSandbox } from './sandbox.ts';
import type { VaultChoice } from './vault-choice.ts';

/** What the handlers work with. */
export interface BridgeParts {
  readonly console: Console;
  readonly vault: VaultChoice;
  readonly door: 'browser' | 'desktop';
  readonly version: string;
  readonly sandbox: RunningSandbox;
  readonly lock: ConsoleLock;
  /** A person did something at a screen. */
  active(): void;
  /** Something about connections or their sessions is different: screens ask again. */
  connectionsChanged(): void;
  /** The open plan for a system user is different: screens ask again. */
  systemUserChanged(): void;
  /** Something that is set for all connections is different: screens ask again. */
  preferencesChanged(): void;
}
