import { AsyncLocalStorage } from 'node:async_hooks';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { VaultInfo } from '../../preload/contract.ts';
import { openFileVault } from '../vault/file.ts';
import { openMemoryVault } from '../vault/memory.ts';
import type { Vault, VaultKind } from '../vault/vault.ts';

export interface VaultChoiceParts {
  /** The profile folder, where the passphrase file is. */
  readonly home: string;
  readonly keychain: Vault;
  /** Raises the system's unlock dialog. */
  readonly unlockKeychain: (signal: AbortSignal) => Promise<Result<void>>;
  /** What the door was started with; the keychain where missing. */
  readonly first?: Vault;
  /** Scrypt's cost for a new passphrase file; see {@link openFileVault}. */
  readonly workFactor?: number;
}

/**
 * The vault of a door that lives long: the keychain, until a person chooses memory or the passphrase file. It never
 * changes by itself. What was stored in one is not carried over to another.
 */
export interface VaultChoice extends Vault {
  info(): Promise<VaultInfo>;
  /**
   * Errors: passphrase_wrong, input_invalid (no passphrase), vault_denied (the file is damaged). The choice is as
   * before then.
   */
  use(kind: VaultKind, passphrase?: string): Promise<Result<VaultInfo>>;
  /** Errors: those of {@link unlockKeychain}. */
  unlock(signal: AbortSignal): Promise<Result<VaultInfo>>;
  /**
   * Runs `work` with one vault from beginning to end, whatever is chosen meanwhile: a renewal that read its tokens from the
   * keychain must not put the rotated ones into memory, where they would be lost.
   */
  steady<T>(work: () => Promise<T>): Promise<T>;
  /** Told whenever another vault is chosen, or the one chosen was found opened or closed. */
  onChanged(listener: (info: VaultInfo) => void): void;
}

export function createVaultChoice(parts: VaultChoiceParts): VaultChoice {
  const held = new AsyncLocalStorage<Vault>();
  const listeners = new Set<(info: VaultInfo) => void>();
  let chosen = parts.first ?? parts.keychain;
  let memory = chosen.kind === 'memory' ? chosen : null;
  let told = '';
  /** Every vault that was chosen in this run. */
  const opened = new Set([chosen]);

  const vault = (): Vault => held.getStore() ?? chosen;

  async function info(): Promise<VaultInfo> {
    const looked = chosen;
    const state = await looked.state();
    const found: VaultInfo =
      state.state === 'open'
        ? { kind: looked.kind, state: 'open', message: null, reason: null }
        : { kind: looked.kind, state: state.state, message: state.message, reason: state.reason };
    const said = JSON.stringify(found);
    // Nobody was told of the first look, so it changes nothing.
    const changed = told !== '' && said !== told;
    if (looked === chosen) told = said;
    if (changed) for (const listener of listeners) listener(found);
    return found;
  }

  async function open(kind: VaultKind, passphrase: string | undefined): Promise<Result<Vault>> {
    if (kind === 'keychain') return ok(parts.keychain);
    if (kind === 'memory') return ok((memory ??= openMemoryVault()));
    if (passphrase === undefined || passphrase === '') {
      return fail(
        'input_invalid',
        'The encrypted file needs a passphrase.',
        'Give one of several words; nobody can reset it.',
      );
    }
    const { home: path, workFactor } = parts;
    const file = openFileVault({ path, passphrase, ...(workFactor !== undefined && { workFactor }) });
    // Any read shows whether the passphrase fits the file that is there.
    const read = await file.read('directory-key');
    if (read.ok) return ok(file);
    await file.close();
    return read;
  }

  return {
    get kind() {
      return vault().kind;
    },
    state: () => vault().state(),
    read: (item) => vault().read(item),
    write: (item, text) => vault().write(item, text),
    async remove(item) {
      // What a person takes away is taken away wherever this run may have put it, as far as it can be reached.
      const own = vault();
      for (const other of opened) if (other !== own) await other.remove(item);
      return own.remove(item);
    },
    close: async () => {
      await Promise.all([...opened, parts.keychain].map((each) => each.close()));
    },
    info,
    async use(kind, passphrase) {
      const next = await open(kind, passphrase);
      if (!next.ok) return next;
      chosen = next.value;
      opened.add(chosen);
      told = 'another vault';
      return ok(await info());
    },
    async unlock(signal) {
      if (chosen.kind === 'keychain') {
        const unlocked = await parts.unlockKeychain(signal);
        if (!unlocked.ok) return unlocked;
      }
      return ok(await info());
    },
    steady: (work) => held.run(chosen, work),
    onChanged: (listener) => {
      listeners.add(listener);
    },
  };
}
