import { expect, test } from 'vitest';
import { inWords } from '../../../main/bridge/export-words.ts';
import type { Connection } from '../../../main/connections/connection.ts';

const known = [
  { id: 'c1', name: 'acme' },
  { id: 'c2', name: 'fleet' },
] as unknown as Connection[];
const users = (connection: string, id: string, name: string) => ({
  key: { kind: 'users', connection, installation: { id, name } } as const,
});
const lists = [users('c1', 'i1', 'Mill'), users('c1', 'i2', 'Harbour'), users('c2', 'i1', 'Lighthouse')];
const places = [
  { connection: 'c2', installation: 'i1' },
  { connection: 'c1', installation: 'i2' },
  { connection: 'c1', installation: 'gone' },
];

test.each([
  ['everywhere', 'people who are in each of Lighthouse (fleet), Harbour (acme), gone (acme)'],
  ['some', 'people who are in some but not all of Lighthouse (fleet), Harbour (acme), gone (acme)'],
  ['only_first', 'people who are in Lighthouse (fleet) and not in Harbour (acme), gone (acme)'],
  ['duplicates', 'people who stand more than once in one of Lighthouse (fleet), Harbour (acme), gone (acme)'],
] as const)('a comparison is said in words with the installations in their order: %s', (find, words) => {
  expect(inWords({ what: 'comparison', places, find }, known, lists)).toBe(words);
  const searched = inWords({ what: 'comparison', places, find, search: 'ann' }, known, lists);
  expect(searched).toBe(`${words}, search "ann"`);
});

test('one place is compared with none, and of a thousand as many are named as a cell holds', () => {
  const one = { what: 'comparison', places: places.slice(0, 1), find: 'only_first' } as const;
  expect(inWords(one, known, lists)).toBe('people who are in Lighthouse (fleet)');
  const many = Array.from({ length: 1000 }, (_, at) => ({ connection: 'c1', installation: `i${at}` }));
  const said = inWords({ what: 'comparison', places: many, find: 'everywhere' }, known, lists);
  expect(said).toMatch(/i99 \(acme\), 900 more$/);
});

test('a list is said by its filters', () => {
  expect(inWords({ what: 'users' }, known, lists)).toBe('all users');
  const asked = { what: 'users', connection: 'c2', status: 'active', descending: true } as const;
  expect(inWords(asked, known, lists)).toBe('connection fleet, status active');
});
