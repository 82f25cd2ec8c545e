import { expect, test } from 'vitest';
import { validateAccessToken } from '../../../main/tokens/access-token.ts';
import { namesUnknownKey } from '../../../main/tokens/signature.ts';
import { claims, clock, sign, signer } from './fixtures.ts';

const rsa = await signer('RS256');
const keys = { keys: [rsa.publicJwk] };
const expected = { keys, clock, issuer: claims.iss, audience: claims.aud };

test('a good access token gives its claims', async () => {
  expect(await validateAccessToken({ token: await sign(rsa), ...expected })).toEqual({
    ok: true,
    value: claims,
  });
});

test.each([
  ['issuer (iss)', { ...claims, iss: 'https://elsewhere.example' }],
  ['audience (aud)', { ...claims, aud: 'someone-else' }],
  ['expiry (exp)', { ...claims, exp: claims.iat - 3600 }],
  ['expiry (exp)', { ...claims, exp: undefined }],
])('an access token that fails the %s check is refused by that name', async (check, payload) => {
  const result = await validateAccessToken({ token: await sign(rsa, payload), ...expected });
  expect(result).toMatchObject({ ok: false, error: { code: 'access_token_invalid' } });
  expect(!result.ok && result.error.message).toContain(`failed the ${check} check`);
});

test('a token signed by a stranger fails the signature check, and so does an opaque one its form', async () => {
  const stranger = await signer('RS256', 'stranger');
  const forged = await validateAccessToken({
    token: await sign(stranger, claims, { kid: 'RS256-key' }),
    ...expected,
  });
  expect(!forged.ok && forged.error.message).toContain('failed the signature check');
  const opaque = await validateAccessToken({ token: 'abcdef', ...expected });
  expect(!opaque.ok && opaque.error.message).toContain('failed the form check');
});

test('a rotated key is noticed before the token is judged', () => {
  expect(namesUnknownKey({ kid: 'new' }, keys.keys)).toBe(true);
  expect(namesUnknownKey({ kid: 'RS256-key' }, keys.keys)).toBe(false);
  expect(namesUnknownKey({}, keys.keys)).toBe(false);
});
