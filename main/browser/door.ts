import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Dispatcher } from '../bridge/dispatcher.ts';
import type { Clock } from '../clock.ts';
import { answerRequest } from './answer.ts';
import type { Downloads } from './downloads.ts';
import type { Gate } from './gate.ts';
import { createIdleExit } from './idle.ts';
import { createKeys } from './keys.ts';
import { doorAddress } from './origin.ts';
import type { ScreenFiles } from './screen-files.ts';
import { createScreens } from './screens.ts';

export interface DoorOptions {
  readonly dispatcher: Dispatcher;
  readonly files: ScreenFiles;
  /** Exports that wait to be fetched. */
  readonly downloads?: Pick<Downloads, 'take'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Any free one where missing. */
  readonly port?: number;
  /** How long no screen may be there, in milliseconds, before `idle` is called. */
  readonly idle?: { readonly milliseconds: number; readonly leave: () => void };
}

export interface Door {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** A new one-time address; good once and for two minutes. */
  address(): string;
  /** Tells the screens, then ends them and the server. */
  close(): Promise<void>;
}

/** Longer than any header that a browser sends takes on loopback. */
const headersMs = 5_000;
/** Random bytes in the path of this door. */
const pathBytes = 16;
/** How often connections are looked through for those that took longer (Node's own default is half a minute). */
const lookMs = 2_000;

/**
 * Opens the browser door on 127.0.0.1, and on nothing else: no other computer can reach it.
 * Errors: port_unavailable.
 */
export async function openDoor(options: DoorOptions): Promise<Result<Door>> {
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: headersMs,
    connectionsCheckingInterval: lookMs,
  });
  server.listen({ host: '127.0.0.1', port: options.port ?? 0, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return fail(
      'port_unavailable',
      `Port ${options.port ?? 0} cannot be used (${code}).`,
      'Name another one with --port, or leave it out to take any that is free.',
    );
  }
  const { port } = server.address() as AddressInfo;
  const gate: Gate = {
    address: doorAddress(port),
    port,
    keys: createKeys(options.clock),
    path: `/${randomBytes(pathBytes).toString('base64url')}`,
  };
  const idle = createIdleExit(options.idle?.milliseconds ?? null, () => options.idle?.leave());
  const screens = createScreens(gate, options.dispatcher, () => idle.look(screens.count()));
  idle.look(0);
  server.on('request', (request, response) => answerRequest(request, response, gate, options));
  server.on('upgrade', screens.upgrade);
  return ok({
    origin: gate.address.origin,
    address: () => `${gate.address.origin}${gate.path}/open?key=${gate.keys.issue()}`,
    async close() {
      idle.close();
      options.dispatcher.emit('app.closing', {});
      const closed = once(server, 'close');
      server.close();
      screens.close();
      server.closeAllConnections();
      await closed;
    },
  });
}
