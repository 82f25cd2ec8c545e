import { expect, test } from 'vitest';
import {
  hex24Of,
  indexOfHex24,
  indexOfUlid,
  indexOfUuid,
  ulidOf,
  uuidOf,
} from '../../../main/sandbox/data/ids.ts';
import { personAt, peopleOf, standingAt, standingCount } from '../../../main/sandbox/data/people.ts';
import { mix32, unmix32 } from '../../../main/sandbox/data/random.ts';
import { recordsOf } from '../../../main/sandbox/data/records.ts';
import { createWorld } from '../../../main/sandbox/data/world.ts';

test('The same seed gives the same world and another seed gives other ids.', () => {
  const listed = (seed: number): string => {
    const world = createWorld({ seed });
    return JSON.stringify([
      world.installations('salto-ks', 'all'),
      world.installations('salto-nebula', 'all'),
      world.installations('smartenit', 'all'),
      world.saltoKs.sites[1]!.users.at(40),
      world.konexus.members.at(12),
    ]);
  };
  expect(listed(3)).toBe(listed(3));
  expect(listed(3)).not.toBe(listed(4));
});

test('There are six sites, five Nebula installations, one tenant and three locations.', () => {
  const world = createWorld({ seed: 1 });
  const users = (provider: Parameters<typeof world.installations>[0]): number[] =>
    world.installations(provider, 'all').map((one) => one.users);
  expect(users('salto-ks')).toEqual([1500, 412, 173, 100, 26, 0]);
  expect(users('salto-nebula')).toEqual([640, 220, 90, 12, 0]);
  expect(users('konexus')).toEqual([480]);
  expect(users('smartenit')).toEqual([260, 82, 16]);
  expect(world.installations('salto-ks', 2).map(({ name }) => name)).toEqual([
    'Harbour House',
    'Mill Lane Workshops',
  ]);
});

test('The number of users grows the first Salto KS site alone.', () => {
  const world = createWorld({ seed: 1, users: 1_000_000 });
  expect(world.installations('salto-ks', 'all').map(({ users }) => users)).toEqual([
    1_000_000, 412, 173, 100, 26, 0,
  ]);
  const last = world.saltoKs.sites[0]!.users.at(999_999);
  expect(world.saltoKs.sites[0]!.users.find(last.id)).toEqual(last);
  expect(() => createWorld({ seed: 1, users: -1 })).toThrow(RangeError);
});

test('Scrambling is one-to-one and ids lead back to their index.', () => {
  for (const index of [0, 1, 77, 65_536, 999_999]) {
    expect(unmix32(mix32(index))).toBe(index);
    for (const key of [0, 1, 0xdeadbeef]) {
      expect(indexOfUuid(key, uuidOf(key, index))).toBe(index);
      expect(indexOfUlid(key, ulidOf(key, index))).toBe(index);
      expect(indexOfHex24(key, hex24Of(key, index))).toBe(index);
      expect(indexOfUuid(key + 1, uuidOf(key, index))).toBeNull();
    }
  }
  expect(uuidOf(5, 6)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  expect(ulidOf(5, 6)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
  expect(hex24Of(5, 6)).toMatch(/^[0-9a-f]{24}$/u);
  for (const wrong of ['', 'x', 'ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '-']) {
    expect([indexOfUuid(5, wrong), indexOfUlid(5, wrong), indexOfHex24(5, wrong)]).toEqual([
      null,
      null,
      null,
    ]);
  }
});

test('No two users of a list share an id.', () => {
  const users = createWorld({ seed: 9, users: 20_000 }).saltoKs.sites[0]!.users;
  const ids = new Set(Array.from({ length: 20_000 }, (_, at) => users.at(at).id));
  expect(ids.size).toBe(20_000);
});

test('Every standing occurs and its count by arithmetic is its count by walking.', () => {
  for (const standing of ['active', 'pending', 'suspended', 'blocked', 'expired'] as const) {
    const walked = Array.from({ length: 173 }, (_, at) => standingAt(at)).filter(
      (one) => one === standing,
    ).length;
    expect(standingCount(standing, 173)).toBe(walked);
    expect(walked).toBeGreaterThan(0);
  }
});

test('A list holds odd names, exact duplicates, and people of other lists with the same e-mail.', () => {
  const here = peopleOf(1, 'here.example', 'a');
  const there = peopleOf(1, 'there.example', 'b');
  const names = Array.from({ length: 640 }, (_, at) => personAt(here, at));
  const all = names.map(({ given, family }) => `${given}|${family}`).join('\n');
  for (const odd of [
    '=HYPERLINK(',
    '<img src=x onerror=',
    'ليلى',
    '🦊',
    'e\u0301',
    '  Ines | Lake  ',
    '__proto__',
  ]) {
    expect(all).toContain(odd);
  }
  expect(names.some(({ given }) => given.length > 200)).toBe(true);
  expect(names.some(({ email }) => email === null)).toBe(true);
  const [original, copy] = [names[146]!, names[147]!];
  expect([copy.given, copy.family, copy.email]).toEqual([original.given, original.family, original.email]);
  expect(personAt(there, 4).email).toBe(personAt(here, 4).email);
  expect(personAt(there, 5).email).not.toBe(personAt(here, 5).email);
});

test('A person of several sites has one platform id and other site user ids.', () => {
  const [first, second] = createWorld({ seed: 1 }).saltoKs.sites;
  const [here, there] = [first!.users.at(20), second!.users.at(20)];
  expect(here.user.id).toBe(there.user.id);
  expect(here.user.email).toBe(there.user.email);
  expect(here.id).not.toBe(there.id);
  expect(here.id).not.toBe(here.user.id);
});

test('Accounts are users of the sites and locations that they reach.', () => {
  const account = {
    id: '5a1f0c3d9b7e4a2c6d8f0b99',
    username: 'mara.holm@partner.example',
    password: 'demo',
    role: 'system user',
    reach: 2,
    exercise: false,
  };
  const world = createWorld({
    seed: 1,
    accounts: [
      { ...account, provider: 'salto-ks' },
      { ...account, provider: 'smartenit' },
    ],
  });
  expect(world.installations('salto-ks', 'all').map(({ users }) => users)).toEqual([
    1500, 413, 173, 100, 26, 0,
  ]);
  expect(world.installations('smartenit', 'all').map(({ users }) => users)).toEqual([261, 83, 16]);
  const member = world.saltoKs.sites[1]!.users.at(412);
  expect(member.user).toMatchObject({ first_name: 'Mara', last_name: 'Holm', has_profile: true });
  expect(member.roles.map(({ code }) => code)).toEqual(['site_owner']);
});

test('Changes to a list are kept beside its seeded part.', () => {
  const list = recordsOf<{ id: string }>({
    count: 4,
    make: (index) => ({ id: `s${index}` }),
    indexOf: (id) => (id.startsWith('s') ? Number(id.slice(1)) : null),
  });
  const ids = (): string[] => Array.from({ length: list.count() }, (_, at) => list.at(at).id);
  list.add('x', { id: 'x' });
  expect(list.remove('s1')).toBe(true);
  expect(list.remove('s3')).toBe(true);
  expect(list.remove('s3')).toBe(false);
  expect(list.replace('s2', { id: 's2 changed' })).toBe(true);
  expect(list.replace('nobody', { id: 'nobody' })).toBe(false);
  expect(ids()).toEqual(['s0', 's2 changed', 'x']);
  expect([list.find('s1'), list.find('s9'), list.find('x')]).toEqual([null, null, { id: 'x' }]);
  expect(() => list.at(3)).toThrow(RangeError);
});
