import { expect, test } from 'vitest';
import { countOf, idOf, member, momentOf } from '../../../main/providers/reading.ts';

test('a time without a zone is UTC on every computer, and an unset time is none', () => {
  const noon = Date.parse('2026-06-01T12:00:00Z');
  expect(momentOf('2026-06-01T12:00:00')).toBe(noon);
  expect(momentOf('2026-06-01T14:00:00+02:00')).toBe(noon);
  expect(momentOf('2026-06-01T12:00:00.000000000Z')).toBe(noon);
  expect(momentOf('2026-06-01')).toBe(Date.parse('2026-06-01T00:00:00Z'));
  for (const unset of ['0001-01-01T00:00:00', '1970-01-01T00:00:00Z', 'soon', '', null, 5])
    expect(momentOf(unset)).toBeNull();
});

test('an id is text or a number that JSON could carry exactly', () => {
  expect([idOf('a'), idOf(7), idOf(0)]).toEqual(['a', '7', '0']);
  for (const none of ['', ' ', 2 ** 53, 1.5, NaN, null, {}, [], true]) expect(idOf(none)).toBeNull();
});

test('counts are whole and not negative; digits in text count too', () => {
  expect([countOf(0), countOf(12), countOf('34')]).toEqual([0, 12, 34]);
  for (const none of [-1, 1.5, '1e3', '', null, [], '9'.repeat(30)]) expect(countOf(none)).toBeNull();
});

test('inherited members are no members', () => {
  expect(member({}, 'constructor', 'toString')).toBeUndefined();
  expect(
    member(JSON.parse('{"__proto__":{"items":[1]}}') as Record<string, unknown>, 'items'),
  ).toBeUndefined();
});
