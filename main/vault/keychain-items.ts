import { type Failure, type Result, ok } from '../../preload/errors.ts';
import { lookAtSecretService } from './dbus/secret-service.ts';
import {
  type ClosedKeychain,
  closedFailure,
  closedKeychain,
  noSessionBus,
  reasonOfText,
  refusedFailure,
} from './keychain-failures.ts';
import type { KeytarAnswer, KeytarCalls, KeytarRequest } from './keytar/calls.ts';
import type { VaultState } from './vault.ts';

/** Keychain items as they are, each one text: what {@link Vault} promises, but for the size. */
export interface KeychainItems {
  state(): Promise<VaultState>;
  read(name: string): Promise<Result<string | null>>;
  write(name: string, text: string): Promise<Result<void>>;
  remove(name: string): Promise<Result<void>>;
}

export interface KeychainItemsOptions {
  readonly keytar: KeytarCalls;
  readonly service: string;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** How long the Secret Service has for each question, in milliseconds. */
  readonly askMs: number;
}

/** The item that proves the keychain open by being there. It holds nothing secret. */
export const canary = 'canary';

/**
 * Items over keytar, with the traps of a locked keyring closed (measured with gnome-keyring and libsecret):
 *
 * - `getPassword` and `deletePassword` answer "nothing" from a locked keyring. "Nothing" is passed on only after it is
 *   proven: the canary, read after it, is there. It is written before the first write, so that every keychain that holds
 *   something of ours has it. On a keychain that never held anything of ours the canary is missing too; then the service
 *   is asked once more whether its default collection is open, before and after the call. Nothing is written to find out.
 * - A canary that this process has seen and that is gone means locked, whatever the service says.
 * - The service is asked over D-Bus before every call, for a call on a hung one does not come back.
 *
 * macOS and Windows need no such question: both answer with an error, not with "nothing", when they cannot look.
 */
export function keychainItems(options: KeychainItemsOptions): KeychainItems {
  const { keytar, service } = options;
  let canarySeen = false;

  /** Null: as far as can be asked, open. */
  async function look(): Promise<ClosedKeychain | null> {
    if (options.platform !== 'linux') return null;
    const answer = await lookAtSecretService({
      env: options.env,
      timeoutMs: options.askMs,
      onSent: () => {
        keytar.prepare();
      },
    });
    if (answer.state === 'open') return null;
    if (answer.state === 'locked' && answer.collection === null)
      return closedKeychain('locked', 'The keychain has no default keyring yet; unlocking it makes one.');
    return answer.state === 'no_dbus' ? noSessionBus(options.env) : closedKeychain(answer.state);
  }
  /** Why a call went wrong: the service is asked first, then the error text. Null: the keychain is open. */
  async function whyClosed(answer: KeytarAnswer): Promise<ClosedKeychain | null> {
    if (answer.outcome === 'library_missing') return closedKeychain('library_missing');
    const now = await look();
    if (now) return now;
    // The service answers others and not this call: it waits for a person in front of a dialog.
    if (answer.outcome === 'silence')
      return closedKeychain('locked', 'The keychain waits for its unlock dialog.');
    const reason = answer.outcome === 'refused' ? reasonOfText(answer.text) : null;
    return reason && closedKeychain(reason);
  }
  /**
   * Makes a call, and once more where an open keychain refused it or its process died of it: gnome-keyring, under load,
   * answers one call in thousands with an error that means nothing (dbus/secret-service.ts says why). All three calls may
   * be made twice.
   */
  async function call(request: KeytarRequest): Promise<Outcome> {
    for (let tries = 1; ; tries += 1) {
      const answer = await keytar.call(request);
      if (answer.outcome === 'found' || answer.outcome === 'done' || answer.outcome === 'nothing')
        return { ok: true, answer };
      const closed = await whyClosed(answer);
      if (closed) return { ok: false, closed, error: closedFailure(closed) };
      if (tries < 2) continue;
      const text = answer.outcome === 'refused' ? answer.text : 'the process that asked it ended.';
      const error = refusedFailure(request.call === 'get' ? 'read' : 'write', text);
      return { ok: false, closed: null, error };
    }
  }
  function getCanary(): Promise<Outcome> {
    return call({ call: 'get', service, account: canary });
  }
  /** What a canary that was looked for says of the keychain; null: it is open. */
  async function closedByCanary(found: Outcome): Promise<ClosedKeychain | null> {
    if (!found.ok) return found.closed ?? closedKeychain('denied');
    if (found.answer.outcome !== 'found') return canarySeen ? closedKeychain('locked') : look();
    canarySeen = true;
    return null;
  }
  async function ensureCanary(): Promise<Failure | null> {
    if (canarySeen) return null;
    const found = await getCanary();
    if (!found.ok) return found.error;
    if (found.answer.outcome === 'nothing') {
      const written = await call({ call: 'set', service, account: canary, text: 'latchkey' });
      if (!written.ok) return written.error;
    }
    canarySeen = true;
    return null;
  }
  /** A read or removal that found nothing is believed once the keychain is proven open. */
  async function nothing<T>(value: T): Promise<Result<T>> {
    const closed = await closedByCanary(await getCanary());
    return closed ? { ok: false, error: closedFailure(closed) } : ok(value);
  }

  return {
    state: async () => {
      return (await look()) ?? (await closedByCanary(await getCanary())) ?? { state: 'open' };
    },
    read: async (name) => {
      const closed = await look();
      if (closed) return { ok: false, error: closedFailure(closed) };
      const got = await call({ call: 'get', service, account: name });
      if (!got.ok) return got;
      return got.answer.outcome === 'found' ? ok(got.answer.text) : nothing(null);
    },
    write: async (name, text) => {
      const closed = await look();
      const failure = closed ? closedFailure(closed) : await ensureCanary();
      if (failure) return { ok: false, error: failure };
      const set = await call({ call: 'set', service, account: name, text });
      return set.ok ? ok(undefined) : set;
    },
    remove: async (name) => {
      const closed = await look();
      if (closed) return { ok: false, error: closedFailure(closed) };
      const removed = await call({ call: 'delete', service, account: name });
      if (!removed.ok) return removed;
      return removed.answer.outcome === 'nothing' ? nothing(undefined) : ok(undefined);
    },
  };
}

/** What became of a call that was made as often as it helps; `closed` is null where the keychain is open and refused it. */
type Outcome =
  | { readonly ok: true; readonly answer: Extract<KeytarAnswer, { outcome: 'found' | 'done' | 'nothing' }> }
  | { readonly ok: false; readonly closed: ClosedKeychain | null; readonly error: Failure };
