import { expect, test } from 'vitest';
import { shortcutOf } from '../../../renderer/shell/shortcuts.ts';
import { hashOf, idsOf, keyOfUser, routeOf, viewMeant } from '../../../renderer/state/route.ts';

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
  expect(routeOf(hashOf('users', parameters))).toEqual({ view: 'users', parameters, unknown: null });
});

test('an address that is not understood is the overview, and keeps what it said', () => {
  expect(routeOf('')).toEqual({ view: 'overview', parameters: {}, unknown: null });
  expect(routeOf('#/secrets?x=1')).toEqual({ view: 'overview', parameters: { x: '1' }, unknown: 'secrets' });
});

test('a view is recognised in what was typed for it', () => {
  expect(['Users', 'user', 'users/all', 'system_user', 'System user', 'conn'].map(viewMeant)).toEqual([
    'users',
    'users',
    'users',
    'system-user',
    'system-user',
    'connections',
  ]);
  expect(['', 'u', 'secrets', '/', '%'].map(viewMeant)).toEqual(Array.from({ length: 5 }));
});

test('the ids of a row come back from its address, and nothing from one that was cut', () => {
  const row = { connection: 'a/b', installation: '%2f', id: 'ü?&' };
  expect(idsOf(keyOfUser(row), 3)).toEqual(['a/b', '%2f', 'ü?&']);
  expect(idsOf('acme/i1', 3)).toBeNull();
  expect(idsOf('acme//u1', 3)).toBeNull();
  expect(idsOf('acme/%E0%/u1', 3)).toBeNull();
});
