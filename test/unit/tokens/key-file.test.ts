import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SignJWT, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../main/tokens/inspect.ts';
import { type KeysByHand, readKeyDocument, readSharedSecret } from '../../../main/tokens/key-file.ts';
import { assemble, claims, clock, noon, sign, signer } from './fixtures.ts';

const tls = path.resolve(import.meta.dirname, '../../fixtures/tls');
const file = (name: string): string => readFileSync(path.join(tls, name), 'utf8');

function keysOf(document: string): KeysByHand {
  const read = readKeyDocument(document, 'keys.pem', noon);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

/** Signed by the private key of a file of the fixtures. */
function signedBy(name: string, alg: string): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(createPrivateKey(file(name)));
}

async function verdict(token: string, { keys }: KeysByHand): Promise<string> {
  return (await inspectToken({ token, keys, clock })).verdict.code;
}

describe('a certificate', () => {
  test('verifies what its key signed, alone and in a chain', async () => {
    const token = await signedBy('server.key', 'ES256');
    expect(keysOf(file('server.pem')).warnings).toEqual([]);
    expect(await verdict(token, keysOf(file('server.pem')))).toBe('valid');
    expect(await verdict(token, keysOf(file('ca.pem') + file('server.pem')))).toBe('valid');
    expect(await verdict(token, keysOf(file('other-host.pem')))).toBe('signature_wrong');
  });

  test('that has ended still verifies, and it is said', async () => {
    const read = keysOf(file('expired.pem'));
    expect(read.warnings).toEqual([expect.stringMatching(/^A certificate ended on 2020-02-01/)]);
    expect(await verdict(await signedBy('expired.key', 'ES256'), read)).toBe('valid');
  });

  test('written on one line, as JSON and variables have it, is the same', () => {
    const oneLine = file('server.pem').replaceAll('\n', '\\n');
    expect(keysOf(oneLine).keys.keys).toEqual(keysOf(file('server.pem')).keys.keys);
    expect(keysOf(JSON.stringify({ 'key-1': file('server.pem') })).keys.keys).toHaveLength(1);
  });

  test('with text around it, and one that is damaged beside it', () => {
    const damaged = file('ca.pem').replace('MII', 'AAA');
    const read = keysOf(`subject=CN = server\n${damaged}\n${file('server.pem')}\nfriendly words`);
    expect(read.keys.keys).toHaveLength(1);
    expect(read.warnings).toEqual([expect.stringContaining('A block "CERTIFICATE" was left out')]);
  });

  test('as binary is refused with what to give instead', () => {
    const der = new X509Certificate(file('server.pem')).raw.toString('utf8');
    expect(readKeyDocument(der, 'server.cer', noon)).toMatchObject({
      ok: false,
      error: { code: 'input_invalid', message: expect.stringContaining('give it as PEM') as string },
    });
  });
});

describe('a PEM key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaToken = (): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'PS256' }).sign(rsa.privateKey);

  test.each(['spki', 'pkcs1'] as const)('%s verifies', async (type) => {
    const pem = rsa.publicKey.export({ type, format: 'pem' }) as string;
    expect(await verdict(await rsaToken(), keysOf(pem))).toBe('valid');
  });

  test('that is private is taken for its public part alone, and it is said', async () => {
    const read = keysOf(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    expect(read.warnings.join()).toContain('only its public part is used');
    expect(read.keys.keys[0]).not.toHaveProperty('d');
    expect(await verdict(await rsaToken(), read)).toBe('valid');
  });

  test('that is encrypted or of a kind that signs nothing is left out', () => {
    const locked = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes256', passphrase: 'x' });
    for (const text of [
      locked as string,
      '-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----',
    ]) {
      expect(readKeyDocument(text, 'a.pem', noon)).toMatchObject({
        ok: false,
        error: { code: 'input_invalid' },
      });
    }
  });

  test('of a thousand beginnings without an end is read in one pass', () => {
    const started = performance.now();
    expect(readKeyDocument('-----BEGIN A-----\n'.repeat(14_000), 'a.pem', noon).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test('a key set, and one key of it alone', async () => {
  const by = await signer('RS256');
  const token = await sign(by);
  expect(await verdict(token, keysOf(JSON.stringify({ keys: [by.publicJwk] })))).toBe('valid');
  expect(await verdict(token, keysOf(JSON.stringify(by.publicJwk)))).toBe('valid');
});

describe('a shared secret', () => {
  const secret = Buffer.alloc(32, 7);
  const token = (key: Uint8Array): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
  const given = (text: string, encoding: Parameters<typeof readSharedSecret>[1]): KeysByHand => {
    const read = readSharedSecret(text, encoding);
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  };

  test.each(['base64', 'base64url', 'hex'] as const)('as %s', async (encoding) => {
    expect(await verdict(await token(secret), given(secret.toString(encoding), encoding))).toBe('valid');
    expect(readSharedSecret('not §', encoding)).toMatchObject({ ok: false });
  });

  test('that is somebody’s public key in whatever form is never called valid', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const jwk = publicKey.export({ format: 'jwk' }) as JWK;
    const body = pem.replace(/-----[^-]+-----/g, '').trim();
    const forms = [
      ...[pem, pem.trim(), pem.replaceAll('\n', '\r\n'), body, body.replaceAll('\n', '')],
      ...[JSON.stringify(jwk), JSON.stringify({ keys: [{ ...jwk, kid: 'a' }] })],
      ...[
        file('server.pem'),
        file('server.pem')
          .replace(/-----[^-]+-----/g, '')
          .trim(),
      ],
    ];
    for (const form of forms) {
      expect(await verdict(await token(Buffer.from(form)), given(form, 'text')), form).toBe(
        'algorithm_confusion',
      );
    }
  });

  test('of another token is wrong, and a key file with it beside a token without an algorithm is no use', async () => {
    expect(await verdict(await token(Buffer.alloc(32, 8)), given('7'.repeat(32), 'text'))).toBe(
      'signature_wrong',
    );
    expect(await verdict(assemble({ alg: 'none' }, claims, ''), given('7'.repeat(32), 'text'))).toBe(
      'algorithm_none',
    );
  });
});
