import { t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { complain, warn } from './notices.svelte.ts';

let locking = $state(false);

/** True while a lock waits for what is under way to end. */
export function isLocking(): boolean {
  return locking;
}

/** Locks this console, from wherever that is asked for. */
export async function lockConsole(console: ConsoleState): Promise<void> {
  locking = true;
  const take = console.askVault();
  const answer = await console.bridge.call('vault.lock', {});
  locking = false;
  if (!answer.ok) {
    complain(t('lock.failed'), answer.error);
    return;
  }
  take(answer.value.vault);
  const { unsaved } = answer.value;
  if (unsaved.length > 0) warn(t('lock.unsaved', { names: unsaved.join(', ') }), t('lock.unsavedHint'));
}
