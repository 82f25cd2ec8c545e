import type { AddressInfo, Server } from 'node:net';
import { type Result, fail, ok } from '../../../preload/errors.ts';

export interface Bound {
  /** Origin with the IP literal (RFC 8252 7.3; `localhost` is not recommended, 8.3), e.g. `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** What an honest request's Host header says. */
  readonly host: string;
}

const loopbackAddresses = ['127.0.0.1', '::1'];

/**
 * Binds the first port of `ports` that is free (empty = any free port) on 127.0.0.1, or on ::1 where this computer has
 * no IPv4, never on another interface. A port that is taken on 127.0.0.1 is not tried on ::1: the redirect URI would be
 * another than the registered one. Errors: port_unavailable, naming the ports.
 */
export async function listenOnLoopback(
  server: Server,
  ports: readonly number[],
  addresses: readonly string[] = loopbackAddresses,
): Promise<Result<Bound>> {
  for (const address of addresses) {
    let absent = false;
    for (const port of ports.length === 0 ? [0] : ports) {
      const code = await listen(server, port, address);
      if (code === null) return ok(boundTo(server));
      absent = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
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

function boundTo(server: Server): Bound {
  const { address, family, port } = server.address() as AddressInfo;
  const url = new URL(`http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`);
  return { origin: url.origin, host: url.host };
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
