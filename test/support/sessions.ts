import type { Clock } from '../../main/clock.ts';
import type { Connection } from '../../main/connections/connection.ts';
import { type Http, HttpError } from '../../main/http/seam.ts';
import { profileOf } from '../../main/providers/catalogue.ts';
import { type Session, type Trouble, sessionBinding } from '../../main/sessions/session.ts';
import { connectionEndpoints } from '../../main/connections/endpoints.ts';
import { openMemoryVault } from '../../main/vault/memory.ts';
import type { Vault } from '../../main/vault/vault.ts';
import { type Failure, type Result, fail } from '../../preload/errors.ts';

/** A clock that stands until it is moved; waiting moves it. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
  /** What was waited for, in milliseconds. */
  readonly sleeps: number[];
}

export function testClock(now: number = Date.UTC(2026, 2, 1, 8)): TestClock {
  let time = now;
  const sleeps: number[] = [];
  return {
    now: () => time,
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
    advance: (milliseconds) => {
      time += milliseconds;
    },
    sleeps,
  };
}

/** A connection of a plain OAuth 2.0 server at this address. */
export function testConnection(
  changes: Partial<Connection> = {},
  server = 'https://id.acme.example',
): Connection {
  return {
    id: crypto.randomUUID(),
    name: 'acme',
    provider: 'oauth2',
    environment: 'custom',
    grant: 'authorization_code',
    clientId: 'acme-client',
    clientAuth: 'post',
    username: null,
    scope: 'openid',
    redirect: { ports: [], path: '/callback' },
    overrides: {
      authorizationEndpoint: `${server}/authorize`,
      tokenEndpoint: `${server}/token`,
      paths: {},
      authorizationParams: {},
      apiHeaders: {},
      switches: {},
    },
    createdAt: '2026-03-01T08:00:00.000Z',
    ...changes,
  };
}

/** A session of that connection, an hour long from `now`. */
export function testSession(connection: Connection, now: number, changes: Partial<Session> = {}): Session {
  return {
    version: 1,
    binding: sessionBinding(connection, connectionEndpoints(connection, profileOf(connection.provider))),
    accessToken: 'access-1',
    scope: 'openid',
    refreshToken: 'refresh-1',
    idToken: null,
    subject: 'someone',
    obtainedAt: now,
    expiresAt: now + 3_600_000,
    refreshExpiresAt: null,
    trouble: null,
    ...changes,
  };
}

/** What is remembered of a failed renewal. */
export function testTrouble(effect: Trouble['effect'], at: number, changes: Partial<Trouble> = {}): Trouble {
  const failure = fail('session_refused', 'No.', 'Sign in.').error;
  return { failure, at, effect, tries: 1, nextTryAt: null, waits: effect !== 'kept', ...changes };
}

/** What an {@link Http} was asked for. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

export type Scripted = Response | Failure | ((request: SentRequest) => Response | Promise<Response>);

/** A network that gives these answers in this order, and a failure when there are none left. */
export function scriptedHttp(answers: readonly Scripted[]): { http: Http; sent: SentRequest[] } {
  const left = [...answers];
  const sent: SentRequest[] = [];
  const http: Http = {
    fetch: async (url, init = {}) => {
      init.signal?.throwIfAborted();
      const request = {
        url: String(url),
        method: init.method ?? 'GET',
        headers: new Headers(init.headers),
        body: await new Response(init.body ?? null).text(),
      };
      sent.push(request);
      const answer = left.shift();
      if (answer === undefined) throw new Error(`Nobody expected ${request.method} ${request.url}.`);
      if (answer instanceof Response) return answer;
      if (typeof answer === 'function') return answer(request);
      throw new HttpError(answer);
    },
    skewSeconds: () => null,
    close: () => Promise.resolve(),
  };
  return { http, sent };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** A vault in memory whose doors can be shut. */
export interface TestVault extends Vault {
  /** Reads or writes fail with this until it is null again. */
  broken: { reads?: Failure; writes?: Failure };
}

export function testVault(kind: Vault['kind'] = 'keychain'): TestVault {
  const memory = openMemoryVault();
  const vault: TestVault = {
    ...memory,
    kind,
    broken: {},
    read: (item) => refusedBy(vault.broken.reads) ?? memory.read(item),
    write: (item, text) => refusedBy(vault.broken.writes) ?? memory.write(item, text),
  };
  return vault;
}

function refusedBy(failure: Failure | undefined): Promise<Result<never>> | null {
  return failure === undefined ? null : Promise.resolve({ ok: false, error: failure });
}

export const notWritten = fail('vault_write_failed', 'The keychain is full.', 'Make room.').error;
export const locked = fail('vault_locked', 'The keychain is locked.', 'Unlock it.').error;
