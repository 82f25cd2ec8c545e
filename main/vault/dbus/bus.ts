import { type Socket, connect } from 'node:net';
import { type Message, decodeMessage, encodeMessage, messageLength } from './message.ts';
import type { DBusValue } from './wire.ts';

export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
}

/** What became of a call: its answer, an error that has a D-Bus name, silence, or a lost connection. */
export type Answer =
  | { readonly outcome: 'reply'; readonly body: readonly DBusValue[] }
  | { readonly outcome: 'error'; readonly name: string }
  | { readonly outcome: 'silence' | 'closed' };

export interface Bus {
  /** Our unique name on the bus, like `:1.7`. */
  readonly name: string;
  call(call: MethodCall, timeoutMs: number): Promise<Answer>;
  /** Sends a message that no answer is waited for. */
  send(message: Omit<Message, 'serial'>): void;
  close(): void;
}

export interface BusOptions {
  /** Socket paths to try in order. */
  readonly sockets: readonly string[];
  /** For connecting, authentication and greeting together, in milliseconds. */
  readonly timeoutMs: number;
  /** Signals and calls that come in. */
  readonly onMessage?: (message: Message) => void;
}

/** The message bus itself, as a destination. */
export const messageBus = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

/**
 * A connection to a message bus, or null where none of the sockets leads to one that takes us.
 * Only what the vault needs: unix sockets, SASL EXTERNAL (we are who the socket says), no file descriptors.
 */
export async function connectBus(options: BusOptions): Promise<Bus | null> {
  for (const path of options.sockets) {
    const bus = await connectSocket(path, options);
    if (bus) return bus;
  }
  return null;
}

async function connectSocket(path: string, options: BusOptions): Promise<Bus | null> {
  const socket = connect({ path });
  const pending = new Map<number, (answer: Answer) => void>();
  let serial = 0;
  let received = Buffer.alloc(0);
  let authenticated = false;
  const { promise: welcome, resolve: onWelcome } = Promise.withResolvers<boolean>();

  function onBytes(chunk: Buffer): void {
    received = Buffer.concat([received, chunk]);
    if (!authenticated && !takeWelcome()) return;
    for (;;) {
      const length = messageLength(received);
      if (length === null || received.length < length) return;
      const message = decodeMessage(received.subarray(0, length));
      received = received.subarray(length);
      if (message) onArrival(message);
    }
  }
  /** D-Bus Specification, "Authentication Protocol": lines until the server says OK to our user id. */
  function takeWelcome(): boolean {
    const end = received.indexOf('\r\n');
    if (end < 0 || !received.subarray(0, 3).equals(Buffer.from('OK '))) {
      if (end >= 0 || received.length > 4096) socket.destroy();
      return false;
    }
    received = received.subarray(end + 2);
    authenticated = true;
    socket.write('BEGIN\r\n');
    onWelcome(true);
    return true;
  }
  function onArrival(message: Message): void {
    const answer = message.replySerial === undefined ? undefined : pending.get(message.replySerial);
    if (!answer) options.onMessage?.(message);
    else if (message.type === 'error') answer({ outcome: 'error', name: message.errorName ?? '' });
    else answer({ outcome: 'reply', body: message.body ?? [] });
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      onBytes(chunk);
    } catch {
      // What sends us such bytes is no bus we can talk to: the calls end as on a lost connection.
      socket.destroy();
    }
  });
  // Why a socket fails does not matter here: no connection is no bus. 'close' always follows 'error'.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    onWelcome(false);
    for (const answer of [...pending.values()]) answer({ outcome: 'closed' });
  });
  const timer = setTimeout(() => socket.destroy(), options.timeoutMs);

  function call(methodCall: MethodCall, timeoutMs: number): Promise<Answer> {
    serial += 1;
    const mine = serial;
    return new Promise((resolve) => {
      const silence = setTimeout(() => {
        settle({ outcome: 'silence' });
      }, timeoutMs);
      function settle(answer: Answer): void {
        clearTimeout(silence);
        pending.delete(mine);
        resolve(answer);
      }
      if (socket.destroyed) {
        settle({ outcome: 'closed' });
        return;
      }
      pending.set(mine, settle);
      socket.write(encodeMessage({ ...methodCall, type: 'call', serial: mine }));
    });
  }

  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')}\r\n`);
  const hello = (await welcome)
    ? await call({ ...messageBus, member: 'Hello' }, options.timeoutMs)
    : { outcome: 'closed' as const };
  clearTimeout(timer);
  const name = hello.outcome === 'reply' ? hello.body[0] : undefined;
  if (typeof name !== 'string') {
    socket.destroy();
    return null;
  }
  return busOn(socket, name, call, () => (serial += 1));
}

function busOn(socket: Socket, name: string, call: Bus['call'], nextSerial: () => number): Bus {
  return {
    name,
    call,
    send: (message) => {
      if (!socket.destroyed) socket.write(encodeMessage({ ...message, serial: nextSerial() }));
    },
    close: () => {
      socket.destroy();
    },
  };
}
