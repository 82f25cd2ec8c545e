import { expect, test } from 'vitest';
import type { ListState } from '../../../preload/contract.ts';
import type { ErrorCode, Failure } from '../../../preload/errors.ts';
import { lifeOf } from '../../../renderer/connections/life.ts';
import { byStanding, standingOf } from '../../../renderer/connections/standing.ts';
import { nextStep } from '../../../renderer/connections/next-step.ts';
import { factsOf, stateOfList } from '../../../renderer/lists/facts.ts';
import { type Situation, attention } from '../../../renderer/overview/attention.ts';
import { connection, now, session } from './fixtures.ts';

const list: ListState = {
  kind: 'users',
  connection: 'acme',
  connectionName: 'acme',
  installation: { id: 'i1', name: 'Harbour House' },
  rows: 300,
  complete: false,
  loading: false,
  arriving: null,
  resumable: false,
  filter: null,
  total: 700,
  fetchedAt: now - 120_000,
  failure: { code: 'provider_failed', message: 'It stopped.', hint: 'Try again.' },
};
const quiet: Situation = {
  vault: { kind: 'keychain', state: 'open', message: null, reason: null, file: false },
  connections: [connection('acme', {})],
  lists: [],
  now,
};

test('nothing needs attention while everything is in order', () => {
  expect(attention(quiet)).toEqual([]);
});

test('the most urgent stands first: vault, sign-in, failed lists, then what can wait', () => {
  const items = attention({
    vault: {
      kind: 'keychain',
      state: 'locked',
      message: 'The keychain is locked.',
      reason: 'locked',
      file: false,
    },
    connections: [
      connection('ends', { refreshExpiresAt: now + 60_000, signInBy: now + 60_000, warnFrom: now - 1 }),
      connection('fresh', { state: 'signed_out' }),
      connection('needed', { state: 'sign_in_needed' }),
      connection('acme', {}),
    ],
    lists: [
      list,
      {
        ...list,
        installation: { id: 'i2', name: 'Old' },
        failure: null,
        complete: true,
        fetchedAt: now - 90_000_000,
      },
    ],
    now,
  });
  expect(items.map(({ key }) => key)).toEqual([
    'vault',
    'session needed',
    'list users acme i1',
    'ends ends',
    'out fresh',
    'old',
  ]);
  expect(items.map(({ urgent }) => urgent)).toEqual([true, true, true, true, false, false]);
});

test('a renewal that fails says when it is tried again, and is urgent only where it is not', () => {
  const failure = { code: 'timeout', message: 'The server did not answer.', hint: '' } as const;
  const [tried] = attention({
    ...quiet,
    connections: [connection('acme', { failure, nextTryAt: now + 120_000 })],
  });
  expect(tried).toMatchObject({ urgent: false, hint: expect.stringContaining('2 min') as string });
  const [stuck] = attention({ ...quiet, connections: [connection('acme', { failure })] });
  expect(stuck).toMatchObject({ urgent: true });
  expect(lifeOf(connection('acme', { nextTryAt: now + 120_000 }), now)).toBe(
    '42 min left, renewal fails, next try in 2 min',
  );
});

test('where there is little room a failing renewal is two words', () => {
  const fails = connection('acme', { nextTryAt: now + 120_000 });
  expect(lifeOf(fails, now, 'short')).toBe('renewal fails');
  expect(lifeOf(fails, now, 'beside')).toBe('42 min left, next try in 2 min');
});

test('a session whose renewal fails is not like one that is in order, also where it is not tried again', () => {
  const failure = { code: 'client_rejected', message: 'The client was refused.', hint: '' } as const;
  const stuck = connection('stuck', { failure });
  expect(standingOf(stuck)).toBe('renewal_fails');
  expect(lifeOf(stuck, now)).toBe('42 min left, renewal fails');
  expect(lifeOf(stuck, now, 'beside')).toBe('42 min left');
  expect(standingOf(connection('tried', { nextTryAt: now + 1 }))).toBe('renewal_fails');
  expect(standingOf(connection('fine', {}))).toBe('signed_in');
  expect(standingOf(connection('needed', { state: 'sign_in_needed', failure }))).toBe('sign_in_needed');
  const soon = connection('soon', { expiresAt: now + 1 });
  const needed = connection('needed', { state: 'sign_in_needed' });
  expect([soon, stuck, needed].toSorted(byStanding)).toEqual([needed, stuck, soon]);
});

test('a client that is refused waits for a person even where it is tried again', () => {
  const failure = { code: 'client_rejected', message: 'The client was refused.', hint: '' } as const;
  const refused = connection('acme', { failure, nextTryAt: now + 120_000 });
  expect(attention({ ...quiet, connections: [refused] })).toMatchObject([
    { urgent: true, hint: expect.stringContaining('change the connection') as string },
  ]);
});

test('a session that ends is no news before it is worth a word', () => {
  const ends = { signInBy: now + 7_200_000, warnFrom: now + 1 };
  expect(attention({ ...quiet, connections: [connection('acme', ends)] })).toEqual([]);
});

test('a list that failed can be read again only where somebody is signed in', () => {
  expect(attention({ ...quiet, lists: [list] })[0]?.act).toMatchObject({
    kind: 'read',
    installation: 'i1',
    users: true,
  });
  expect(attention({ ...quiet, connections: [], lists: [list] })[0]?.act).toBeNull();
});

test('a list that waits for a sign-in is not said beside that sign-in', () => {
  const refused = { ...list, failure: { ...list.failure, code: 'session_refused' } as const };
  const needed = connection('acme', { state: 'sign_in_needed' });
  expect(attention({ ...quiet, connections: [needed], lists: [refused as ListState] })).toHaveLength(1);
  expect(attention({ ...quiet, connections: [needed], lists: [list] })).toHaveLength(2);
});

