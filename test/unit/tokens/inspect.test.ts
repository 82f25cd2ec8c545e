import { createPublicKey } from 'node:crypto';
import { CompactEncrypt, SignJWT, type JWK } from 'jose';
import { expect, test } from 'vitest';
import { inspectToken, type InspectionRequest } from '../../../main/tokens/inspect.ts';
import { judge, precedence, type Inspection, type VerdictCode } from '../../../main/tokens/verdict.ts';
import { assemble, base64url, claims, clock, noon, noonSeconds, sign, signer } from './fixtures.ts';

function inspect(
  token: string,
  keys: readonly JWK[] | null,
  more: Partial<InspectionRequest> & { fetchedAt?: number } = {},
): Promise<Inspection> {
  const { fetchedAt = null, ...rest } = more;
  return inspectToken({ token, keys: keys && { keys, fetchedAt }, clock, ...rest });
}

async function verdict(
  token: string,
  keys: readonly JWK[] | null,
  more: Partial<InspectionRequest> & { fetchedAt?: number } = {},
): Promise<VerdictCode> {
  return (await inspect(token, keys, more)).verdict.code;
}

function without(key: JWK, ...names: string[]): JWK {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !names.includes(name)));
}

const rsa = await signer('RS256');
const ec = await signer('ES256');
const other = await signer('RS256', 'other');
const set = [rsa.publicJwk, ec.publicJwk];

