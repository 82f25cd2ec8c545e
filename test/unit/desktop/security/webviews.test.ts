import { expect, test } from 'vitest';
import { denyWebviews } from '../../../../main/desktop/security/webviews.ts';
import { contentsAt } from './contents.ts';

test('no webview is attached', () => {
  const { contents, prevented } = contentsAt('app://latchkey/');
  denyWebviews(contents);
  expect(prevented('will-attach-webview')).toBe(true);
});
