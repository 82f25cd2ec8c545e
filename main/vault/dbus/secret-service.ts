import { sessionBusSockets } from './address.ts';
import { type Answer, type Bus, type MethodCall, dialBus, messageBus } from './bus.ts';
import { isVariant } from './wire.ts';

/** Freedesktop Secret Service API: https://specifications.freedesktop.org/secret-service/latest/ */
export const secretService = {
  destination: 'org.freedesktop.secrets',
  path: '/org/freedesktop/secrets',
  interface: 'org.freedesktop.Secret.Service',
} as const;

/** What the Secret Service says of itself, without a secret being touched and without a dialog. */
export type SecretServiceLook =
  | { readonly state: 'open'; readonly collection: string }
  | { readonly state: 'locked'; readonly collection: string | null } // null: there is no default collection yet
  | { readonly state: 'no_dbus' | 'no_service' | 'service_hung' | 'denied' };

export interface LookOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the answers, in milliseconds; a service that has to be started first has it twice. */
  readonly timeoutMs: number;
  /** Called when the questions are on their way: time to do something else in. */
  readonly onSent?: () => void;
}

/**
 * Asks whether a session bus is there, somebody on it offers the Secret Service or can be started to, it answers, and
 * its default collection is locked. Costs about 2 ms, in two round trips; libsecret would wait 25 s and more for a
 * service that hangs.
 */
export async function lookAtSecretService(options: LookOptions): Promise<SecretServiceLook> {
  const { env, ...dial } = options;
  for (const socket of sessionBusSockets(env)) {
    const bus = dialBus(socket, dial);
    try {
      const look = lookOn(bus, options.timeoutMs);
      if (await bus.taken) return await look;
    } finally {
      bus.close();
    }
  }
  return { state: 'no_dbus' };
}

/**
 * The same over a connection that is there already.
 *
 * The order of the questions spares gnome-keyring (42 to 50, read in its source and seen in a debugger): it learns of a
 * new caller in a task of its own that the caller's first message can overtake. A first message that reads a property
 * of a collection then ends the whole daemon (an assertion in GLib), and a first ReadAlias answers "none". So ReadAlias
 * goes first and alone, its "none" counts when it is said again, and the property is asked for after that. The path
 * below `aliases/` is not used for it: the daemon looks that up in another thread than the one that changes it.
 */
export async function lookOn(bus: Bus, timeoutMs: number): Promise<SecretServiceLook> {
  let [owned, alias] = await ask(bus, timeoutMs);
  const starting = alias.outcome === 'silence' && owned.outcome === 'reply' && owned.body[0] === false;
  if (starting || saysNone(alias)) [owned, alias] = await ask(bus, timeoutMs);
  if (owned.outcome !== 'reply') return { state: 'no_dbus' };
  if (alias.outcome !== 'reply') return unanswered(alias);
  const [collection] = alias.body;
  if (typeof collection !== 'string' || collection === '/') return { state: 'locked', collection: null };

  const locked = await bus.call(lockedOf(collection), timeoutMs);
  if (locked.outcome === 'error' && !isDenied(locked)) return { state: 'locked', collection: null };
  if (locked.outcome !== 'reply') return unanswered(locked);
  const [property] = locked.body;
  // Only a clear "not locked" counts as open.
  return { state: isVariant(property) && property.value === false ? 'open' : 'locked', collection };
}

/** The bus starts a service that is called and not there, if it knows how. */
function ask(bus: Bus, timeoutMs: number): Promise<[Answer, Answer]> {
  return Promise.all([
    bus.call(
      { ...messageBus, member: 'NameHasOwner', signature: 's', body: [secretService.destination] },
      timeoutMs,
    ),
    bus.call({ ...secretService, member: 'ReadAlias', signature: 's', body: ['default'] }, timeoutMs),
  ]);
}

function saysNone(alias: Answer): boolean {
  return alias.outcome === 'reply' && alias.body[0] === '/';
}

function lockedOf(collection: string): MethodCall {
  return {
    destination: secretService.destination,
    path: collection,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: ['org.freedesktop.Secret.Collection', 'Locked'],
  };
}

function isDenied(answer: Answer): boolean {
  return answer.outcome === 'error' && answer.name === 'org.freedesktop.DBus.Error.AccessDenied';
}

function unanswered(answer: Answer): SecretServiceLook {
  if (answer.outcome === 'silence') return { state: 'service_hung' };
  return { state: isDenied(answer) ? 'denied' : 'no_service' };
}
