import { type AddressInfo, type Server, createServer } from 'node:net';
import { type Result, fail, ok } from '../../../preload/errors.ts';

export interface Bound {
  /** Origin as the redirect URI has it: with the IP literal (RFC 8252 7.3), e.g. `http://127.0.0.1:49152`, or `localhost`. */
  readonly origin: string;
  /** What an honest request's Host header says. */
  readonly host: string;
  /** Listens on another address and hands its connections to the server that was given; to be closed with that. */
  readonly twin: Server | null;
}

export interface ListenOptions {
  /**
   * The redirect URI names `localhost`, because the provider has registered no other (RFC 8252 8.3 advises against it).
   * Which loopback address a browser takes that name for is not known, and whoever else held the port on one of them could
   * be given the code: so the port is bound on each that this computer has.
   */
  readonly localhost?: boolean;
  /** In this order; by default 127.0.0.1 and ::1. */
  readonly addresses?: readonly string[];
}

const loopbackAddresses = ['127.0.0.1', '::1'];
/** A port that is free on one address may be taken on the other. */
const freePortTries = 10;

/**
 * Binds the first port of `ports` that is free (empty = any free port) on 127.0.0.1, or on ::1 where this computer has
 * no IPv4, never on another interface. A port that is taken on 127.0.0.1 is not tried on ::1: the redirect URI would be
 * another than the registered one. Errors: port_unavailable, naming the ports.
 */
export async function listenOnLoopback(
  server: Server,
  ports: readonly number[],
  { localhost = false, addresses = loopbackAddresses }: ListenOptions = {},
): Promise<Result<Bound>> {
  const tries = ports.length === 0 ? new Array<number>(localhost ? freePortTries : 1).fill(0) : ports;
  for (const [index, address] of addresses.entries()) {
    let absent = false;
    for (const port of tries) {
      const code = await listen(server, port, address);
      if (code === null) {
        const twin = localhost ? await listenBeside(server, addresses[index + 1]) : null;
        if (twin !== 'taken') return ok(boundTo(server, localhost, twin));
        await new Promise((resolve) => server.close(resolve));
        continue;
      }
      absent = isAbsent(code);
      if (absent) break;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') {
        return fail(
          'port_unavailable',
          `This computer would not open a port for the browser's answer (${code}).`,
          'Try again. If it stays, look for a security program that forbids listening on 127.0.0.1.',
        );
      }
    }
    if (!absent) return taken(ports);
  }
  return fail(
    'port_unavailable',
    'This computer has no loopback network, so the browser could not come back.',
    'Check that 127.0.0.1 or ::1 is set up on the loopback interface.',
  );
}

/** Null when it listens, else the error's code. */
function listen(server: Server, port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      resolve(error.code ?? 'unknown');
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve(null);
    };
    server.once('error', failed).once('listening', listening);
    server.listen({ port, host, exclusive: true });
  });
}

/** The same port on this address too; null where this computer has no such address. */
async function listenBeside(server: Server, address: string | undefined): Promise<Server | null | 'taken'> {
  if (address === undefined) return null;
  const twin = createServer((socket) => void server.emit('connection', socket));
  const code = await listen(twin, (server.address() as AddressInfo).port, address);
  if (code === null) return twin;
  return isAbsent(code) ? null : 'taken';
}

function isAbsent(code: string): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function boundTo(server: Server, localhost: boolean, twin: Server | null): Bound {
  const { address, family, port } = server.address() as AddressInfo;
  const literal = family === 'IPv6' ? `[${address}]` : address;
  const { origin, host } = new URL(`http://${localhost ? 'localhost' : literal}:${String(port)}`);
  return { origin, host, twin };
}

function taken(ports: readonly number[]): ReturnType<typeof fail> {
  const [only] = ports;
  if (only === undefined) {
    return fail(
      'port_unavailable',
      'This computer has no free port for the answer of the browser.',
      'Close programs that hold many connections and try again.',
    );
  }
  const message =
    ports.length === 1
      ? `Port ${String(only)} on 127.0.0.1 is in use or may not be used.`
      : `None of the ports ${ports.join(', ')} on 127.0.0.1 is free.`;
  return fail(
    'port_unavailable',
    message,
    'Another sign-in may still be open: finish or cancel it. Or give other ports that the provider knows, with --redirect-port.',
  );
}
