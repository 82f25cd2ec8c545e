import { expect, test } from 'vitest';
import { parseHttpDate } from '../../../main/http/http-date.ts';
import { retryAfterMs } from '../../../main/http/retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

test.each([
  ['0', 0],
  ['7', 7000],
  [' 120 ', 120_000],
  ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
  ['99999999999999999999', 86_400_000],
  ['Sun, 22 Nov 2037 12:00:00 GMT', 86_400_000],
])('Retry-After "%s" asks to wait %d ms', (field, expected) => {
  expect(retryAfterMs(field, now)).toBe(expected);
});

test.each([null, '', '-5', '1.5', '1e3', '0x10', 'soon', '2026-11-22T12:00:30Z', 'Infinity'])(
  'Retry-After %j says nothing',
  (field) => {
    expect(retryAfterMs(field, now)).toBeNull();
  },
);

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  'the date "%s" is one of the three forms of RFC 9110 5.6.7',
  (text) => {
    expect(parseHttpDate(text, now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  },
);

test('a two-digit year is never more than 50 years ahead', () => {
  expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
  expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
});

test.each([
  'Sun, 31 Feb 2026 08:49:37 GMT',
  'Sun, 06 Foo 2026 08:49:37 GMT',
  'Sun, 06 Nov 2026 24:00:00 GMT',
  'Sun, 06 Nov 2026 0:49:370 GMT',
  'Sun, 06 Nov 2026 08:49:37 +0100',
])('"%s" is no HTTP date', (text) => {
  expect(parseHttpDate(text, now)).toBeNull();
});
