import { expect, test } from 'vitest';
import { shapeOf, vendorWords } from '../../../main/providers/vendor-words.ts';

test('what a server said is one short line without control or direction characters', () => {
  expect(vendorWords('a\r\nb\u0000\u202ec\u001b[31md')).toBe('a b c [31md');
  const long = vendorWords('word '.repeat(5000));
  expect(Array.from(long ?? '')).toHaveLength(200);
  expect(long?.endsWith('…')).toBe(true);
  expect(vendorWords(' \n ')).toBeNull();
  expect(vendorWords({ toString: () => 'x' })).toBeNull();
});

test.each([
  'Bearer abc123 was refused',
  'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl is invalid',
  'client_secret=abc123 is wrong',
  '{"password": "abc123"}',
  `key ${'abc123'.repeat(10)}`,
  'refresh_token: abc123',
])('nothing that looks like a secret is repeated: %s', (text) => {
  expect(vendorWords(text)).not.toMatch(/abc123|eyJ/);
  expect(vendorWords(text)).toContain('…');
});

test('a UUID and an ordinary sentence stay as they are', () => {
  const text =
    "User 5f0c2c1e-6d0b-4c7e-9a55-0f3d5b1f7a01 does not have permission; audience 'core_api' is invalid";
  expect(vendorWords(text)).toBe(text);
});

test('a shape is told by types and names, never by values', () => {
  expect(shapeOf({ error: 'private', token: 'private' })).toBe('an object with the members error, token');
  expect(shapeOf(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`m${index}`, 1])))).toMatch(
    /m7 and 12 more$/,
  );
  expect([null, [], [1, 2], 'private', 7, true, {}, undefined].map(shapeOf)).toEqual([
    'null',
    'an empty array',
    'an array of 2',
    'text',
    'a number',
    'true or false',
    'an empty object',
    'nothing',
  ]);
});
