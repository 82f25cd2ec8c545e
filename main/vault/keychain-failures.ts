import { type ErrorCode, type Failure } from '../../preload/errors.ts';
import type { VaultReason, VaultState } from './vault.ts';

type KeychainReason = Exclude<
  VaultReason,
  'console_locked' | 'passphrase_needed' | 'passphrase_wrong' | 'file_corrupt'
>;

/** A keychain that is not open. */
export type ClosedKeychain = Exclude<VaultState, { state: 'open' }> & { readonly reason: KeychainReason };

const waysOut =
  'keep secrets in memory for this run (in the desktop app or with `latchkey serve`), or use a file that a ' +
  'passphrase protects: --vault file.';

const closed: Record<KeychainReason, { state: 'locked' | 'absent'; code: ErrorCode; way: string }> = {
  no_dbus: {
    state: 'absent',
    code: 'vault_absent',
    way: 'Run Latchkey from a terminal of the present desktop session (one in tmux or screen may remember an ended one) or under dbus-run-session',
  },
  no_service: {
    state: 'absent',
    code: 'vault_absent',
    way: 'Start one (gnome-keyring, KWallet or KeePassXC) and try again',
  },
  service_hung: { state: 'absent', code: 'vault_absent', way: 'Restart it and try again' },
  library_missing: {
    state: 'absent',
    code: 'vault_absent',
    way: 'Install libsecret (Debian and Ubuntu: libsecret-1-0; Fedora, Arch and Alpine: libsecret) and try again',
  },
  locked: { state: 'locked', code: 'vault_locked', way: 'Unlock it and try again' },
  denied: { state: 'locked', code: 'vault_denied', way: 'Allow Latchkey to use it and try again' },
};

const sentences: Record<KeychainReason, string> = {
  no_dbus: 'The keychain cannot be reached: there is no D-Bus session bus here.',
  no_service: 'There is no keychain here: no program on the session bus offers the Secret Service.',
  service_hung: 'The keychain does not answer: the program that offers the Secret Service hangs.',
  library_missing: 'The keychain cannot be reached: the library for it cannot be loaded.',
  locked: 'The keychain is locked.',
  denied: 'The keychain refused Latchkey.',
};

/** How a keychain that is not open is reported, with one sentence for people. */
export function closedKeychain(reason: KeychainReason, message = sentences[reason]): ClosedKeychain {
  return { state: closed[reason].state, reason, message };
}

/** No session bus: there is no address of one, or nobody (or nothing sensible) at the address that there is. */
export function noSessionBus(env: NodeJS.ProcessEnv): ClosedKeychain {
  return env.DBUS_SESSION_BUS_ADDRESS
    ? closedKeychain(
        'no_dbus',
        'The keychain cannot be reached: no D-Bus session bus answers at the address in DBUS_SESSION_BUS_ADDRESS.',
      )
    : closedKeychain('no_dbus');
}

/** The same as the failure of a call: what is the matter, and the three ways out. */
export function closedFailure(state: ClosedKeychain): Failure {
  const { code, way } = closed[state.reason];
  const thing =
    way === closed.library_missing.way && process.platform !== 'linux' ? 'Install Latchkey again' : way;
  return { code, message: state.message, hint: `${thing}, ${waysOut}` };
}

/** What no locked or absent keychain explains: the call itself was refused. */
export function refusedFailure(kind: 'read' | 'write', text: string): Failure {
  const cause = firstLine(text);
  return kind === 'write'
    ? {
        code: 'vault_write_failed',
        message: `The keychain did not store it: ${cause}`,
        hint: `What was stored before is still there. Try again, ${waysOut}`,
      }
    : { code: 'vault_denied', message: `The keychain refused: ${cause}`, hint: `Try again, ${waysOut}` };
}

/** An item whose parts do not fit together. */
export function damagedFailure(what: string): Failure {
  return {
    code: 'vault_denied',
    message: `What the keychain holds for Latchkey is damaged: ${what}.`,
    hint: 'It cannot be put together again. Remove the connection, add it again and sign in.',
  };
}

const texts: readonly [RegExp, KeychainReason][] = [
  [/locked collection|is locked|interaction is not allowed/i, 'locked'],
  [/dismissed|cancell?ed|denied|not permitted|AuthFailed/i, 'denied'],
  [
    /autolaunch|could not connect|no such file or directory|connection is closed|DBUS_SESSION_BUS/i,
    'no_dbus',
  ],
  [/was not provided by any|ServiceUnknown|not activatable/i, 'no_service'],
  [/timeout was reached|timed out|without replying|NoReply/i, 'service_hung'],
];

/**
 * What keytar's error text says of the keychain, or null where it says nothing of that. The texts are GLib's,
 * gnome-keyring's and the systems' own and may be translated: only asked where D-Bus knows nothing.
 */
export function reasonOfText(text: string): KeychainReason | null {
  return texts.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return (line.length > 200 ? `${line.slice(0, 200)}…` : line) || 'no reason given.';
}
