import { expect, test } from 'vitest';
import { createRecordRing, redactUrl } from '../../../main/http/records.ts';

test.each([
  ['https://api.vendor.example/v1/sites', 'https://api.vendor.example/v1/sites'],
  [
    'https://api.vendor.example/v1/sites?$filter=a%20eq%201&page=2',
    'https://api.vendor.example/v1/sites?$filter=…&page=…',
  ],
  ['https://api.vendor.example/?code=abc&state=', 'https://api.vendor.example/?code=…&state=…'],
  ['https://api.vendor.example/?a-token-without-a-name', 'https://api.vendor.example/?…'],
  [`https://api.vendor.example/?${'x'.repeat(41)}=1`, 'https://api.vendor.example/?…'],
  ['https://ann:pass-word-1@api.vendor.example/a#token', 'https://api.vendor.example/a'],
  ['https://api.vendor.example/a?', 'https://api.vendor.example/a'],
])('%s is shown as %s', (text, shown) => {
  expect(redactUrl(new URL(text))).toBe(shown);
});

test('only the last records are kept, oldest first', () => {
  const ring = createRecordRing(2);
  for (const url of ['a', 'b', 'c']) {
    ring.add({ time: '', method: 'GET', url, status: 200, milliseconds: 1, failure: null });
  }
  expect(ring.all().map((record) => record.url)).toEqual(['b', 'c']);
});
