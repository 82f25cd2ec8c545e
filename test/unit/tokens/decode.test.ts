import { expect, test } from 'vitest';
import { base64urlProblem } from '../../../main/tokens/base64url.ts';
import { decodeToken, maxTokenLength } from '../../../main/tokens/decode.ts';
import { findTokens } from '../../../main/tokens/paste.ts';
import { shown } from '../../../main/tokens/shown.ts';
import { assemble, base64url, claims, sign, signer } from './fixtures.ts';

const plain = assemble({ alg: 'RS256' }, claims);

test.each([
  ['white space around it', `  \n${plain}\t\r\n`],
  ['a Bearer prefix', `Bearer ${plain}`],
  ['a whole header line', `authorization:  bearer ${plain}`],
  ['quotes', `"${plain}"`],
  ['quotes and a comma from JSON', `"${plain}",`],
  ['quotes around a prefix', `'Bearer ${plain}'`],
  ['line breaks from a mail', plain.replace(/(.{40})/g, '$1\r\n  ')],
  ['a byte order mark and zero-width spaces', `\ufeff${plain.slice(0, 20)}\u200b${plain.slice(20)}`],
])('a token with %s is the same token', (_what, text) => {
  expect(decodeToken(findTokens(text).tokens[0]!.token)).toMatchObject({
    kind: 'jwt',
    compact: plain,
    claims,
  });
});

test('base64url is what decodes and encodes again to the same text', () => {
  const alphabet = 'AQgwBCDZabcz019-_';
  for (let length = 0; length <= 4; length += 1) {
    for (let index = 0; index < alphabet.length ** Math.min(length, 3); index += 1) {
      let part = 'A'.repeat(Math.max(0, length - 3));
      for (let place = 0, rest = index; place < Math.min(length, 3); place += 1) {
        part += alphabet.charAt(rest % alphabet.length);
        rest = Math.floor(rest / alphabet.length);
      }
      const again = Buffer.from(part, 'base64url').toString('base64url') === part;
      expect(base64urlProblem(part) === null, part).toBe(again);
    }
  }
});

test('an opaque token is told from a broken one', () => {
  expect(decodeToken('ya29.a0AfB_by-x~y/z+=').kind).toBe('opaque');
  expect(decodeToken('8a7b6c5d4e').kind).toBe('opaque');
  expect(decodeToken('one.two.three').kind).toBe('opaque');
});

test.each([
  ['nothing', ''],
  ['only a prefix', 'Bearer '],
  ['a sentence', 'this is not a token'],
  ['letters outside ASCII', 'tökën'],
  ['a token cut after the payload', plain.split('.').slice(0, 2).join('.')],
  ['four parts', `${plain}.AAAA`],
  ['six parts', `${plain}.A.A.A`],
  ['padding', assemble({ alg: 'RS256' }, { a: 1 }, 'AA==')],
  ['plain base64', assemble({ alg: 'RS256' }, { a: 1 }, 'A+/A')],
  ['stray bits at the end of the signature', assemble({ alg: 'RS256' }, {}, 'AB')],
  ['an impossible length', assemble({ alg: 'RS256' }, {}, 'AAAAA')],
  ['a space inside', `${plain.slice(0, 10)} ${plain.slice(10)}`],
  ['a header that is not JSON', assemble('{"alg":', claims)],
  ['a payload that is an array', assemble({ alg: 'RS256' }, [1])],
  ['a payload that is not JSON', assemble({ alg: 'RS256' }, 'hello')],
  ['no algorithm', assemble({ typ: 'JWT' }, claims)],
  ['a null algorithm', assemble({ alg: null }, claims)],
  ['a numeric key id', assemble({ alg: 'RS256', kid: 7 }, claims)],
  [
    'a payload that is not UTF-8',
    `${base64url('{"alg":"RS256"}')}.${base64url(Uint8Array.of(0x7b, 0xff, 0x7d))}.AA`,
  ],
  ['a byte order mark inside', assemble({ alg: 'RS256' }, '\ufeff{}')],
  ['more than a megabyte', 'a'.repeat(maxTokenLength + 1)],
])('%s is malformed, with a reason', (_what, text) => {
  const decoded = decodeToken(text);
  expect(decoded.kind).toBe('malformed');
  expect(decoded).toHaveProperty('reason', expect.stringMatching(/^[A-Z].+[.?]$/));
});

test('a malformed token shows what of it can be read', () => {
  expect(decodeToken(assemble({ alg: 'RS256' }, 'hello'))).toMatchObject({
    header: { alg: 'RS256' },
    claims: null,
  });
});

test('names that stand twice are warned of, escapes resolved, and the last one counts', () => {
  const decoded = decodeToken(
    assemble('{"alg":"none","alg":"RS256"}', '{"sub":"a","s\\u0075b":"b","x":{"sub":1}}'),
  );
  expect(decoded).toMatchObject({ kind: 'jwt', header: { alg: 'RS256' }, claims: { sub: 'b' } });
  expect(decoded.warnings).toEqual([
    expect.stringContaining('"alg" stands more than once in the header'),
    expect.stringContaining('"sub" stands more than once in the payload'),
  ]);
});

test('a name inside a string value is no duplicate', () => {
  expect(decodeToken(assemble({ alg: 'RS256' }, '{"a":"\\"a\\":1,{","b":["a","a"]}')).warnings).toEqual([]);
});

test('JSON nested half a megabyte deep is refused, not followed', () => {
  const bomb = '{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000);
  expect(decodeToken(assemble({ alg: 'RS256' }, bomb))).toMatchObject({
    kind: 'malformed',
    reason: expect.stringContaining('nests deeper') as string,
  });
  expect(decodeToken(assemble('['.repeat(300_000), {})).kind).not.toBe('jwt');
});

test('a member called __proto__ changes no prototype', () => {
  const decoded = decodeToken(assemble({ alg: 'RS256' }, '{"__proto__":{"exp":1},"constructor":2}'));
  expect(decoded.claims?.['exp']).toBeUndefined();
  expect(({} as Record<string, unknown>)['exp']).toBeUndefined();
});

test('five parts with a content encryption are an encrypted token', () => {
  const header = base64url(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'k' }));
  expect(decodeToken(`${header}.AAAA.AAAA.AAAA.AAAA`)).toMatchObject({ kind: 'jwe', header: { kid: 'k' } });
});

test('a token made by jose is decoded to what went in', async () => {
  const token = await sign(await signer('ES256'));
  expect(decodeToken(token)).toMatchObject({ kind: 'jwt', compact: token, claims, warnings: [] });
});

test('text from a stranger is shown on one bounded line without direction marks', () => {
  expect(shown('a\u202eb\nc')).toBe('a\ufffdb\ufffdc');
  expect(shown('é'.repeat(500))).toHaveLength(100);
});

test('random text never throws', () => {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const alphabet = 'eyJ{}[]".,:\\ \n=_-+/ABCab019\u0000\ud800é';
  for (let round = 0; round < 3000; round += 1) {
    let text = next(2) === 0 ? 'eyJhbGciOiJSUzI1NiJ9.' : '';
    for (let length = next(80); length > 0; length -= 1) text += alphabet[next(alphabet.length)] ?? '';
    expect(['jwt', 'jwe', 'opaque', 'malformed']).toContain(decodeToken(text).kind);
  }
});