test.each(['RS256', 'RS384', 'PS256', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  'a %s token is valid with its key, also among others',
  async (alg) => {
    const by = await signer(alg);
    const result = await inspect(await sign(by), [...set, by.publicJwk], { fetchedAt: noon - 90_500 });
    expect(result.verdict.code).toBe('valid');
    expect(result.signature).toEqual({ status: 'verified', kid: `${alg}-key`, keyAgeSeconds: 90 });
    expect(result.warnings).toEqual([]);
  },
);

test('a valid token shows its times as dates and what is left of it', async () => {
  const result = await inspect(await sign(rsa), set);
  expect(result).toMatchObject({ kind: 'jwt', header: { alg: 'RS256', typ: 'at+jwt' }, claims });
  expect(result.times).toEqual({
    issuedAt: '2026-11-22T11:59:00.000Z',
    notBefore: '2026-11-22T11:59:00.000Z',
    expiresAt: '2026-11-22T12:59:00.000Z',
    now: '2026-11-22T12:00:00.000Z',
    secondsLeft: 3540,
    lifetimeSeconds: 3600,
    skewSeconds: 0,
    toleranceSeconds: 60,
  });
  expect(result.verdict.message).toContain('valid for 59 more minutes');
});

test('the end of a token is forgiven for 60 seconds and not one more', async () => {
  const ended = (secondsAgo: number): Promise<string> =>
    sign(rsa, { ...claims, exp: noonSeconds - secondsAgo });
  expect(await verdict(await ended(59), set)).toBe('valid');
  expect(await verdict(await ended(60), set)).toBe('expired');
  expect(await verdict(await ended(1), set, { toleranceSeconds: 0 })).toBe('expired');
});

test('the start of a token is forgiven for 60 seconds and not one more', async () => {
  const starts = (inSeconds: number): Promise<string> =>
    sign(rsa, { ...claims, nbf: noonSeconds + inSeconds });
  expect(await verdict(await starts(60), set)).toBe('valid');
  expect(await verdict(await starts(61), set)).toBe('not_yet_valid');
});

test('a measured clock difference moves now, and is mentioned', async () => {
  const token = await sign(rsa, { iat: noonSeconds - 5400, exp: noonSeconds - 1800 });
  expect(await verdict(token, set)).toBe('expired');
  const result = await inspect(token, set, { skewSeconds: -3600 });
  expect(result.verdict.code).toBe('valid');
  expect(result.times.now).toBe('2026-11-22T11:00:00.000Z');
  expect(result.warnings.join(' ')).toContain("ahead of the server's");
});

test.each([[{ exp: 'soon' }], [{ exp: 1e300 }], [{ nbf: null }], [{ iat: [] }], [{ exp: true }]])(
  'a time that is no number of seconds makes the token malformed: %j',
  async (wrong) => {
    expect(await verdict(await signRaw({ ...claims, ...wrong }), set)).toBe('malformed');
  },
);

function signRaw(payload: object): Promise<string> {
  return sign(rsa, payload);
}

test('an end in milliseconds, an issue date to come and a missing end are warned of', async () => {
  const warnings = async (payload: object): Promise<string> =>
    (await inspect(await sign(rsa, payload), set)).warnings.join(' ');
  expect(await warnings({ ...claims, exp: claims.exp * 1000 })).toContain('milliseconds');
  expect(await warnings({ ...claims, iat: noonSeconds + 7200 })).toContain('2 hours in the future');
  expect(await warnings({ sub: 'x' })).toContain('"exp" is missing');
});

test('a token without keys is decoded, not verified, and never called wrong', async () => {
  const result = await inspect(await sign(rsa, { ...claims, exp: 1 }), null);
  expect(result.verdict.code).toBe('no_keys');
  expect(result.verdict.message).toContain('Decoded, not verified');
  expect(result.verdict.message).not.toMatch(/invalid/i);
  expect(result.signature).toEqual({ status: 'unchecked', kid: 'RS256-key', keyAgeSeconds: null });
  expect(result.warnings.join(' ')).toContain('Expired');
});

test('a signature by another key under the same id is wrong, and that beats expired', async () => {
  const forged = await sign(other, { ...claims, exp: 1 }, { kid: 'RS256-key' });
  const result = await inspect(forged, set);
  expect(result.verdict.code).toBe('signature_wrong');
  expect(result.signature.status).toBe('wrong');
  expect(result.warnings.join(' ')).toContain('Expired');
});

test('an unknown key is just unknown with fresh keys and stale with old ones', async () => {
  const token = await sign(other);
  expect(await verdict(token, set)).toBe('key_unknown');
  expect(await verdict(token, set, { fetchedAt: noon - 3_600_000 })).toBe('key_unknown');
  expect(await verdict(token, set, { fetchedAt: noon - 86_400_000 })).toBe('keys_stale');
  expect(await verdict(token, [])).toBe('key_unknown');
});

test('a good token under old keys is valid, with the age as a warning', async () => {
  const result = await inspect(await sign(rsa), set, { fetchedAt: noon - 3 * 86_400_000 });
  expect(result.verdict.code).toBe('valid');
  expect(result.warnings).toEqual([expect.stringContaining('fetched 3 days ago')]);
});

test.each(['none', 'None', 'NONE', 'nOnE'])('alg %s is refused with keys and without', async (alg) => {
  for (const keys of [set, null]) {
    const result = await inspect(assemble({ alg }, claims, ''), keys);
    expect(result.verdict.code).toBe('algorithm_none');
    expect(result.signature.status).toBe('absent');
  }
});

test('a token signed with HMAC by the public key is algorithm confusion, whatever its key id', async () => {
  const pem = createPublicKey({ key: rsa.publicJwk, format: 'jwk' });
  for (const secret of [
    pem.export({ type: 'spki', format: 'pem' }),
    pem.export({ type: 'spki', format: 'der' }),
    JSON.stringify(rsa.publicJwk),
  ]) {
    for (const kid of ['RS256-key', 'unknown', undefined]) {
      const header = { alg: 'HS256', ...(kid !== undefined && { kid }) };
      const forged = await new SignJWT(claims).setProtectedHeader(header).sign(Buffer.from(secret as string));
      expect(await verdict(forged, set)).toBe('algorithm_confusion');
    }
  }
});

test('a public key dressed up as a shared secret in the set is algorithm confusion', async () => {
  const pem = createPublicKey({ key: rsa.publicJwk, format: 'jwk' });
  for (const secret of [
    Buffer.from(pem.export({ type: 'spki', format: 'pem' }) as string),
    pem.export({ type: 'spki', format: 'der' }),
    pem.export({ type: 'pkcs1', format: 'der' }),
  ]) {
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'trick' }).sign(secret);
    const trick = { kty: 'oct', kid: 'trick', k: base64url(secret) };
    expect(await verdict(forged, [rsa.publicJwk, trick])).toBe('algorithm_confusion');
  }
});

