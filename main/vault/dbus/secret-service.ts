import { sessionBusSockets } from './address.ts';
import { type Answer, type Bus, type MethodCall, connectBus, messageBus } from './bus.ts';
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
  /** For each answer, in milliseconds; starting the service may take {@link startTimes} times that. */
  readonly timeoutMs: number;
}

/** A service that is started for our question reads its files first. */
const startTimes = 2;

/**
 * Asks whether a session bus is there, somebody on it offers the Secret Service or can be started to, it answers, and
 * its default collection is locked. Costs about 3 ms; libsecret would wait 25 s and more for a service that hangs.
 */
export async function lookAtSecretService(options: LookOptions): Promise<SecretServiceLook> {
  const bus = await connectBus({ sockets: sessionBusSockets(options.env), timeoutMs: options.timeoutMs });
  if (!bus) return { state: 'no_dbus' };
  try {
    return await lookOn(bus, options.timeoutMs);
  } finally {
    bus.close();
  }
}

/** The same over a connection that is there already. */
export async function lookOn(bus: Bus, timeoutMs: number): Promise<SecretServiceLook> {
  const owner = await bus.call(
    { ...messageBus, member: 'NameHasOwner', signature: 's', body: [secretService.destination] },
    timeoutMs,
  );
  if (owner.outcome !== 'reply') return { state: 'no_dbus' };
  if (owner.body[0] !== true) {
    const started = await bus.call(startService, timeoutMs * startTimes);
    if (started.outcome !== 'reply')
      return { state: started.outcome === 'silence' ? 'service_hung' : 'no_service' };
  }
  const alias = await bus.call(
    { ...secretService, member: 'ReadAlias', signature: 's', body: ['default'] },
    timeoutMs,
  );
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

const startService: MethodCall = {
  ...messageBus,
  member: 'StartServiceByName',
  signature: 'su',
  body: [secretService.destination, 0],
};

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
