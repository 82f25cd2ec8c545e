import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../main/clock.ts';
import type { Connection } from '../../main/connections/connection.ts';
import { addConnection } from '../../main/connections/connections.ts';
import { createHttp } from '../../main/http/http.ts';
import type { RequestRecord } from '../../main/http/seam.ts';
import { profileOf } from '../../main/providers/catalogue.ts';
import type { ObtainOptions } from '../../main/sessions/obtain.ts';
import type { Session } from '../../main/sessions/session.ts';
import { type Sessions, createSessions } from '../../main/sessions/sessions.ts';
import { readSecrets, updateSecretsLocked } from '../../main/vault/secrets.ts';
import { type Result, ok } from '../../preload/errors.ts';
import { type TestClock, type TestVault, testClock, testVault } from './sessions.ts';

/** A page on which the browser ended. */
export interface Visited {
  readonly status: number;
  readonly text: string;
}

/**
 * The sessions room as the console builds it, with a vault in memory and a browser without a screen that follows every
 * redirect. Once that browser has ended on a page the user has no more patience: a sign-in that still waits for it ends.
 */
export interface RelyingParty {
  readonly sessions: Sessions;
  readonly home: string;
  /** What the request log is told. */
  readonly records: readonly RequestRecord[];
  readonly vault: TestVault;
  readonly clock: TestClock;
  /** Where the browser ended, once for each time it was opened. */
  readonly visits: readonly Promise<Visited>[];
  signIn(connection: Connection, report?: ObtainOptions['report']): Promise<Result<Session>>;
  stored(connection: Connection): Promise<Session | null>;
  keepSecret(connection: Connection, clientSecret: string): Promise<void>;
  close(): Promise<void>;
}

/** Marks the waiting for the browser among all other waiting. */
const browserTimeoutMs = 271_828;

/**
 * `browse` replaces what the browser does with the address it is given; `foreground` is a browser whose program ends only
 * when the person is done, as one in a terminal.
 */
export async function createRelyingParty(
  browse: (url: string) => Promise<Visited> = visit,
  foreground = false,
): Promise<RelyingParty> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-relying-party-'));
  const vault = testVault();
  const visits: Promise<Visited>[] = [];
  let patience = Promise.withResolvers<undefined>();
  const clock: TestClock = {
    ...testClock(Date.now()),
    sleep: (ms, signal) =>
      ms === browserTimeoutMs
        ? Promise.race([patience.promise, systemClock.sleep(ms, signal)])
        : systemClock.sleep(ms, signal),
  };
  const records: RequestRecord[] = [];
  const http = createHttp({ clock, env: {}, record: (record) => records.push(record) });
  const sessions = createSessions({
    home,
    vault,
    http,
    clock,
    profileOf,
    openBrowser: (url) => {
      const { resolve } = patience;
      const visited = browse(url);
      visits.push(visited);
      const done = visited.then(() => resolve(undefined));
      return foreground ? done.then(() => ok(undefined)) : Promise.resolve(ok(undefined));
    },
  });
  return {
    sessions,
    home,
    records,
    vault,
    clock,
    visits,
    signIn: async (connection, report) => {
      // Nothing is stored for a connection that the profile does not have. By its id: many here have one name.
      await addConnection(home, { ...connection, name: connection.id });
      patience = Promise.withResolvers<undefined>();
      return sessions.signIn(connection, { timeoutMs: browserTimeoutMs, ...(report && { report }) });
    },
    stored: async (connection) => {
      const secrets = await readSecrets<Session>(vault, connection.id);
      if (!secrets.ok) throw new Error(secrets.error.message);
      return secrets.value.session;
    },
    keepSecret: async (connection, clientSecret) => {
      await updateSecretsLocked<Session>(vault, connection.id, (before) => ({
        ...before,
        credentials: { clientSecret },
      }));
    },
    close: async () => {
      await http.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Follows redirects as a browser does. */
export async function visit(url: string): Promise<Visited> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
