import type { Result } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connections/connection.ts';
import type { Session } from './session.ts';
import type { SessionOutlook } from './status.ts';

export interface KeeperParts {
  readonly clock: Clock;
  /** Between 0 and 1, as Math.random gives it. */
  readonly random: () => number;
  readonly connections: () => Result<readonly Connection[]>;
  /** Whether the vault can be read without anybody being asked for anything. */
  readonly vaultIsOpen: () => Promise<boolean>;
  readonly outlook: (connection: Connection) => Promise<Result<SessionOutlook>>;
  readonly keep: (
    connection: Connection,
    options: { readonly reachFirst: boolean; readonly signal: AbortSignal },
  ) => Promise<Result<Session | null>>;
  /** A session is different from when it was last looked at, by this process or another. */
  readonly changed: () => void;
  /** Something was thrown that nobody foresaw; the keeper goes on. */
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps sessions alive while somebody looks: renews each before its token ends, and never opens a browser. Where the
 * network failed, or the computer slept, the server's host is asked for an answer first, and no refresh token is sent
 * before there is one: a refresh whose answer is lost can end a session.
 */
export interface Keeper {
  /** One more screen is there; gives what to call once when it is gone. Without any nothing is done. */
  watch(): () => void;
  /** Connections, sessions or the vault changed: look again now. */
  look(): void;
  /** The computer was asleep. */
  resumed(): void;
  /** Resolves when no renewal is under way. */
  settled(): Promise<void>;
  /** Ends; a renewal under way is finished first. */
  close(): Promise<void>;
}

/** All sessions are looked at this often, for what other processes did; the vault is read once for each. A look also stores what is unsaved. */
const lookEveryMs = 60_000;
/** So soon it is seen that the computer slept, or that its clock was moved. */
const tickMs = 10_000;
/** A timer that is this much late has slept. */
const sleptMs = 20_000;
/** After a sleep the network needs a moment. */
const settleMs = 5_000;
/** Doors that began together, and servers that were down for all, are not asked at the same moment. */
const jitterMs = 2_000;
/** However short a token lives, and whatever goes wrong: no connection is tried more often. */
const pauseMs = 5_000;

interface Kept {
  /** When to renew; null = not by itself. */
  due: number | null;
  /** Whether the host has to answer first. */
  doubtful: boolean;
  /** What was seen last, to notice what changed. */
  seen: string;
}

export function createKeeper(parts: KeeperParts): Keeper {
  const { clock } = parts;
  const kept = new Map<string, Kept>();
  const busy = new Map<string, Promise<void>>();
  const runs = new Set<Promise<void>>();
  let screens = 0;
  let end: AbortController | null = null;
  let wake = new AbortController();
  let lookAt = 0;
  let settledAt = 0;
  let closed = false;

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (clock.now() >= lookAt) {
        lookAt = clock.now() + lookEveryMs;
        await lookAtAll().catch(parts.failed);
      }
      renewDue(signal);
      const dues = [...kept].flatMap(([id, { due }]) => (due === null || busy.has(id) ? [] : [due]));
      const next = Math.max(Math.min(lookAt, ...dues), settledAt);
      const wait = Math.min(Math.max(next - clock.now(), 100), tickMs);
      const before = clock.now();
      wake = new AbortController();
      await clock.sleep(wait, AbortSignal.any([signal, wake.signal]));
      if (Math.abs(clock.now() - before - wait) > sleptMs && !wake.signal.aborted) resumed();
    }
  }

  async function lookAtAll(): Promise<void> {
    const connections = parts.connections();
    if (!connections.ok || connections.value.length === 0 || !(await parts.vaultIsOpen())) return;
    const ids = new Set(connections.value.map(({ id }) => id));
    for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
    let changed = false;
    for (const connection of connections.value) {
      if (!busy.has(connection.id)) changed = (await lookAtOne(connection)) || changed;
    }
    if (changed) parts.changed();
  }

  /** Whether it is another than it was. */
  async function lookAtOne(connection: Connection): Promise<boolean> {
    const outlook = await parts.outlook(connection);
    if (!outlook.ok) return false;
    const { status, renewalDue, unsaved } = outlook.value;
    if (unsaved) lookAt = Math.min(lookAt, clock.now() + pauseMs);
    const before = kept.get(connection.id);
    const seen = JSON.stringify(status);
    const same = before?.seen === seen;
    const { failure } = status;
    kept.set(connection.id, {
      due: same ? before.due : renewalDue === null ? null : renewalDue + parts.random() * jitterMs,
      // Changed and without a failure: somebody has reached the server meanwhile.
      doubtful: same ? before.doubtful : failure !== null && networkTroubles.has(failure.code),
      seen,
    });
    return before !== undefined && !same;
  }

  function renewDue(signal: AbortSignal): void {
    const now = clock.now();
    if (signal.aborted || now < settledAt) return;
    const connections = parts.connections();
    if (!connections.ok) return;
    for (const connection of connections.value) {
      const state = kept.get(connection.id);
      if (state === undefined || state.due === null || state.due > now || busy.has(connection.id)) continue;
      const work = renew(connection, state, signal)
        .catch(parts.failed)
        .finally(() => {
          busy.delete(connection.id);
          wake.abort();
        });
      busy.set(connection.id, work);
    }
  }

  async function renew(connection: Connection, state: Kept, signal: AbortSignal): Promise<void> {
    // Until it is seen what came of it. A vault that is not open is asked again at the next look.
    state.due = null;
    state.seen = '';
    if (!(await parts.vaultIsOpen())) return;
    const renewed = await parts.keep(connection, { reachFirst: state.doubtful, signal });
    if (signal.aborted) return;
    await lookAtOne(connection);
    const after = kept.get(connection.id);
    if (after !== undefined && after.due !== null) after.due = Math.max(after.due, clock.now() + pauseMs);
    if (after !== undefined && !renewed.ok) after.doubtful = networkTroubles.has(renewed.error.code);
    parts.changed();
  }

  function resumed(): void {
    for (const state of kept.values()) state.doubtful = true;
    settledAt = clock.now() + settleMs;
    lookAt = settledAt;
    wake.abort();
  }

  function look(): void {
    lookAt = 0;
    wake.abort();
  }

  return {
    watch() {
      if (closed) return () => undefined;
      screens += 1;
      if (end === null) {
        end = new AbortController();
        lookAt = 0;
        const running: Promise<void> = run(end.signal).finally(() => runs.delete(running));
        runs.add(running);
      }
      return () => {
        screens -= 1;
        if (screens > 0) return;
        end?.abort();
        end = null;
      };
    },
    look,
    resumed,
    settled: async () => {
      await Promise.all(busy.values());
    },
    async close() {
      closed = true;
      end?.abort();
      await Promise.all([...runs, ...busy.values()]);
    },
  };
}

/** After these the computer may be offline. */
const networkTroubles: ReadonlySet<string> = new Set([
  'network_unreachable',
  'timeout',
  'proxy_failed',
  'tls_untrusted',
]);
