import { type Result, fail, ok } from '../../preload/errors.ts';
import { sessionBusSockets } from './dbus/address.ts';
import { type Bus, connectBus } from './dbus/bus.ts';
import type { Message } from './dbus/message.ts';
import { lookOn, secretService } from './dbus/secret-service.ts';
import { type DBusValue, isVariant } from './dbus/wire.ts';
import { closedFailure, closedKeychain, noSessionBus } from './keychain-failures.ts';
import { type KeychainOptions, openKeychain } from './keychain.ts';

export interface UnlockOptions extends KeychainOptions {
  /** How long the person has to answer the system's dialog, in milliseconds. */
  readonly dialogMs?: number;
  /** Ends the wait with `cancelled`. The dialog goes away with it. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the system to unlock the keychain: it raises its own dialog, in which the person types the password (Latchkey
 * never sees it), and makes the default keyring where there is none yet. Ok once the keychain is open.
 *
 * On Linux this is the Secret Service's Unlock and Prompt over D-Bus, without keytar, so nothing is held up by a dialog
 * that nobody answers; elsewhere a read in a helper process, which raises the dialog and can be killed.
 * Errors: vault_locked (not answered in time), vault_denied (dismissed), vault_absent, cancelled.
 */
export async function unlockKeychain(options: UnlockOptions = {}): Promise<Result<void>> {
  const dialogMs = options.dialogMs ?? 120_000;
  if ((options.platform ?? process.platform) === 'linux') return unlockSecretService(options, dialogMs);
  const vault = openKeychain({ ...options, isolation: 'helper', callMs: dialogMs });
  const stop = (): void => void vault.close();
  options.signal?.addEventListener('abort', stop, { once: true });
  const read = await vault.read('canary');
  options.signal?.removeEventListener('abort', stop);
  await vault.close();
  if (options.signal?.aborted) return cancelled();
  return read.ok ? ok(undefined) : read;
}

async function unlockSecretService(options: UnlockOptions, dialogMs: number): Promise<Result<void>> {
  const askMs = options.askMs ?? 5_000;
  const { promise: completed, resolve: complete } = Promise.withResolvers<Message | 'over'>();
  let prompt = '';
  const early: Message[] = [];
  const env = options.env ?? process.env;
  const bus = await connectBus(sessionBusSockets(env), {
    timeoutMs: askMs,
    onMessage: (message) => {
      if (message.member !== 'Completed') return;
      if (message.path === prompt) complete(message);
      else early.push(message);
    },
  });
  if (!bus) return { ok: false, error: closedFailure(noSessionBus(env)) };
  const timer = setTimeout(() => {
    complete('over');
  }, dialogMs);
  const stop = (): void => {
    complete('over');
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const look = await lookOn(bus, askMs);
    if (look.state === 'open') return ok(undefined);
    if (look.state !== 'locked') return { ok: false, error: closedFailure(closedKeychain(look.state)) };
    const asked = await askForPrompt(bus, look.collection, askMs);
    if (asked === null) return { ok: false, error: closedFailure(closedKeychain('service_hung')) };
    prompt = asked;
    if (prompt !== '/') {
      if (options.signal?.aborted) return cancelled();
      const shown = await bus.call(promptCall(prompt), askMs);
      if (shown.outcome !== 'reply') return { ok: false, error: closedFailure(closedKeychain('denied')) };
      const message = early.find((each) => each.path === prompt) ?? (await completed);
      if (options.signal?.aborted) return cancelled();
      if (message === 'over') return lockedStill('Nobody answered the unlock dialog in time.');
      if (message.body?.[0] !== false)
        return {
          ok: false,
          error: closedFailure(
            closedKeychain('denied', 'The unlock dialog was dismissed, or could not be shown.'),
          ),
        };
    }
    const after = await lookOn(bus, askMs);
    return after.state === 'open' ? ok(undefined) : lockedStill();
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    bus.close(); // the service takes down a dialog whose caller is gone
  }
}

/** The path of the prompt to be shown, `/` where none is needed, null where the service does not say. */
async function askForPrompt(bus: Bus, collection: string | null, askMs: number): Promise<string | null> {
  const rule = "type='signal',interface='org.freedesktop.Secret.Prompt',member='Completed'";
  await bus.call(
    {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: [rule],
    },
    askMs,
  );
  const label: DBusValue = [
    'org.freedesktop.Secret.Collection.Label',
    { signature: 's', value: 'Default keyring' },
  ];
  const answer = await bus.call(
    collection === null
      ? { ...secretService, member: 'CreateCollection', signature: 'a{sv}s', body: [[label], 'default'] }
      : { ...secretService, member: 'Unlock', signature: 'ao', body: [[collection]] },
    askMs,
  );
  const prompt = answer.outcome === 'reply' ? answer.body[1] : undefined;
  return typeof prompt === 'string' && !isVariant(prompt) ? prompt : null;
}

function promptCall(prompt: string): Parameters<Bus['call']>[0] {
  return {
    destination: secretService.destination,
    path: prompt,
    interface: 'org.freedesktop.Secret.Prompt',
    member: 'Prompt',
    signature: 's',
    body: [''], // no window of ours to stand over
  };
}

function lockedStill(message?: string): Result<never> {
  return { ok: false, error: closedFailure(closedKeychain('locked', message)) };
}

function cancelled(): Result<never> {
  return fail('cancelled', 'Unlocking was cancelled.', 'The keychain is as it was. Start it again.');
}
