import net from 'node:net';
import type { Loopback } from '../../../main/sessions/loopback/loopback.ts';

/** A connection that sends whatever it likes. */
export interface RawClient {
  send(bytes: string | Buffer): void;
  /** Everything that came, once the receiver has closed the connection. */
  readonly ended: Promise<string>;
  /** Cuts the connection. */
  drop(): void;
}

export async function connect(loopback: Loopback): Promise<RawClient> {
  const { hostname, port } = new URL(loopback.redirectUri);
  const socket = net.connect(Number(port), hostname.replace(/[[\]]/g, ''));
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<string>((resolve) => {
    socket
      .on('error', () => undefined)
      .once('close', () => resolve(Buffer.concat(pieces).toString('latin1')));
  });
  return { send: (bytes) => void socket.write(bytes), ended, drop: () => socket.destroy() };
}

/** Sends, and gives what came back; the receiver always ends the connection itself. */
export async function exchange(loopback: Loopback, bytes: string | Buffer): Promise<string> {
  const client = await connect(loopback);
  client.send(bytes);
  return client.ended;
}

/** A well-formed request head. */
export function head(loopback: Loopback, line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, `Host: ${new URL(loopback.redirectUri).host}`, ...headers, '', ''].join('\r\n');
}
