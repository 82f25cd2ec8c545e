import { expect, test } from 'vitest';
import { facetCounts, summaries } from '../../../main/directory/facet-counts.ts';
import type { Tally } from '../../../main/directory/rows.ts';

const today = 20_000;
const connections = [
  { id: 'c1', name: 'Acme', provider: 'salto-ks' },
  { id: 'c2', name: 'Bee', provider: 'salto-nebula' },
] as const;

function tally(count: number, more: Partial<Tally> = {}): Tally {
  return {
    connection: 'c1',
    installation: { id: 'i1', name: 'Harbour' },
    status: 'active',
    roles: ['Site User'],
    endsOn: null,
    without: [],
    count,
    ...more,
  };
}

const tallies = [
  tally(10),
  tally(5, { status: 'blocked', roles: ['Site User', 'Site Admin'] }),
  tally(3, { connection: 'c2', installation: { id: 'i2', name: 'Depot' }, without: ['email'] }),
  tally(2, { endsOn: today + 7 }),
  tally(1, { endsOn: today + 8, status: 'blocked' }),
  tally(4, { endsOn: today - 1, status: 'expired' }),
];

const valuesOf = (name: string, choice = {}): Record<string, number> => {
  const facet = facetCounts(tallies, choice, connections, today).facets.find((each) => each.name === name);
  return Object.fromEntries(facet?.values.map(({ value, count }) => [value, count]) ?? []);
};

test('every value has its count, the most frequent first', () => {
  const { total, facets } = facetCounts(tallies, {}, connections, today);
  expect(total).toBe(25);
  expect(facets.find(({ name }) => name === 'connection')?.values).toEqual([
    { value: 'c1', label: 'Acme', count: 22 },
    { value: 'c2', label: 'Bee', count: 3 },
  ]);
  expect(valuesOf('role')).toEqual({ 'Site User': 25, 'Site Admin': 5 });
  expect(valuesOf('expiring')).toEqual({ '7': 2, '30': 3, '90': 3, later: 3 });
  expect(valuesOf('without')).toEqual({ email: 3 });
});

test('a facet is counted under all other choices but its own', () => {
  expect(valuesOf('status', { status: 'blocked' })).toEqual({ active: 15, blocked: 6, expired: 4 });
  expect(valuesOf('role', { status: 'blocked' })).toEqual({ 'Site User': 6, 'Site Admin': 5 });
  expect(valuesOf('status', { status: 'blocked', role: 'Site Admin' })).toEqual({ blocked: 5 });
  expect(
    facetCounts(tallies, { status: 'blocked', provider: 'salto-nebula' }, connections, today).total,
  ).toBe(0);
});

test('more values than a person reads are left out, and said to be', () => {
  const many = Array.from({ length: 230 }, (_, at) => tally(at, { roles: [`r${at}`] }));
  const roles = facetCounts(many, {}, connections, today).facets.find(({ name }) => name === 'role');
  expect(roles?.values).toHaveLength(200);
  expect(roles?.more).toBe(30);
  expect(roles?.values[0]).toEqual({ value: 'r229', label: 'r229', count: 229 });
});

test('an installation is summed up', () => {
  expect(summaries(tallies, today)).toEqual([
    {
      connection: 'c1',
      installation: { id: 'i1', name: 'Harbour' },
      users: 22,
      status: { active: 12, blocked: 6, expired: 4 },
      expiring: { week: 2, month: 3 },
      withoutName: 0,
      withoutEmail: 0,
    },
    expect.objectContaining({ connection: 'c2', users: 3, withoutEmail: 3 }),
  ]);
});
