import type { IncomingMessage } from 'node:http';
import { readCookie } from './cookie.ts';
import type { Keys } from './keys.ts';
import { type DoorAddress, isAskedFromHere, isOurHost, isOurOrigin } from './origin.ts';
import type { PageName } from './pages.ts';

export interface Gate {
  readonly address: DoorAddress;
  readonly port: number;
  readonly keys: Keys;
  /** What every address of this door begins with: `/` and 128 random bits. The cookie belongs to it. */
  readonly path: string;
}

/** Why a request is not for us at all, or null. Asked before anything else is looked at. */
export function refusedAtOnce({ headers }: IncomingMessage, { address }: Gate): PageName | null {
  if (!isOurHost(headers.host, address)) return 'misdirected';
  if (!isAskedFromHere(first(headers['sec-fetch-site']))) return 'foreign';
  return null;
}

/** Whether the request carries our cookie. */
export function hasKey({ headers }: IncomingMessage, { keys, port }: Gate): boolean {
  return keys.isCookie(readCookie(headers.cookie, port));
}

/** Why a WebSocket handshake is turned down, or null. */
export function refusedHandshake(request: IncomingMessage, gate: Gate): PageName | null {
  const refused = refusedAtOnce(request, gate);
  if (refused !== null) return refused;
  if (!isOurOrigin(request.headers.origin, gate.address)) return 'foreign';
  if (!hasKey(request, gate)) return 'closed';
  return within(request, gate) === '/bridge' ? null : 'missing';
}

/** The path and query of a request, below the door's own path. */
export function within({ url = '' }: IncomingMessage, { path }: Gate): string {
  return url.startsWith(`${path}/`) ? url.slice(path.length) : url;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
