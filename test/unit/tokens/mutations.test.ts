import { expect, test } from 'vitest';
import { inspectToken } from '../../../main/tokens/inspect.ts';
import { clock, sign, signer } from './fixtures.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

async function isValid(token: string, keys: Parameters<typeof inspectToken>[0]['keys']): Promise<boolean> {
  return (await inspectToken({ token, clock, ...(keys && { keys }) })).verdict.code === 'valid';
}

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])(
  'no change of one character leaves a %s token valid',
  async (alg) => {
    const by = await signer(alg);
    const token = await sign(by);
    const keys = { keys: [by.publicJwk] };
    expect(await isValid(token, keys)).toBe(true);
    for (let at = 0; at < token.length; at += 1) {
      const old = alphabet.indexOf(token.charAt(at));
      const replacement = old < 0 ? 'A' : alphabet.charAt((old + 1 + (at % 62)) % 64);
      const changed = token.slice(0, at) + replacement + token.slice(at + 1);
      expect(await isValid(changed, keys), `position ${at}`).toBe(false);
    }
  },
);

test.each(['RS256', 'ES256'])('no cut, doubled or swapped piece leaves a %s token valid', async (alg) => {
  const by = await signer(alg);
  const token = await sign(by);
  const keys = { keys: [by.publicJwk] };
  const [header = '', payload = '', signature = ''] = token.split('.');
  const changed = [
    `${payload}.${header}.${signature}`,
    `${header}.${payload}.`,
    `${header}..${signature}`,
    `.${payload}.${signature}`,
    `${header}.${payload}.${signature}${signature}`,
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.${signature}.`,
    `${header}.${payload}.${signature}A`,
    `${token}.${token}`,
  ];
  for (let length = 0; length < token.length; length += 7) changed.push(token.slice(0, length));
  for (const each of changed) expect(await isValid(each, keys), each).toBe(false);
});

test('an ES256 signature of zeros is refused', async () => {
  const by = await signer('ES256');
  const [header, payload] = (await sign(by)).split('.');
  const zeros = Buffer.alloc(64).toString('base64url');
  expect(await isValid(`${header}.${payload}.${zeros}`, { keys: [by.publicJwk] })).toBe(false);
});