test("a user's own shared secret verifies an HMAC token, and names its public neighbour never", async () => {
  const secret = Buffer.alloc(32, 7);
  const oct = { kty: 'oct', kid: 'mine', k: base64url(secret) };
  const token = (kid: string): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
  expect(await verdict(await token('mine'), [rsa.publicJwk, oct])).toBe('valid');
  expect(await verdict(await token('RS256-key'), [rsa.publicJwk, oct])).toBe('algorithm_confusion');
});

test('a key that is for something else does not verify', async () => {
  const token = await sign(rsa);
  const bare = without(rsa.publicJwk, 'alg', 'use');
  const cases: JWK[] = [
    { ...bare, alg: 'PS256' },
    { ...bare, alg: 'RS512' },
    { ...bare, use: 'enc' },
    { ...bare, key_ops: ['encrypt'] },
    { ...ec.publicJwk, kid: 'RS256-key' },
    { kty: 'oct', kid: 'RS256-key', k: 'c2VjcmV0' },
  ];
  for (const key of cases) expect(await verdict(token, [key]), JSON.stringify(key)).toBe('wrong_algorithm');
  expect(await verdict(token, [bare])).toBe('valid');
});

test('an algorithm that the console does not check is said to be that', async () => {
  const result = await inspect(assemble({ alg: 'ES256K', kid: 'RS256-key' }, claims), set);
  expect(result.verdict.code).toBe('wrong_algorithm');
  expect(result.verdict.message).toContain('ES256K is not an algorithm this console checks');
  expect(await verdict(assemble({ alg: '__proto__' }, claims), set)).toBe('wrong_algorithm');
});

test('a critical header member is refused, also one that jose would take', async () => {
  for (const header of [
    { alg: 'RS256', crit: ['b64'], b64: true },
    { alg: 'RS256', crit: ['urn:x'], 'urn:x': 1 },
    { alg: 'RS256', crit: [] },
    { alg: 'RS256', crit: null },
  ]) {
    expect(await verdict(assemble(header, claims), set)).toBe('critical_header_unsupported');
  }
  const unencoded = `${base64url('{"alg":"RS256","crit":["b64"],"b64":false}')}.hello.AAAA`;
  expect(await verdict(unencoded, null)).toMatch(/critical_header_unsupported|malformed/);
});

test('a critical header without an algorithm is never valid, whatever the payload is', async () => {
  for (const header of [
    { crit: ['b64'], b64: false },
    { crit: 'b64' },
    { crit: ['x'], alg: 7 },
    { crit: [], kid: 7 },
  ]) {
    for (const payload of ['', 'AA', base64url('hello'), base64url('{"exp":4000000000}')]) {
      const token = `${base64url(JSON.stringify(header))}.${payload}.AAAA`;
      for (const keys of [null, set]) {
        const { verdict: said, signature } = await inspect(token, keys);
        expect(said.code, token).not.toBe('valid');
        expect(signature.status).not.toBe('verified');
      }
    }
  }
});

test('a token without a key id is tried with every fitting key', async () => {
  const token = await sign(other, claims, { kid: undefined });
  expect(await verdict(token, [other.publicJwk])).toBe('valid');
  const among = await inspect(token, [rsa.publicJwk, ec.publicJwk, other.publicJwk]);
  expect(among.verdict.code).toBe('valid');
  expect(among.signature.kid).toBe('other');
  expect(await verdict(token, [rsa.publicJwk, ec.publicJwk])).toBe('signature_wrong');
  expect(await verdict(token, [ec.publicJwk])).toBe('wrong_algorithm');
});

test('a key without an id may be the one a token names; if it is not, the key is unknown', async () => {
  const nameless = without(rsa.publicJwk, 'kid');
  expect(await verdict(await sign(rsa), [nameless])).toBe('valid');
  expect(await verdict(await sign(other), [nameless])).toBe('key_unknown');
});

