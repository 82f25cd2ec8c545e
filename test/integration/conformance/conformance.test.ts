import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import type { Session } from '../../../main/sessions/session.ts';
import type { ErrorCode, Result } from '../../../preload/errors.ts';
import type { Bend } from '../../support/hostile-provider/bend.ts';
import { type HostileProvider, startHostileProvider } from '../../support/hostile-provider/provider.ts';
import { type RelyingParty, createRelyingParty } from '../../support/relying-party.ts';
import type { Fixture } from './fixture.ts';
import { plans } from './plans.ts';

let provider: HostileProvider;
beforeAll(async () => {
  provider = await startHostileProvider();
});
afterAll(() => provider.close());

let party: RelyingParty;
beforeEach(async () => {
  party = await createRelyingParty();
});
afterEach(async () => {
  provider.reset();
  await party.close();
});

interface Outcome {
  readonly verdict: 'accept' | ErrorCode;
  readonly connection: Connection;
  /** What was stored before the exchange in question. */
  readonly before: Session | null;
}

/** Plays a fixture's exchange; `mutated` false undoes the one thing that is wrong in it. */
async function play(
  { connection: changes, secret, setup, mutation, at, second }: Fixture,
  mutated: boolean,
): Promise<Outcome> {
  const connection = provider.connection(changes?.(provider));
  if (secret !== undefined) await party.keepSecret(connection, secret);
  const asSetUp = setup?.(provider) ?? {};
  const bend = mutated ? merged(asSetUp, mutation?.(provider)) : asSetUp;
  provider.bend = asSetUp;
  if (second || at === 'renewal') {
    expect(await party.signIn(connection)).toMatchObject({ ok: true });
    if (second) provider.reset();
  }
  const before = await party.stored(connection);
  provider.bend = bend;
  let result: Result<unknown>;
  if (at === 'renewal') {
    party.clock.advance(61 * 60_000);
    result = await party.sessions.access(connection);
  } else {
    result = await party.signIn(connection);
  }
  return { verdict: result.ok ? 'accept' : result.error.code, connection, before };
}

/** Groups of members are merged one by one, so that the set-up stays. */
function merged(setup: Bend, mutation: Bend = {}): Bend {
  return {
    ...setup,
    ...mutation,
    ...(mutation.callback && { callback: { ...setup.callback, ...mutation.callback } }),
    ...(mutation.discovery && { discovery: { ...setup.discovery, ...mutation.discovery } }),
  };
}

describe.each(plans)('$name', ({ modules, fixtures }) => {
  test('is whole', () => {
    expect(fixtures).toHaveLength(modules);
  });

  test.each(fixtures.map((fixture) => [fixture.module, fixture.verdict, fixture] as const))(
    '%s: %s',
    async (_module, verdict, fixture) => {
      const played = await play(fixture, true);
      expect(played.verdict).toBe(verdict);
      if (verdict === 'accept') await fixture.seen?.({ provider, party, connection: played.connection });
      else await nothingIsTaken(played, fixture);
    },
  );

  const rejected = fixtures.filter(({ verdict }) => verdict !== 'accept');
  test.skipIf(rejected.length === 0).each(rejected.map((fixture) => [fixture.module, fixture] as const))(
    '%s: accepted when its one mutation is undone',
    async (_module, fixture) => {
      expect(fixture.mutation).toBeDefined();
      expect((await play(fixture, false)).verdict).toBe('accept');
    },
  );
});

/** What was rejected is not stored, and nothing was asked with it. */
async function nothingIsTaken({ connection, before, verdict }: Outcome, { at }: Fixture): Promise<void> {
  const stored = await party.stored(connection);
  expect(stored === null ? null : { ...stored, trouble: null }).toEqual(before);
  if (verdict === 'issuer_mismatch' || verdict === 'callback_timeout') {
    expect(provider.seenAt('/token')).toEqual([]);
  }
  if (verdict === 'id_token_invalid' && at !== 'renewal') expect(provider.seenAt('/userinfo')).toEqual([]);
}
