import { expect, test } from 'vitest';
import { checkEndpointUrl } from '../../../main/http/endpoint-url.ts';

test.each([
  'https://id.vendor.example/oauth2/token',
  'https://id.vendor.example:8443/token?tenant=a',
  'http://127.0.0.1:4101/token',
  'http://127.9.9.9/token',
  'http://[::1]:4101/token',
  'http://localhost:4101/token',
  'HTTP://LOCALHOST/token',
])('%s may be sent to', (text) => {
  const checked = checkEndpointUrl(text, 'The token endpoint');
  expect(checked).toMatchObject({ ok: true, value: new URL(text) });
});

test.each([
  ['http://id.vendor.example/token', 'unencrypted to id.vendor.example'],
  ['http://127.0.0.1.vendor.example/', 'unencrypted'],
  ['http://localhost.vendor.example/', 'unencrypted'],
  ['http://[::2]/', 'unencrypted'],
  ['http://10.0.0.1/', 'unencrypted'],
  ['https://ann:pass-word-1@id.vendor.example/', 'user name or password'],
  ['https://id.vendor.example/#part', 'fragment'],
  ['https://id.vendor.example/#', 'fragment'],
  ['ftp://id.vendor.example/', 'not a web address'],
  ['file:///etc/passwd', 'not a web address'],
  ['javascript:alert(1)', 'not a web address'],
  ['id.vendor.example/token', 'not a complete web address'],
  ['', 'not a complete web address'],
])('%s is refused', (text, words) => {
  const checked = checkEndpointUrl(text, 'The token endpoint');
  expect(checked).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  const said = checked.ok ? '' : checked.error.message;
  expect(said).toContain('The token endpoint');
  expect(said).toContain(words);
});

test('a refusal repeats no secret that was pasted into the wrong field', () => {
  for (const text of ['https://ann:pass-word-1@id.vendor.example/', 'pass-word-1', 'pass-word-1://x']) {
    expect(JSON.stringify(checkEndpointUrl(text, 'The issuer'))).not.toContain('pass-word-1');
  }
});
