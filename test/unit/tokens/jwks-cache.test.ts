import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { expect, test } from 'vitest';
import { inspectToken } from '../../../main/tokens/inspect.ts';
import {
  keyAgeSeconds,
  parseJwks,
  restoreKeySet,
  type ParsedKeySet,
} from '../../../main/tokens/jwks-cache.ts';
import { clock, noon, sign, signer } from './fixtures.ts';

const origin = {
  from: 'server',
  source: 'https://identity.vendor.example/jwks',
  fetchedAt: noon - 5000,
} as const;
const file = { from: 'file', source: 'keys.json', fetchedAt: null } as const;
const rsa = await signer('RS256');

function parse(keys: unknown, from: typeof origin | typeof file = origin): ParsedKeySet {
  const result = parseJwks(JSON.stringify({ keys }), from);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

test('usable keys of every kind are kept as they came', async () => {
  const keys: JWK[] = [];
  for (const alg of ['RS256', 'ES256', 'ES512', 'EdDSA']) keys.push((await signer(alg)).publicJwk);
  expect(parse(keys)).toEqual({
    keySet: { keys, fetchedAt: origin.fetchedAt, source: origin.source },
    warnings: [],
  });
});

test('private parts are dropped, loudly, and the key still verifies', async () => {
  const { keySet, warnings } = parse([rsa.privateJwk]);
  expect(keySet.keys).toEqual([rsa.publicJwk]);
  expect(warnings).toEqual([expect.stringContaining('"RS256-key" came with its private part')]);
  const { verdict } = await inspectToken({ token: await sign(rsa), keys: keySet, clock });
  expect(verdict.code).toBe('valid');
});

test('what cannot verify a signature is left out with its reason', async () => {
  const ec = (await signer('ES256')).publicJwk;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  const { keySet, warnings } = parse([
    { ...rsa.publicJwk, use: 'enc' },
    { kty: 'oct', k: 'c2VjcmV0', kid: 's' },
    short,
    x25519,
    { ...ec, x: ec.y, y: ec.y },
    { ...ec, crv: 'secp256k1' },
    { ...rsa.publicJwk, kid: 7 },
    { ...rsa.publicJwk, key_ops: 'verify' },
    { kty: 'XYZ' },
    null,
    'text',
    rsa.publicJwk,
  ]);
  expect(keySet.keys).toEqual([rsa.publicJwk]);
  expect(warnings).toHaveLength(11);
  expect(warnings.join('\n')).not.toContain('c2VjcmV0');
});

test('members that nobody asked for are not kept', () => {
  const { keySet } = parse([{ ...rsa.publicJwk, x5c: ['MIIB'], note: 'x'.repeat(1000) }]);
  expect(keySet.keys).toEqual([rsa.publicJwk]);
});

test.each([
  ['not JSON', '<html>'],
  ['an array', '[]'],
  ['null', 'null'],
  ['keys that are no list', '{"keys":{}}'],
  ['a hundred and one keys', JSON.stringify({ keys: Array(101).fill({}) })],
  ['a huge document', `{"keys":[],"x":"${'x'.repeat(300_000)}"}`],
  ['a deep document', '['.repeat(100_000)],
])('a document that is %s is refused', (_what, document) => {
  expect(parseJwks(document, origin)).toMatchObject({ ok: false, error: { code: 'response_unexpected' } });
  expect(parseJwks(document, file)).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
});

test("a user's file may be one key, or hold a shared secret", () => {
  const single = parseJwks(JSON.stringify(rsa.publicJwk), file);
  expect(single).toMatchObject({ ok: true, value: { keySet: { keys: [rsa.publicJwk] } } });
  expect(parse([{ kty: 'oct', k: 'c2VjcmV0' }], file).keySet.keys).toEqual([{ kty: 'oct', k: 'c2VjcmV0' }]);
});

test('a stored set comes back the same, and a tampered one is checked again', () => {
  const { keySet } = parse([rsa.publicJwk]);
  expect(restoreKeySet(JSON.parse(JSON.stringify(keySet)))).toEqual({
    ok: true,
    value: { keySet, warnings: [] },
  });
  expect(restoreKeySet({ ...keySet, keys: [{ kty: 'oct', k: 'AAAA' }] })).toMatchObject({
    ok: true,
    value: { keySet: { keys: [] } },
  });
  for (const nonsense of [undefined, null, 7, 'x', {}]) expect(restoreKeySet(nonsense).ok).toBe(false);
});

test('the age of keys is whole seconds, never negative, unknown for a file', () => {
  expect(keyAgeSeconds(noon - 90_900, clock)).toBe(90);
  expect(keyAgeSeconds(noon + 5000, clock)).toBe(0);
  expect(keyAgeSeconds(null, clock)).toBeNull();
});
