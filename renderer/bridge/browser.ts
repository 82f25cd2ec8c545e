import type { RequestMessage } from '../../preload/contract.ts';
import type { Transport } from './client.ts';

const firstWaitMs = 250;
const longestWaitMs = 8000;

/** How long to wait before the next attempt to connect: doubled each time, with a fifth of chance so screens do not march. */
export function backOffMs(attempt: number, random: number = Math.random()): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** attempt) * (0.9 + 0.2 * random);
}

/**
 * The browser door's transport: JSON text frames over a WebSocket beside this page (`/bridge`). It connects at once and
 * again whenever the connection is lost. What is sent before the first connection stands is kept until then.
 */
export function browserTransport(address: URL = bridgeAddress()): Transport {
  let hear: (message: unknown) => void = () => undefined;
  let tell: (connected: boolean) => void = () => undefined;
  let socket: WebSocket | null = null;
  let early: RequestMessage[] | null = [];
  let attempt = 0;

  function connect(): void {
    const opening = new WebSocket(address);
    opening.addEventListener('open', () => {
      socket = opening;
      attempt = 0;
      for (const message of early ?? []) opening.send(JSON.stringify(message));
      early = null;
      tell(true);
    });
    opening.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return;
      const message = parseJson(data);
      if (message !== undefined) hear(message);
    });
    opening.addEventListener('close', () => {
      socket = null;
      early = null;
      tell(false);
      setTimeout(connect, backOffMs(attempt));
      attempt += 1;
    });
  }
  connect();

  return {
    send(message) {
      if (socket !== null && socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify(message));
        return true;
      }
      early?.push(message);
      return early !== null;
    },
    onMessage: (listener) => (hear = listener),
    onConnection: (listener) => (tell = listener),
  };
}

function bridgeAddress(): URL {
  const address = new URL('bridge', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
