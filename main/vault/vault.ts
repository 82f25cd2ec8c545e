import type { Result } from '../../preload/errors.ts';

export type VaultKind = 'keychain' | 'memory' | 'file';

/** Why a vault is not open; each has its own sentence for people in the vault that reports it. */
export type VaultReason =
  | 'no_dbus' // no session bus to ask
  | 'no_service' // a bus, but nobody offers the Secret Service
  | 'service_hung' // somebody offers it and does not answer
  | 'locked'
  | 'denied' // the user or the system refused
  | 'library_missing' // the native part cannot be loaded (libsecret absent, for one)
  | 'console_locked' // a person, or the idle lock, locked this console
  | 'passphrase_needed'
  | 'passphrase_wrong'
  | 'file_corrupt';

export type VaultState =
  | { readonly state: 'open' }
  | { readonly state: 'locked' | 'absent'; readonly reason: VaultReason; readonly message: string };

/**
 * A place for secrets: small named texts. Names are chosen by us (`connection:<uuid>`, `directory-key`), never by a
 * user. Calls on one vault are queued one at a time.
 */
export interface Vault {
  readonly kind: VaultKind;
  /** Looks, without changing anything and without raising an unlock dialog where that can be avoided. */
  state(): Promise<VaultState>;
  /**
   * The text, or null where the vault is PROVEN open and holds none. A locked or absent vault is an error, never null.
   * Errors: vault_locked, vault_absent, vault_denied, passphrase_wrong.
   */
  read(item: string): Promise<Result<string | null>>;
  /** Replaces the text as a whole: after a crash the old text or the new one is there. Adds vault_write_failed. */
  write(item: string, text: string): Promise<Result<void>>;
  /** Removes the item; ok also when there was none. */
  remove(item: string): Promise<Result<void>>;
  /** Lets go of helper processes and key material. The process can exit afterwards. */
  close(): Promise<void>;
}
