import { expect, test } from 'vitest';
import { clientAuthentication, hasReservedCharacters } from '../../../main/sessions/client-authentication.ts';
import type { ClientAuth } from '../../../main/providers/provider.ts';

const id = 'acme:client é+1';
const secret = 'p%ss w:rd+&=/é~';

function sent(
  method: ClientAuth,
  clientSecret: string | undefined = secret,
): { basic: string | null; body: Record<string, string> } {
  const headers = new Headers();
  const body = new URLSearchParams();
  clientAuthentication(method, id, clientSecret)(
    { issuer: 'https://id.acme.example' },
    { client_id: id },
    body,
    headers,
  );
  const header = headers.get('authorization');
  const basic = header === null ? null : Buffer.from(header.slice(6), 'base64').toString('utf8');
  return { basic, body: Object.fromEntries(body) };
}

test('basic form-encodes id and secret, so that a colon in the id cannot end it (RFC 6749 2.3.1)', () => {
  const { basic, body } = sent('basic');
  expect(basic?.split(':')).toHaveLength(2);
  const form = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
  const decoded = basic?.split(':').map((part) => new URLSearchParams(`x=${part}`).get('x'));
  expect(decoded).toEqual([id, secret]);
  expect(basic?.split(':')[0]).toBe(form(id));
  expect(body).toEqual({});
});

test('basic-raw sends both as typed', () => {
  expect(sent('basic-raw')).toEqual({ basic: `${id}:${secret}`, body: {} });
});

test('post sends both in the body and no header', () => {
  expect(sent('post')).toEqual({ basic: null, body: { client_id: id, client_secret: secret } });
});

test.each(['none', 'basic', 'basic-raw', 'post'] as const)(
  '%s without a secret sends the client id alone',
  (method) => {
    const { basic, body } = method === 'none' ? sent('none') : unsecured(method);
    expect({ basic, body }).toEqual({ basic: null, body: { client_id: id } });
  },
);

function unsecured(method: ClientAuth): ReturnType<typeof sent> {
  const headers = new Headers();
  const body = new URLSearchParams();
  clientAuthentication(method, id, undefined)(
    { issuer: 'https://id.acme.example' },
    { client_id: id },
    body,
    headers,
  );
  return { basic: headers.get('authorization'), body: Object.fromEntries(body) };
}

test.each([
  ['acme-client_1.a', 'secret', false],
  ['acme-client', undefined, false],
  ['acme client', 'secret', true],
  ['acme', 'a+b', true],
  ['acme', 'a~b', true],
])('%s and %s look different when encoded: %s', (clientId, clientSecret, expected) => {
  expect(hasReservedCharacters(clientId, clientSecret)).toBe(expected);
});
