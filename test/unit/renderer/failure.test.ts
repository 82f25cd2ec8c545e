import { expect, test } from 'vitest';
import { hintOnScreen, inOneLine } from '../../../renderer/format/failure.ts';

test.each([
  ['Sign in again: latchkey login ks', 'Sign in again.'],
  [
    'Sign in again: latchkey login "north pier". If it comes back, ask Salto.',
    'Sign in again. If it comes back, ask Salto.',
  ],
  ['Sign in with: latchkey login acme.prod', 'Sign in.'],
  [
    'newcomer was not added. Behind a company proxy, set it: latchkey settings set proxy ADDRESS',
    'newcomer was not added. Behind a company proxy, set it.',
  ],
  ['See the names with: latchkey connections list', 'See the names.'],
  [
    'Check the proxy (latchkey settings show, HTTPS_PROXY, NO_PROXY) and that it runs.',
    'Check the proxy (HTTPS_PROXY, NO_PROXY) and that it runs.',
  ],
  [
    'Some servers compare them undecoded, try --client-auth basic-raw. Whom to ask: Salto.',
    'Some servers compare them undecoded, try the client authentication “HTTP Basic, as typed” under Advanced. Whom to ask: Salto.',
  ],
  [
    'Unlock it and try again, keep secrets in memory for this run (in the desktop app or with `latchkey serve`), or use a file that a passphrase protects: --vault file.',
    'Unlock it and try again, keep secrets in memory for this run, or use a file that a passphrase protects.',
  ],
  ['Read it again in a few minutes.', 'Read it again in a few minutes.'],
  ['', ''],
])('the hint %j is %j on the screen', (hint, shown) => {
  expect(hintOnScreen(hint)).toBe(shown);
});

test('what happened and what to do are two sentences, though the first ends in somebody’s words', () => {
  expect(inOneLine({ message: 'It says: "grant request is invalid"', hint: 'Sign in again.' })).toBe(
    'It says: "grant request is invalid". Sign in again.',
  );
  expect(inOneLine({ message: 'It stopped.', hint: '' })).toBe('It stopped.');
});
