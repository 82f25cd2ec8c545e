import { expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../../main/browser/headers.ts';
import { doorAddress } from '../../../../main/browser/origin.ts';
import { contentPolicy, securityHeaders } from '../../../../main/desktop/security/content-policy.ts';

const directives = new Map(
  contentPolicy.split('; ').map((text) => {
    const [name = '', ...values] = text.split(' ');
    return [name, values.join(' ')];
  }),
);

test('nothing is allowed that is not named, and no connection at all', () => {
  for (const name of ['default-src', 'connect-src', 'base-uri', 'form-action', 'frame-ancestors'])
    expect(directives.get(name), name).toBe("'none'");
});

test('script comes from our files only: none inline, none from text', () => {
  expect(directives.get('script-src')).toBe("'self'");
  expect(directives.get('require-trusted-types-for')).toBe("'script'");
  expect(directives.get('trusted-types')).toBe('svelte-trusted-html');
  expect(contentPolicy).not.toMatch(/unsafe-(inline|eval)|\*|https?:/);
});

test('both doors have the same policy but for the connection', () => {
  const other = contentSecurityPolicy(doorAddress(4711)).replace(/connect-src [^;]*/, "connect-src 'none'");
  expect(contentPolicy).toBe(other);
});

test('it is sent with every file', () => {
  expect(securityHeaders['Content-Security-Policy']).toBe(contentPolicy);
  expect(securityHeaders['X-Content-Type-Options']).toBe('nosniff');
});
