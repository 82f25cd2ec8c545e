import { beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { type Keeper, createKeeper } from '../../../main/sessions/keeper.ts';
import { troubleAfter } from '../../../main/sessions/next-try.ts';
import { type Session, renewalDue } from '../../../main/sessions/session.ts';
import { type Failure, fail, ok } from '../../../preload/errors.ts';
import { testConnection, testSession } from '../../support/sessions.ts';
import { type SteppedClock, steppedClock } from '../../support/stepped-clock.ts';

const second = 1_000;
const minute = 60 * second;
const offline = fail('network_unreachable', 'No way.', 'Plug it in.').error;
const busy = fail('rate_limited', 'Slow down.', 'Wait.').error;

/** What the keeper did, with the seconds since the start. */
let done: string[];
let clock: SteppedClock;
let keeper: Keeper;
let started: number;
let open: boolean;
let changes: number;
let sessions: Map<Connection, Session | null>;
/** What the next renewals meet; null = they succeed. */
let meets: (Failure | null)[];
/** Whether a host that is only asked for an answer gives one. */
let reachable: boolean;

beforeEach(() => {
  done = [];
  sessions = new Map();
  meets = [];
  reachable = true;
  open = true;
  changes = 0;
  clock = steppedClock();
  started = clock.now();
  keeper = createKeeper({
    clock,
    random: () => 0.5,
    connections: () => ok([...sessions.keys()]),
    vaultIsOpen: () => Promise.resolve(open),
    outlook: (connection) => {
      const session = sessions.get(connection) ?? null;
      const failure = session?.trouble?.failure ?? null;
      const status = { session, failure } as never;
      return Promise.resolve(
        ok({
          status,
          warnFrom: null,
          tokens: [],
          unsaved: false,
          renewalDue: session && renewalDue(session, connection, {}, clock.now()),
        }),
      );
    },
    keep: (connection, { reachFirst }) => {
      const session = sessions.get(connection);
      if (!session) return Promise.resolve(ok(null));
      const at = Math.round((clock.now() - started) / second);
      const failure = reachFirst && !reachable ? offline : (meets.shift() ?? null);
      done.push(
        `${at} ${reachFirst ? (reachable ? 'reached, ' : 'not reached') : ''}${reachFirst && !reachable ? '' : failure === null ? 'renewed' : failure.code}`,
      );
      const tried = {
        failure: failure ?? busy,
        effect: 'kept',
        retryAfterMs: null,
        passwordJudged: false,
      } as const;
      const next =
        failure === null
          ? { ...session, obtainedAt: clock.now(), expiresAt: clock.now() + 60 * minute, trouble: null }
          : { ...session, trouble: troubleAfter(tried, session.trouble, clock.now()) };
      sessions.set(connection, next);
      return Promise.resolve(failure === null ? ok(next) : { ok: false, error: failure });
    },
    changed: () => (changes += 1),
    failed: (error) => expect.unreachable(String(error)),
  });
});

/** A connection whose access token lives an hour from now. */
function signedIn(): Connection {
  const connection = testConnection();
  sessions.set(connection, testSession(connection, clock.now()));
  return connection;
}

test('renews each token five minutes before its end, again and again, as long as somebody looks', async () => {
  signedIn();
  const leave = keeper.watch();
  await clock.pass(180 * minute);
  expect(done).toEqual(['3301 renewed', '6602 renewed', '9903 renewed']);
  leave();
  await clock.pass(180 * minute);
  expect(done).toHaveLength(3);
});

test('without any screen nothing is looked at, and with two it goes on until both have gone', async () => {
  signedIn();
  await clock.pass(120 * minute);
  expect(done).toEqual([]);
  const [one, two] = [keeper.watch(), keeper.watch()];
  await clock.pass(minute);
  one();
  await clock.pass(56 * minute);
  expect(done).toHaveLength(2);
  two();
  await clock.pass(120 * minute);
  expect(done).toHaveLength(2);
});

describe('offline', () => {
  test('one renewal fails, then only the host is asked, ever more rarely, and renewed once it answers', async () => {
    signedIn();
    [meets, reachable] = [[offline], false];
    keeper.watch();
    await clock.pass(60 * minute);
    const first = ['3301 network_unreachable', '3307 not reached', '3318 not reached', '3339 not reached'];
    expect(done.slice(0, 4)).toEqual(first);
    expect(done.length).toBeLessThan(10);
    const tried = done.length;
    reachable = true;
    await clock.pass(6 * minute);
    expect(done.slice(tried)).toEqual([expect.stringMatching(/ reached, renewed$/)]);
    expect(sessions.values().next().value).toMatchObject({ trouble: null });
  });

  test('a server that is busy is not offline: it is asked again without a question before', async () => {
    signedIn();
    meets = [busy];
    keeper.watch();
    await clock.pass(56 * minute);
    expect(done).toEqual(['3301 rate_limited', '3307 renewed']);
  });
});

describe('after the computer slept', () => {
  test('nothing is sent in the first seconds, and nothing but a question until the host answers', async () => {
    signedIn();
    reachable = false;
    keeper.watch();
    await clock.pass(minute);
    clock.sleepComputer(8 * 60 * minute);
    const woke = Math.round((clock.now() - started) / second);
    await clock.pass(10 * second);
    expect(done).toEqual([]);
    await clock.pass(30 * second);
    expect(done.every((line) => line.endsWith('not reached'))).toBe(true);
    expect(Number(done[0]?.split(' ')[0])).toBeGreaterThanOrEqual(woke + 5);
    reachable = true;
    await clock.pass(minute);
    expect(done.at(-1)).toMatch(/ reached, renewed$/);
  });

  test('a door that is told of it asks at the end of those seconds', async () => {
    signedIn();
    keeper.watch();
    await clock.pass(54 * minute);
    clock.sleepComputer(15 * second);
    keeper.resumed();
    await clock.pass(minute + 10 * second);
    expect(done).toEqual([expect.stringMatching(/^33\d\d reached, renewed$/)]);
  });
});

test('a session that ended, or cannot be renewed, is left alone', async () => {
  const [one, two] = [signedIn(), signedIn()];
  sessions.set(one, testSession(one, clock.now(), { refreshToken: null }));
  sessions.set(two, null);
  keeper.watch();
  await clock.pass(120 * minute);
  expect(done).toEqual([]);
});

test('while the vault is shut nothing is tried; once it is open, what is due is renewed', async () => {
  signedIn();
  keeper.watch();
  await clock.pass(minute);
  open = false;
  await clock.pass(60 * minute);
  expect(done).toEqual([]);
  open = true;
  keeper.look();
  await clock.pass(10 * second);
  expect(done).toEqual([expect.stringMatching(/ renewed$/)]);
});

test('screens hear of every renewal, of every failure, and of what other processes did', async () => {
  const connection = signedIn();
  meets = [busy];
  keeper.watch();
  await clock.pass(50 * minute);
  expect(changes).toBe(0);
  await clock.pass(6 * minute);
  expect(changes).toBe(2);
  sessions.set(connection, null);
  await clock.pass(2 * minute);
  expect(changes).toBe(3);
});

test('however short a token lives, it is not renewed in a loop', async () => {
  const connection = testConnection();
  sessions.set(connection, testSession(connection, clock.now(), { expiresAt: clock.now() }));
  meets = Array.from({ length: 1000 }, () => busy);
  keeper.watch();
  await clock.pass(10 * minute);
  expect(done.length).toBeLessThan(12);
});

test('closing ends it, also with screens that never left', async () => {
  signedIn();
  keeper.watch();
  await clock.pass(minute);
  await keeper.close();
  await clock.pass(120 * minute);
  expect(done).toEqual([]);
  keeper.watch();
  await clock.pass(120 * minute);
  expect(done).toEqual([]);
});
