import type {
  Access,
  ApiOptions,
  Authenticate,
  Exchange,
  Handler,
  Reply,
  Switches,
} from '../../../main/sandbox/contract.ts';
import { defaultSwitches } from '../../../main/sandbox/switches.ts';

export const origin = 'http://127.0.0.1:4999';
export const now = Date.parse('2026-11-22T10:00:00Z');

export function access(more: Partial<Access> = {}): Access {
  return {
    clientId: 'client-1',
    accountId: 'account-1',
    username: 'nobody.known@elsewhere.example',
    scopes: ['tamarack', 'content'],
    reach: 'all',
    ...more,
  };
}

/** Options whose caller is `who`, whatever the header says. */
export function optionsFor(who: Awaited<ReturnType<Authenticate>>, switches: Switches = {}): ApiOptions {
  return {
    origin,
    authenticate: () => Promise.resolve(who),
    switches: { ...defaultSwitches(), ...switches },
    now: () => now,
  };
}

export function exchange(method: string, target: string, more: Partial<Exchange> = {}): Exchange {
  return { method, url: new URL(target, origin), headers: {}, body: '', ...more };
}

/** A handler's answer to a request with a JSON body; fails when the handler does not take the request. */
export async function send(handler: Handler, method: string, target: string, body?: unknown): Promise<Reply> {
  const reply = await handler(
    exchange(method, target, {
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    }),
  );
  if (reply === null) throw new Error(`${method} ${target} is nobody's`);
  return reply;
}

/** The JSON of an answer as a client would read it. */
// The caller names the shape that it then asserts on; nothing else could tell it.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function read<T>(reply: Reply): T {
  return JSON.parse(JSON.stringify(reply.json)) as T;
}
