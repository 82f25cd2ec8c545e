import type { Transport } from './client.ts';

/**
 * What the desktop's preload exposes as `window.latchkey`: messages as structured clones, and nothing else. (Signals
 * and callbacks of single requests do not cross worlds, so the bridge itself is built on this side.)
 */
export interface DesktopPort {
  send(message: unknown): void;
  /** Called once, before anything is sent. */
  listen(listener: (message: unknown) => void): void;
}

/** The preload's port where this page runs in the desktop door, otherwise null. */
export function desktopPort(): DesktopPort | null {
  const port = (globalThis as { latchkey?: Partial<DesktopPort> }).latchkey;
  return typeof port?.send === 'function' && typeof port.listen === 'function' ? (port as DesktopPort) : null;
}

/** The desktop door's transport; it is connected for as long as the window lives. */
export function desktopTransport(port: DesktopPort): Transport {
  return {
    send(message) {
      port.send(message);
      return true;
    },
    onMessage: (listener) => port.listen(listener),
    onConnection: (listener) => queueMicrotask(() => listener(true)),
  };
}