test('a list that a person stopped, or that is being read, needs nobody', () => {
  const stopped = { ...list, failure: { code: 'cancelled', message: '', hint: '' } as const };
  expect(attention({ ...quiet, lists: [stopped, { ...list, loading: true }] })).toEqual([]);
});

test('remaining life is said in words', () => {
  expect(lifeOf(connection('a', {}), now)).toBe('42 min left');
  expect(lifeOf(connection('a', { expiresAt: now - 1 }), now)).toBe('renews on use');
  expect(lifeOf(connection('a', { expiresAt: now - 1, refreshExpiresAt: now - 1 }), now)).toBe('ended');
  expect(lifeOf(connection('a', { expiresAt: null }), now)).toBe('no end known');
  expect(lifeOf(connection('a', { state: 'unknown' }), now)).toBe('vault not open');
});

test('counts and age of a view are one line, and say when something is missing', () => {
  const whole = { ...list, failure: null, complete: true, rows: 4218 };
  expect(factsOf(null, [], 'users', now)).toBe('Loading …');
  expect(factsOf(0, [], 'users', now)).toBe('not read yet');
  expect(factsOf(0, [], 'users', now, { reading: true })).toBe('reading …');
  expect(factsOf(4218, [whole], 'users', now)).toBe('4,218 users · as of 2 min ago');
  expect(factsOf(81, [whole], 'users', now)).toBe('81 of 4,218 · as of 2 min ago');
  expect(factsOf(300, [list], 'users', now)).toBe('300 users · as of 2 min ago · 1 list incomplete');
  const stopped = { ...list, failure: { code: 'cancelled', message: '', hint: '' } } as const;
  expect(factsOf(300, [stopped], 'users', now), 'cut').toContain('1 list incomplete');
  expect(factsOf(300, [{ ...stopped, complete: true }], 'users', now), 'as before').not.toContain(
    'incomplete',
  );
  expect(factsOf(300, [{ ...list, loading: true }], 'users', now)).toContain('reading');
  expect(factsOf(0, [{ ...list, loading: true }], 'users', now)).toBe(
    '300 users · reading … · 1 list incomplete',
  );
  expect(factsOf(4, [{ ...list, loading: true }], 'users', now, { narrowed: true })).toContain(
    '4 of 300 · reading',
  );
});

test('the state of one list is said in its row', () => {
  expect(stateOfList(undefined, now)).toBe('not read yet');
  expect(stateOfList(list, now)).toBe('stopped after 300');
  expect(stateOfList({ ...list, rows: 0 }, now)).toBe('could not be read');
  expect(stateOfList({ ...list, loading: true }, now)).toBe('reading: 300 of 700');
  expect(stateOfList({ ...list, failure: null }, now)).toBe('300 · 2 min ago');
});

const failed = (code: ErrorCode): Failure => ({ code, message: 'It failed.', hint: '' });

test.each([
  ['a session that is renewed without anybody', {}, 'renew'],
  ['one that ends far off', { signInBy: now + 9e8, warnFrom: now + 1 }, 'renew'],
  ['one that ends soon', { signInBy: now + 60_000, warnFrom: now }, 'signIn'],
  ['one that nobody could renew', { state: 'sign_in_needed' }, 'signIn'],
  ['none', { state: 'signed_out' }, 'signIn'],
  ['one whose client is refused', { failure: failed('client_rejected') }, 'change'],
  ['one whose address is wrong', { failure: { ...failed('unexpected'), field: 'tokenEndpoint' } }, 'change'],
  ['one that the network keeps from renewing', { failure: failed('network_unreachable') }, 'renew'],
  ['one that was refused without a word', { failure: failed('session_refused') }, 'signIn'],
  ['one that cannot be seen', { state: 'unknown' }, null],
] as const)('the next step with %s', (_, change, step) => {
  expect(nextStep({ session: { ...session, ...change } }, now)).toBe(step);
});

test('installations in a state that is not the usual one are counted, with a way to them, and the only one is named', () => {
  const states = [
    { state: 'blocked', unusual: true, installations: 2, name: null },
    { state: 'maintenance', unusual: true, installations: 1, name: 'Harbour House' },
    { state: 'released', unusual: false, installations: 40, name: null },
  ];
  expect(attention({ ...quiet, states })).toMatchObject([
    {
      urgent: false,
      message: '2 installations are in the state “blocked”.',
      act: { kind: 'look', state: 'blocked' },
    },
    {
      message: 'Harbour House is in the state “maintenance”.',
      act: { kind: 'look', state: 'maintenance' },
    },
  ]);
});

test('what all connections of a sandbox that has ended wait for is said once, and not while it runs here', () => {
  const gone = { code: 'network_unreachable', message: 'Nothing listens there.', hint: '' } as const;
  const ended: Situation = {
    ...quiet,
    connections: ['one', 'two'].map((id) => ({ ...connection(id, { failure: gone }), ownSandbox: true })),
    lists: [{ ...list, connection: 'two', failure: gone }],
    info: { sandbox: false },
  };
  expect(attention(ended)).toMatchObject([
    { key: 'sandbox', urgent: true, message: 'The sandbox is not running.', act: { kind: 'sandbox' } },
  ]);
  expect(attention({ ...ended, info: { sandbox: true } }).map(({ key }) => key)).not.toContain('sandbox');
  const others = ended.connections.map((one) => ({ ...one, ownSandbox: false }));
  expect(attention({ ...ended, connections: others })).toHaveLength(3);
});
