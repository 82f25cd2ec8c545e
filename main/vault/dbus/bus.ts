import { type Socket, connect } from 'node:net';
import { deadline } from '../deadline.ts';
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
  call(call: MethodCall, timeoutMs: number): Promise<Answer>;
  /** Sends a message that no answer is waited for. */
  send(message: Omit<Message, 'serial'>): void;
  close(): void;
}

/** A connection that may yet turn out to be none. Calls can be made at once, before the bus has taken us. */
export interface DialledBus extends Bus {
  /** Whether the bus took us; false within the time given where nobody does. */
  readonly taken: Promise<boolean>;
}

export interface DialOptions {
  /** How long the bus has to take us, in milliseconds. */
  readonly timeoutMs: number;
  /** Signals and calls that come in. */
  readonly onMessage?: (message: Message) => void;
  /** Called once when everything said so far is on its way: time to do something else in. */
  readonly onSent?: () => void;
}

/** The message bus itself, as a destination. */
export const messageBus = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

/** A connection to the first of these sockets at which a bus takes us, or null. */
export async function connectBus(sockets: readonly string[], options: DialOptions): Promise<Bus | null> {
  for (const path of sockets) {
    const bus = dialBus(path, options);
    if (await bus.taken) return bus;
    bus.close();
  }
  return null;
}

/** How long a bus with a crowd at its door is left alone, in milliseconds. */
const crowdPauseMs = 20;

/**
 * Calls a message bus. Only what the vault needs: unix sockets, SASL EXTERNAL (we are who the socket says), no file
 * descriptors. The authentication is not waited for before the first calls follow it: the bus reads them in order.
 *
 * A bus at whose door more wait than its socket takes (unix(7): EAGAIN, 30 at dbus-daemon's) is there all the same: it
 * is dialled again until the time is over.
 */
export function dialBus(path: string, options: DialOptions): DialledBus {
  const lastTryAt = performance.now() + options.timeoutMs;
  /** What was said before the bus opened, to be said again at the next try. */
  let early: Buffer[] | null = [];
  let socket: Socket | null = null;
  let ended = false;
  let redial: NodeJS.Timeout | undefined;
  const pending = new Map<number, (answer: Answer) => void>();
  let serial = 0;
  let received: Buffer = Buffer.alloc(0);
  let authenticated = false;

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
  /** D-Bus Specification, "Authentication Protocol": the server says OK in a line of text before it sends messages. */
  function takeWelcome(): boolean {
    const end = received.indexOf('\r\n');
    if (end < 0 && received.length < 4096) return false;
    if (!received.subarray(0, 3).equals(Buffer.from('OK '))) {
      socket?.destroy();
      return false;
    }
    received = received.subarray(end + 2);
    authenticated = true;
    return true;
  }
  function onArrival(message: Message): void {
    const answer = message.replySerial === undefined ? undefined : pending.get(message.replySerial);
    if (!answer) options.onMessage?.(message);
    else if (message.type === 'error') answer({ outcome: 'error', name: message.errorName ?? '' });
    else answer({ outcome: 'reply', body: message.body ?? [] });
  }
  function send(message: Omit<Message, 'serial'>): number {
    serial += 1;
    write(encodeMessage({ ...message, serial }));
    return serial;
  }
  function write(bytes: Buffer): void {
    early?.push(bytes);
    if (socket?.destroyed === false) socket.write(bytes);
  }
  function call(methodCall: MethodCall, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      if (ended) {
        resolve({ outcome: 'closed' });
        return;
      }
      const mine = send({ ...methodCall, type: 'call' });
      const callOff = deadline(timeoutMs, () => {
        settle({ outcome: 'silence' });
      });
      function settle(answer: Answer): void {
        callOff();
        pending.delete(mine);
        resolve(answer);
      }
      pending.set(mine, settle);
    });
  }

  function end(): void {
    ended = true;
    clearTimeout(redial);
    socket?.destroy();
    for (const answer of [...pending.values()]) answer({ outcome: 'closed' });
  }
  function dial(): Socket {
    const dialled = connect({ path });
    let busy = false;
    dialled.once('connect', () => {
      early = null;
    });
    for (const bytes of early ?? []) dialled.write(bytes);
    // After the first writes, so that it runs when these have left.
    if (options.onSent) dialled.once('connect', options.onSent);
    dialled.on('data', (chunk: Buffer) => {
      try {
        onBytes(chunk);
      } catch {
        // What sends us such bytes is no bus we can talk to: the calls end as on a lost connection.
        dialled.destroy();
      }
    });
    // Why else a socket fails does not matter here: no connection is no bus. 'close' always follows 'error'.
    dialled.on('error', (error: NodeJS.ErrnoException) => {
      busy = early !== null && error.code === 'EAGAIN';
    });
    dialled.on('close', () => {
      if (!busy || ended || performance.now() > lastTryAt) {
        end();
        return;
      }
      redial = setTimeout(() => {
        socket = dial();
      }, crowdPauseMs);
    });
    return dialled;
  }

  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  write(Buffer.from(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`));
  const hello = call({ ...messageBus, member: 'Hello' }, options.timeoutMs);
  socket = dial();
  return {
    taken: hello.then((answer) => answer.outcome === 'reply'),
    call,
    send: (message) => void send(message),
    close: end,
  };
}
