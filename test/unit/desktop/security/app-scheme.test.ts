import type { CustomScheme } from 'electron';
import { expect, test } from 'vitest';
import { isOurs, registerAppScheme } from '../../../../main/desktop/security/app-scheme.ts';

test('the scheme is an origin and a secure context, and has no privilege besides', () => {
  const registered: CustomScheme[] = [];
  registerAppScheme({ registerSchemesAsPrivileged: (schemes) => void registered.push(...schemes) });
  expect(registered).toHaveLength(1);
  const [{ scheme, privileges = {} } = { scheme: '' }] = registered;
  expect(scheme).toBe('app');
  const granted = Object.entries(privileges).flatMap(([name, value]) => (value === true ? [name] : []));
  expect(granted).toEqual(['standard', 'secure']);
});

test.each(['app://latchkey/', 'app://latchkey/index.html#/users', 'app://latchkey/assets/index.js'])(
  '%s is ours',
  (address) => expect(isOurs(address)).toBe(true),
);

test.each([
  ...[
    'app://other/',
    'app://latchkey.evil.example/',
    'app://user@latchkey/',
    'app:latchkey',
    'apps://latchkey/',
  ],
  ...['https://latchkey/', 'file:///latchkey/', 'about:blank', 'data:text/html,app://latchkey/', ''],
])('%s is not ours', (address) => expect(isOurs(address)).toBe(false));
