import type { CallbackResponse, OnBeforeRequestListenerDetails, WebRequest } from 'electron';
import { expect, test } from 'vitest';
import { onlyOwnRequests } from '../../../../main/desktop/security/requests.ts';

function cancelled(url: string, packaged = true): boolean {
  let answer: CallbackResponse = {};
  const webRequest = {
    onBeforeRequest(
      rule: (details: OnBeforeRequestListenerDetails, give: (response: CallbackResponse) => void) => void,
    ) {
      rule({ url } as OnBeforeRequestListenerDetails, (response) => (answer = response));
    },
  } as unknown as WebRequest;
  onlyOwnRequests({ webRequest }, packaged);
  return answer.cancel === true;
}

test.each(['app://latchkey/', 'app://latchkey/assets/index.css', 'data:image/png;base64,AA'])(
  '%s is loaded',
  (url) => expect(cancelled(url)).toBe(false),
);

test.each([
  ...['http://vendor.example/a.js', 'https://vendor.example/a.js', 'ws://127.0.0.1:1/', 'file:///etc/passwd'],
  ...[
    'ftp://vendor.example/',
    'app://other/a.js',
    'chrome-extension://abc/a.js',
    'blob:https://vendor.example/1',
  ],
])('%s is not loaded', (url) => expect(cancelled(url)).toBe(true));

test('developer tools load their own files, where there are any', () => {
  expect(cancelled('devtools://devtools/bundled/inspector.html', false)).toBe(false);
  expect(cancelled('devtools://devtools/bundled/inspector.html', true)).toBe(true);
});
