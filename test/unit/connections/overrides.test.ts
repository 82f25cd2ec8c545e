import { expect, test } from 'vitest';
import { parseOverrides } from '../../../main/connections/overrides.ts';

test('keys with and without a dot, values with anything in them', () => {
  const settings = [
    'issuer=https://id.acme.example',
    'paths.users=/v2/people?a=b',
    'apiHeaders.x-tenant= acme ',
    'authorizationParams.login_hint=someone',
    'switches.count=off',
    'tokenEncoding=json',
    'redirectHost=localhost',
  ];
  expect(parseOverrides(settings)).toEqual({
    ok: true,
    value: {
      issuer: 'https://id.acme.example',
      paths: { users: '/v2/people?a=b' },
      apiHeaders: { 'x-tenant': 'acme' },
      authorizationParams: { login_hint: 'someone' },
      switches: { count: 'off' },
      tokenEncoding: 'json',
      redirectHost: 'localhost',
    },
  });
});

test('the last of two counts, and an empty value takes away', () => {
  expect(
    parseOverrides(['apiBase=https://a.example', 'apiBase=', 'tokenEncoding=', 'redirectHost=']),
  ).toEqual({
    ok: true,
    value: { apiBase: '', tokenEncoding: undefined, redirectHost: undefined },
  });
});

test.each([
  'issuer',
  '=x',
  'unknown=x',
  'Issuer=x',
  'paths=x',
  'tokenEncoding=xml',
  'redirectHost=0.0.0.0',
  'redirectHost=evil.example',
  'apiHeaders.Authorization=Bearer x',
  'apiHeaders.cookie=x',
  'apiHeaders.HOST=x',
  'apiHeaders.connection=close',
  'apiHeaders.Upgrade=x',
  'authorizationParams.state=x',
  'authorizationParams.redirect_uri=https://evil.example',
  'authorizationParams.client_id=x',
  'authorizationParams.response_mode=form_post',
  'paths.__proto__=x',
  'switches.constructor=x',
  '__proto__.polluted=x',
])('%s is refused', (setting) => {
  const parsed = parseOverrides([setting]);
  expect(parsed).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
  expect(Object.prototype).not.toHaveProperty('polluted');
});

test('the refusal of a value does not repeat it where it could be a secret', () => {
  expect(JSON.stringify(parseOverrides(['apiHeaders.Authorization=Bearer hunter2']))).not.toContain(
    'hunter2',
  );
});
