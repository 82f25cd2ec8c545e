import { expect, test } from 'vitest';
import { redactPath } from '../../../main/http/redact.ts';

test.each([
  ['/v1/sites', '/v1/sites'],
  ['/v1/sites?$filter=a%20eq%201&page=2', '/v1/sites?$filter=…&page=2'],
  ['/v1/sites?%24top=100&$skip=0&limit=50', '/v1/sites?$top=100&$skip=0&limit=50'],
  ['/?code=123456&state=', '/?code=…&state=…'],
  ['/?page=eyJhbGciOi&limit=1e9', '/?page=…&limit=…'],
  ['/?q=ann@example.com&ann@example.com=1', '/?q=…&…'],
  ['/?a-token-without-a-name', '/?…'],
  [`/?${'x'.repeat(41)}=1`, '/?…'],
  ['/users/5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be102/roles', '/users/5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be102/roles'],
  ['/users/ann@example.com/roles', '/users/…/roles'],
  ['/users/ann%40example.com', '/users/…'],
  [`/invite/${'t'.repeat(65)}`, '/invite/…'],
  ['/a#token', '/a'],
  ['/a?', '/a'],
])('%s is shown as %s', (text, shown) => {
  expect(redactPath(new URL(text, 'https://ann:pass-word-1@api.vendor.example'))).toBe(shown);
});
