import { expect, test } from 'vitest';
import { typedConnection } from '../../../main/bridge/connection-input.ts';

test('what was left out stays out, and secrets left empty count as not given', () => {
  const typed = typedConnection({ name: 'acme', clientSecret: '', password: 'demo-p-1' });
  expect(typed).toEqual({
    ok: true,
    value: { input: { name: 'acme', overrides: {} }, credentials: { password: 'demo-p-1' } },
  });
});

test('overrides are the keys of --set, grouped ones with a dot', () => {
  const typed = typedConnection({
    overrides: {
      issuer: 'https://id.vendor.example',
      'paths.users': '/v2/people?a=b',
      tokenEncoding: 'json',
      apiBase: '',
    },
  });
  expect(typed).toMatchObject({
    ok: true,
    value: {
      input: {
        overrides: {
          issuer: 'https://id.vendor.example',
          paths: { users: '/v2/people?a=b' },
          tokenEncoding: 'json',
          apiBase: '',
        },
      },
    },
  });
});

test.each([['issuer=https://evil.example/'], ['paths users'], ['unknown'], ['apiHeaders.Cookie']])(
  'an override named %j is invalid input',
  (key) => {
    expect(typedConnection({ overrides: { [key]: 'x' } })).toMatchObject({
      ok: false,
      error: { code: 'input_invalid', field: 'overrides' },
    });
  },
);
