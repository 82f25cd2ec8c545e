import type { Output } from '../../preload/contract.ts';
import type { Result } from '../../preload/errors.ts';
import type { Console } from '../console.ts';
import type { ReadyExport } from '../console/export-lists.ts';
import type { ConsoleLock } from './console-lock.ts';
import type { Call } from './dispatcher.ts';
import type { RunningSandbox } from './sandbox.ts';
import type { VaultChoice } from './vault-choice.ts';

/** Hands an export to the person, in the way of the door. */
export type Deliver = (ready: ReadyExport, call: Call) => Promise<Result<Output<'exports.start'>>>;

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
  readonly deliver: Deliver;
  /** Something about connections or their sessions is different: screens ask again. */
  connectionsChanged(): void;
  /** The open plan for a system user is different: screens ask again. */
  systemUserChanged(): void;
  /** Something that is set for all connections is different: screens ask again. */
  preferencesChanged(): void;
}
