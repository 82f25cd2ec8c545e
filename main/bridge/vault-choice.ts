import { AsyncLocalStorage } from 'node:async_hooks';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { VaultInfo } from '../../preload/contract.ts';
import { hasFileVault, openFileVault } from '../vault/file.ts';
import { lockedVault } from '../vault/locked.ts';
import { openMemoryVault } from '../vault/memory.ts';
import type { Vault, VaultKind } from '../vault/vault.ts';

export interface VaultChoiceParts {
  /** The profile folder, where the passphrase file is. */
  readonly home: string;
  /** Asked once, and again after a lock. */
  readonly openKeychain: () => Vault;
  /** Raises the system's unlock dialog where the keychain is locked. */
  readonly unlockKeychain: (signal: AbortSignal) => Promise<Result<void>>;
  /** What the door was started with; the keychain where missing. */
  readonly first?: Vault;
  /** Scrypt's cost for a new passphrase file; see {@link openFileVault}. */
  readonly workFactor?: number;
}

/** What opens the passphrase file. */
export interface Passphrase {
  readonly text: string;
  /** Whether a new file is made with it where there is none: only for one that was typed twice. */
  readonly makes: boolean;
}

/**
 * The vault of a door that lives long: the keychain, until a person chooses memory or the passphrase file. It never
 * changes by itself. What was stored in one is not carried over to another.
 */
export interface VaultChoice extends Vault {
  info(): Promise<VaultInfo>;
  /**
   * Ends a lock. Errors: passphrase_wrong, input_invalid (no passphrase), not_found (no file, and none is to be made),
   * vault_denied (the file is damaged), vault_write_failed (none can be made). The choice is as before then.
   */
  use(kind: VaultKind, passphrase?: Passphrase): Promise<Result<VaultInfo>>;
  /**
   * Opens the one chosen, and ends a lock. Errors: those of {@link unlockKeychain} and of `use`.
   * @param passphrase for the passphrase file after a lock
   */
  unlock(signal: AbortSignal, passphrase?: Passphrase): Promise<Result<VaultInfo>>;
  /**
   * Closes everything that was opened and forgets it; what was kept in memory only is lost. Until `unlock` or `use`
   * every call fails with vault_locked.
   */
  lock(): Promise<VaultInfo>;
  /**
   * Closes the passphrase file after it was removed. Where it was the one chosen it stays so, and waits for the passphrase
   * (given to `use`) that makes a new one. Other vaults stay as they are.
   */
  forgetFile(): Promise<void>;
  /** Every vault that this run has put something into, and the keychain: to take things away from. */
  all(): readonly Vault[];
  /**
   * Runs `work` with one vault from beginning to end, whatever is chosen meanwhile: a renewal that read its tokens from the
   * keychain must not put the rotated ones into memory, where they would be lost.
   */
  steady<T>(work: () => Promise<T>): Promise<T>;
  /** Told whenever another vault is chosen, or the one chosen was found opened or closed. */
  onChanged(listener: (info: VaultInfo) => void): void;
}

const noPassphraseYet = fail(
  'vault_locked',
  'The encrypted file was cleared.',
  'Give the passphrase for a new one, or keep secrets in memory for this run.',
);

const noFile = fail(
  'not_found',
  'There is no encrypted file here any more.',
  'A new one is made with the passphrase that you give now. Type it twice: nobody can reset it.',
);

export function createVaultChoice(parts: VaultChoiceParts): VaultChoice {
  // Taken out one by one: `first` may hold a passphrase, and nothing here may hold on to it after a lock.
  const { home, openKeychain, unlockKeychain, workFactor } = parts;
  const held = new AsyncLocalStorage<Vault>();
  const listeners = new Set<(info: VaultInfo) => void>();
  let chosen: Vault = parts.first ?? openKeychain();
  let keychain = chosen.kind === 'keychain' ? chosen : null;
  let memory = chosen.kind === 'memory' ? chosen : null;
  let locked = false;
  let told = '';
  /** Every vault that was chosen since the start or the last lock. */
  const opened = new Set([chosen]);

  const vault = (): Vault => held.getStore() ?? chosen;

  async function info(): Promise<VaultInfo> {
    const looked = chosen;
    const state = await looked.state();
    const here = { kind: looked.kind, file: hasFileVault(home) };
    const found: VaultInfo =
      state.state === 'open'
        ? { ...here, state: 'open', message: null, reason: null }
        : { ...here, state: state.state, message: state.message, reason: state.reason };
    const said = JSON.stringify(found);
    // Nobody was told of the first look, so it changes nothing.
    const changed = told !== '' && said !== told;
    if (looked === chosen) told = said;
    if (changed) for (const listener of listeners) listener(found);
    return found;
  }

  /** The same one for the whole run, or until a lock. */
  function theKeychain(): Vault {
    return (keychain ??= openKeychain());
  }

  async function open(kind: VaultKind, passphrase: Passphrase | undefined): Promise<Result<Vault>> {
    if (kind === 'keychain') return ok(theKeychain());
    if (kind === 'memory') return ok((memory ??= openMemoryVault()));
    if (passphrase === undefined || passphrase.text === '') {
      return fail(
        'input_invalid',
        'The encrypted file needs a passphrase.',
        'Give one of several words; nobody can reset it.',
      );
    }
    const { text, makes } = passphrase;
    if (!makes && !hasFileVault(home)) return noFile;
    const file = openFileVault({
      path: home,
      passphrase: text,
      ...(workFactor !== undefined && { workFactor }),
    });
    // Any read shows whether the passphrase fits the file that is there.
    const fits = makes ? await file.make() : await file.read('directory-key');
    if (fits.ok) return ok(file);
    await file.close();
    return fits;
  }

  async function use(kind: VaultKind, passphrase?: Passphrase): Promise<Result<VaultInfo>> {
    const next = await open(kind, passphrase);
    if (!next.ok) return next;
    chosen = next.value;
    locked = false;
    opened.add(chosen);
    told = 'another vault';
    return ok(await info());
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
      await Promise.all([...opened, ...(keychain ? [keychain] : [])].map((each) => each.close()));
    },
    info,
    use,
    async unlock(signal, passphrase) {
      const { kind } = chosen;
      if (kind === 'keychain') {
        const unlocked = await unlockKeychain(signal);
        if (!unlocked.ok) return unlocked;
      }
      return locked ? use(kind, passphrase) : ok(await info());
    },
    async lock() {
      const gone = new Set([...opened, ...(keychain ? [keychain] : [])]);
      chosen = lockedVault(chosen.kind);
      locked = true;
      keychain = null;
      memory = null;
      opened.clear();
      await Promise.all([...gone].map((each) => each.close()));
      told = 'another vault';
      return info();
    },
    async forgetFile() {
      const gone = [...opened].filter(({ kind }) => kind === 'file');
      for (const file of gone) opened.delete(file);
      if (gone.includes(chosen)) {
        chosen = openFileVault({ path: home, passphrase: () => Promise.resolve(noPassphraseYet) });
        told = 'another vault';
      }
      await Promise.all(gone.map((file) => file.close()));
      await info();
    },
    all: () => [...new Set([...opened, ...(locked ? [] : [theKeychain()])])],
    steady: (work) => held.run(chosen, work),
    onChanged: (listener) => {
      listeners.add(listener);
    },
  };
}
