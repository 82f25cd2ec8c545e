import type { MethodName, Output } from '../../preload/contract.ts';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Console } from '../console.ts';
import { consoleLocked } from '../vault/locked.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { VaultChoice } from './vault-choice.ts';

/** Whether this console is locked: nothing secret in memory, and nothing done but what opens it again. */
export interface ConsoleLock {
  /** Why nothing is done for this method now; null = nothing stands against it. */
  refusal(method: MethodName): Failure | null;
  /** Cancels what is under way, then drops what is secret. Locking a locked console changes nothing. */
  lock(): Promise<Result<Output<'vault.lock'>>>;
  /** Runs what may open the vault; the console is open again where it is ok. */
  opening<T>(open: () => Promise<Result<T>>): Promise<Result<T>>;
}

export interface ConsoleLockParts {
  readonly console: Console;
  readonly vault: VaultChoice;
  readonly dispatcher: () => Pick<Dispatcher, 'cancelAllBut'>;
  /** Resolves when nothing is renewed in the background. */
  readonly renewalsEnded: () => Promise<void>;
}

const answered = /^(app\.(info|clearAllData)|vault\.\w+|preferences\.read|providers\.list)$/;

export function createConsoleLock(parts: ConsoleLockParts): ConsoleLock {
  const { console, vault } = parts;
  let locked = false;
  let locking: Promise<Output<'vault.lock'>> | null = null;

  async function lockNow(): Promise<Output<'vault.lock'>> {
    // What is under way may hold tokens that are nowhere else: it ends before the vault is taken away from it.
    await parts.dispatcher().cancelAllBut('vault.lock');
    await parts.renewalsEnded();
    const unsaved = await console.saveUnsaved();
    await console.forgetLists();
    const info = await vault.lock();
    return { vault: info, unsaved: [...unsaved] };
  }

  return {
    refusal: (method) => (locked && !answered.test(method) ? consoleLocked : null),
    async lock() {
      locked = true;
      locking ??= lockNow().catch((error: unknown) => {
        locking = null; // locked it stays; asking again tries the rest
        throw error;
      });
      return ok(await locking);
    },
    async opening(open) {
      await locking;
      const opened = await open();
      if (opened.ok && locked) {
        locked = false;
        locking = null;
      }
      return opened;
    },
  };
}
