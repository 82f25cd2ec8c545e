import { expect, test } from 'vitest';
import { denyNavigation } from '../../../../main/desktop/security/navigation.ts';
import { contentsAt } from './contents.ts';

const { contents, prevented } = contentsAt('app://latchkey/#/users');
denyNavigation(contents);

test.each([
  ...[
    'https://evil.example/',
    'file:///etc/passwd',
    'app://latchkey/assets/index.js',
    'app://other/',
    'about:blank',
  ],
])('the window does not go to %s', (url) => {
  expect(prevented('will-frame-navigate', { url, isMainFrame: true })).toBe(true);
});

test('the window loads its own page again', () => {
  expect(prevented('will-frame-navigate', { url: 'app://latchkey/', isMainFrame: true })).toBe(false);
});

test('no frame in it goes anywhere', () => {
  expect(prevented('will-frame-navigate', { url: 'app://latchkey/', isMainFrame: false })).toBe(true);
});

test('no answer sends it elsewhere', () => {
  expect(prevented('will-redirect', { url: 'https://evil.example/', isMainFrame: true })).toBe(true);
});
