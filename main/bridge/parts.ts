import type { Console } from '../console.ts';
import type { RunningSandbox } from './sandbox.ts';
import type { VaultChoice } from './vault-choice.ts';

/** What the handlers work with. */
export interface BridgeParts {
  readonly console: Console;
  readonly vault: VaultChoice;
  readonly door: 'browser' | 'desktop';
  readonly version: string;
  readonly sandbox: RunningSandbox;
  /** Something about connections or their sessions is different: screens ask again. */
  connectionsChanged(): void;
}