test('the audience may be a text or a list, and nothing else', async () => {
  const audience = 'tamarack';
  const of = async (aud: unknown): Promise<VerdictCode> =>
    verdict(await sign(rsa, { ...claims, aud }), set, { audience });
  expect(await of('tamarack')).toBe('valid');
  expect(await of(['other', 'tamarack'])).toBe('valid');
  for (const wrong of [
    'Tamarack',
    'tamarack ',
    ['other'],
    [],
    undefined,
    { tamarack: 1 },
    ['tamarack', 1],
    7,
  ]) {
    expect(await of(wrong), JSON.stringify(wrong)).toBe('wrong_audience');
  }
});

test('the issuer is compared character by character', async () => {
  const of = async (iss: unknown): Promise<Inspection> =>
    inspect(await sign(rsa, { ...claims, iss }), set, { issuer: claims.iss });
  expect((await of(claims.iss)).verdict.code).toBe('valid');
  expect((await of(`${claims.iss}/`)).verdict).toEqual({
    code: 'wrong_issuer',
    message: expect.stringContaining('only by the slash') as string,
  });
  expect((await of('https://IDENTITY.vendor.example')).verdict.code).toBe('wrong_issuer');
  expect((await of(undefined)).verdict.code).toBe('wrong_issuer');
});

test('the type is compared as a media type', async () => {
  const of = async (typ: unknown): Promise<VerdictCode> =>
    verdict(await sign(rsa, claims, { typ }), set, { expectedType: 'at+jwt' });
  expect(await of('at+jwt')).toBe('valid');
  expect(await of('application/AT+JWT')).toBe('valid');
  expect(await of('JWT')).toBe('wrong_type');
  expect(await of(undefined)).toBe('wrong_type');
});

test('an encrypted and an opaque token are said to be that', async () => {
  const jwe = await new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'theirs' })
    .encrypt(Buffer.alloc(32));
  expect(await inspect(jwe, set)).toMatchObject({
    kind: 'jwe',
    claims: null,
    verdict: { code: 'encrypted' },
    signature: { status: 'unchecked', kid: 'theirs' },
  });
  expect(await inspect('f3a9-opaque', set)).toMatchObject({
    kind: 'opaque',
    header: null,
    verdict: { code: 'opaque' },
  });
  expect(await verdict('eyJhbGciOi', set)).toBe('malformed');
});

test('a key that the token brings along is never used', async () => {
  const forged = await sign(other, claims, {
    kid: undefined,
    jwk: other.publicJwk,
    jku: 'https://evil.example',
  });
  const result = await inspect(forged, [rsa.publicJwk]);
  expect(result.verdict.code).toBe('signature_wrong');
  expect(result.warnings.join(' ')).toContain('brings or names its own key (jwk, jku)');
});

test('a damaged key in the set is no reason to throw', async () => {
  const broken = { ...rsa.publicJwk, n: '!!!' };
  expect(await verdict(await sign(rsa), [broken])).toBe('signature_wrong');
});

test('of many faults the first of the precedence is the verdict and the others are told', async () => {
  const everything = await sign(rsa, { ...claims, exp: 1, nbf: noonSeconds + 9999 }, { typ: 'JWT' });
  const result = await inspect(everything, set, {
    issuer: 'https://x.example',
    audience: 'y',
    expectedType: 'at+jwt',
  });
  expect(result.verdict.code).toBe('wrong_type');
  expect(result.warnings).toHaveLength(5);
  for (const [index, code] of precedence.entries()) {
    const findings = precedence
      .slice(index)
      .toReversed()
      .map((each) => ({ code: each, message: each }));
    expect(judge(findings, { code: 'valid', message: '' }).verdict.code).toBe(code);
  }
});

test('no message and no warning holds the token or its signature', async () => {
  const token = await sign(rsa, { ...claims, exp: 1 });
  for (const keys of [null, set, [ec.publicJwk]]) {
    const { verdict: said, warnings } = await inspect(token, keys, { audience: 'x' });
    const text = [said.message, ...warnings].join(' ');
    for (const part of token.split('.')) expect(text).not.toContain(part);
  }
});
