import { expect, test } from 'vitest';
import { shortcutOf } from '../../../renderer/shell/shortcuts.ts';
import { hashOf, routeOf } from '../../../renderer/state/route.ts';

const key = (name: string, more: object = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  target: null,
  ...more,
});

test('keys mean what the list of keys says', () => {
  expect(shortcutOf(key('k', { ctrlKey: true }), false)).toEqual({ kind: 'palette' });
  expect(shortcutOf(key('K', { metaKey: true }), false)).toEqual({ kind: 'palette' });
  expect(shortcutOf(key('?'), false)).toEqual({ kind: 'keys' });
  expect(shortcutOf(key('/'), false)).toEqual({ kind: 'search' });
  expect(shortcutOf(key('4'), false)).toEqual({ kind: 'view', number: 4 });
});

test('keys typed into a field or an open dialog, or taken by somebody else, mean nothing', () => {
  expect(shortcutOf(key('4', { target: { tagName: 'INPUT' } }), false)).toBeNull();
  expect(shortcutOf(key('/', { target: { tagName: 'TEXTAREA' } }), false)).toBeNull();
  expect(shortcutOf(key('?'), true)).toBeNull();
  expect(shortcutOf(key('1', { ctrlKey: true }), false)).toBeNull();
  expect(shortcutOf(key('1', { defaultPrevented: true }), false)).toBeNull();
  expect(shortcutOf(key('9'), false)).toBeNull();
});

test('a route survives its address, whatever an id looks like', () => {
  const parameters = { connection: 'a&b=c#d', search: 'Ana Lúcia ?' };
  expect(routeOf(hashOf('users', parameters))).toEqual({ view: 'users', parameters });
});

test('an address that is not understood is the overview', () => {
  expect(routeOf('').view).toBe('overview');
  expect(routeOf('#/secrets?x=1').view).toBe('overview');
});
