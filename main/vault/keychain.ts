import { fail } from '../../preload/errors.ts';
import { keychainItems } from './keychain-items.ts';
import { keychainCallMs, keychainService, keytarInProcess } from './keytar/calls.ts';
import { type StartHelper, helperFile, keytarInHelper } from './keytar/helper-calls.ts';
import { smallestLimit, splitTexts, windowsItemBytes } from './parts.ts';
import { createQueue } from './queue.ts';
import type { Vault } from './vault.ts';

export interface KeychainOptions {
  /**
   * Where keytar runs. `in-process` is the fastest and for processes that end soon (the command line); `helper` is a
   * process that can be killed and may crash, for doors that live long.
   */
  readonly isolation?: 'in-process' | 'helper';
  readonly platform?: NodeJS.Platform;
  /** Where the session bus is looked for; the helper's environment. keytar in process always uses `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** The service name that items are stored under. */
  readonly service?: string;
  /** UTF-8 bytes that one item takes, 256 or more; by default 2,560 on Windows and unlimited elsewhere. */
  readonly itemLimit?: number | null;
  /** How long the Secret Service has for each answer over D-Bus, in milliseconds. */
  readonly askMs?: number;
  /** How long one keychain call may take, in milliseconds. On macOS a person may have to answer a dialog in it. */
  readonly callMs?: number;
  /** The helper's built file, where it does not lie beside this one. */
  readonly helper?: URL;
  readonly startHelper?: StartHelper;
}

/**
 * The operating system's keychain as a vault: Secret Service, macOS Keychain, Windows Credential Manager, by keytar.
 * Nothing is loaded or asked before the first call. What {@link keychainItems} and {@link splitTexts} say holds.
 */
export function openKeychain(options: KeychainOptions = {}): Vault {
  const platform = options.platform ?? process.platform;
  const env = options.env ?? process.env;
  const timeoutMs = options.callMs ?? keychainCallMs(platform);
  const limit = options.itemLimit ?? (platform === 'win32' ? windowsItemBytes : null);
  const keytar =
    options.isolation === 'helper'
      ? keytarInHelper({
          file: options.helper ?? helperFile(),
          env,
          timeoutMs,
          start: options.startHelper,
        })
      : keytarInProcess(timeoutMs);
  const items = keychainItems({
    keytar,
    service: options.service ?? keychainService,
    platform,
    env,
    askMs: options.askMs ?? 5_000,
  });
  const texts = splitTexts(items, limit === null ? null : Math.max(limit, smallestLimit));
  const queue = createQueue();
  let closed = false;
  const gone = fail('vault_absent', 'The keychain was closed.', 'Start Latchkey again.');
  return {
    kind: 'keychain',
    state: () => queue(() => items.state()),
    read: (item) => queue(() => (closed ? Promise.resolve(gone) : texts.read(item))),
    write: (item, text) => queue(() => (closed ? Promise.resolve(gone) : texts.write(item, text))),
    remove: (item) => queue(() => (closed ? Promise.resolve(gone) : texts.remove(item))),
    close: () => {
      closed = true;
      return keytar.close();
    },
  };
}
