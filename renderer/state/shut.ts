import type { VaultInfo } from '../../preload/contract.ts';
import { t } from '../messages/text.ts';

/** Whether secrets are out of reach: then it is not known which sessions there are, and what was kept of lists is not here. */
export function isShut({ vault }: { readonly vault: VaultInfo | null }): boolean {
  return vault !== null && vault.state !== 'open';
}

/** Whether the profile keeps its secrets in an encrypted file that was not opened, whatever the keychain's state is. */
export function isFileShut(vault: VaultInfo): boolean {
  return vault.state !== 'open' && vault.kind === 'keychain' && vault.file;
}

/** What is not open, in a sentence: the encrypted file where the profile has one. */
export function whatIsShut(vault: VaultInfo): string {
  if (isFileShut(vault)) return t('vault.fileShut');
  return vault.message ?? t(vault.state === 'absent' ? 'vault.message.absent' : 'vault.message.locked');
}
