import { errors } from 'oidc-provider';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** Everything one authorization server issued: sessions, interactions, grants, codes, tokens. */
export interface IssuedStore {
  readonly adapter: AdapterFactory;
  has(kind: string, id: string): boolean;
  clear(): void;
}

/** Members of a stored record that are seconds since the epoch. */
const TIMES = ['iat', 'exp', 'iiat', 'authTime', 'loginTs'] as const;
const SWEEP_EVERY = 1000;

/**
 * oidc-provider reads the system's clock, which a sandbox cannot turn. So what it stores is translated at this border:
 * kept in sandbox time, handed back in system time. After the sandbox's clock moved by an hour, everything stored looks
 * an hour older to the library. `shift` is the difference of the clocks in seconds.
 */
export function issuedStore(shift: () => number): IssuedStore {
  const records = new Map<string, AdapterPayload>();
  let upserts = 0;
  return {
    adapter: (kind) => storeAdapter(kind),
    has: (kind, id) => records.has(`${kind}:${id}`),
    clear: () => records.clear(),
  };

  function storeAdapter(kind: string): Adapter {
    const key = (id: string): string => `${kind}:${id}`;
    const read = (payload: AdapterPayload | undefined): AdapterPayload | undefined =>
      payload && translated(payload, -shift());
    return {
      upsert(id, payload) {
        records.set(key(id), translated(payload, shift()));
        upserts += 1;
        if (upserts % SWEEP_EVERY === 0) sweep();
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(read(records.get(key(id)))),
      findByUid: (uid) => Promise.resolve(read(find(kind, 'uid', uid))),
      findByUserCode: (userCode) => Promise.resolve(read(find(kind, 'userCode', userCode))),
      consume(id) {
        const payload = records.get(key(id));
        // The library looks first and consumes later; of two requests at once only the first may win (RFC 9700 4.14.2).
        if (payload?.consumed !== undefined) {
          endGrant(payload.grantId);
          return Promise.reject(new errors.InvalidGrant({ detail: 'used twice at once' }));
        }
        if (payload !== undefined) records.set(key(id), { ...payload, consumed: true });
        return Promise.resolve();
      },
      destroy(id) {
        records.delete(key(id));
        return Promise.resolve();
      },
      revokeByGrantId(grantId) {
        for (const [name, payload] of records) {
          if (name.startsWith(`${kind}:`) && payload.grantId === grantId) records.delete(name);
        }
        return Promise.resolve();
      },
    };
  }

  function endGrant(grantId: string | undefined): void {
    for (const [name, payload] of records) {
      if (name === `Grant:${String(grantId)}` || payload.grantId === grantId) records.delete(name);
    }
  }

  function find(kind: string, member: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
    for (const [name, payload] of records) {
      if (name.startsWith(`${kind}:`) && payload[member] === value) return payload;
    }
    return undefined;
  }

  function sweep(): void {
    const now = Math.floor(Date.now() / 1000) + shift();
    for (const [name, { exp }] of records) {
      if (exp !== undefined && exp < now) records.delete(name);
    }
  }
}

function translated(payload: AdapterPayload, seconds: number): AdapterPayload {
  const times: Partial<Record<(typeof TIMES)[number], number>> = {};
  for (const name of TIMES) {
    const value = payload[name];
    if (typeof value === 'number') times[name] = value + seconds;
  }
  return { ...structuredClone(payload), ...times };
}
