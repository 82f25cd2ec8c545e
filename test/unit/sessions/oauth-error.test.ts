import { expect, test } from 'vitest';
import { forPeople, readOAuthError } from '../../../main/sessions/oauth-error.ts';

const read = (text: string): ReturnType<typeof readOAuthError> =>
  readOAuthError({
    url: 'https://id.acme.example/token',
    status: 400,
    contentType: 'application/json',
    retryAfter: null,
    text,
  });

test.each([
  ['{"error":"invalid_grant"}', { error: 'invalid_grant', vendorCode: null, description: '' }],
  [
    '{"error":"invalid_client","error_description":"who?","error_hint":"ask"}',
    { error: 'invalid_client', vendorCode: null, description: 'who? ask' },
  ],
  ['{"error":"x","error_description":{"a":1}}', { error: 'x', vendorCode: null, description: '' }],
  [
    '{"error":{"message":"outer","errors":[{"code":"101","message":"wrong user"}]}}',
    { error: null, vendorCode: 101, description: 'wrong user' },
  ],
  ['{"error":{"errors":[{"code":100}]}}', { error: null, vendorCode: 100, description: '' }],
  ['{"error":{"message":"outer","errors":"no"}}', { error: null, vendorCode: null, description: 'outer' }],
  ['{"error":{"errors":[null]}}', { error: null, vendorCode: null, description: '' }],
])('%s is read', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each(['', '<html>', '[]', 'null', '"invalid_grant"', '{"error":true}', '{"message":"invalid_grant"}'])(
  '%j is no OAuth error',
  (text) => {
    expect(read(text)).toBeNull();
  },
);

test('the words of a server are made safe to show', () => {
  expect(forPeople(' a\u001b[31m\r\nb\u202e c\u200b\t')).toBe('a [31m b c');
  expect(forPeople('x'.repeat(500))).toBe(`${'x'.repeat(199)}…`);
  expect(forPeople('x'.repeat(200))).toBe('x'.repeat(200));
  expect(forPeople(`${'x'.repeat(199)}\u{1f600}`).isWellFormed()).toBe(true);
});
