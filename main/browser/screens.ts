import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Dispatcher } from '../bridge/dispatcher.ts';
import { type Gate, refusedHandshake } from './gate.ts';
import { type PageName, page } from './pages.ts';

/** The longest message a screen may send, in bytes; `ws` closes with 1009 above it, before it is read whole. */
export const maxMessageBytes = 1024 * 1024;
/** What a screen that does not read may leave waiting here, in bytes, before it is cut off. */
export const maxWaitingBytes = 32 * 1024 * 1024;
/** Tabs at the same time. */
const maxScreens = 32;

/** WebSocket close codes (RFC 6455 7.4.1). */
const closeCodes = { goingAway: 1001, unsupportedData: 1003, notJson: 1007, policy: 1008 } as const;

export interface Screens {
  /** Takes a request to become a WebSocket, or turns it down. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  count(): number;
  /** Ends all of them; one that does not answer is cut off after a second. */
  close(): void;
}

/** The screens of the browser door: one WebSocket each, JSON text frames both ways. */
export function createScreens(gate: Gate, dispatcher: Dispatcher, changed: () => void): Screens {
  const sockets = new Set<WebSocket>();
  // Compression is off: with it, the size of a message would tell something of the secrets in it (CRIME, BREACH).
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });

  function serve(socket: WebSocket): void {
    const screen = dispatcher.connect((message) => {
      if (socket.bufferedAmount > maxWaitingBytes) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    });
    sockets.add(socket);
    changed();
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        socket.close(closeCodes.unsupportedData);
        return;
      }
      let message: unknown;
      try {
        message = JSON.parse(data.toString('utf8'));
      } catch {
        socket.close(closeCodes.notJson);
        return;
      }
      if (!screen.receive(message)) socket.close(closeCodes.policy);
    });
    // `ws` closes the connection itself after an error, with the code that fits.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      screen.close();
      sockets.delete(socket);
      changed();
    });
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const refused = refusedHandshake(request, gate) ?? (sockets.size >= maxScreens ? 'busy' : null);
      if (refused === null) server.handleUpgrade(request, socket, head, serve);
      else turnDown(socket, refused);
    },
    count: () => sockets.size,
    close() {
      for (const socket of sockets) {
        socket.close(closeCodes.goingAway);
        const timer = setTimeout(() => socket.terminate(), 1000);
        socket.once('close', () => clearTimeout(timer));
      }
    },
  };
}

function turnDown(socket: Duplex, name: PageName): void {
  const { status } = page(name);
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
