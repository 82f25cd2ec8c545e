import { expect, test } from 'vitest';
import {
  ConnectFailure,
  connectFailure,
  networkFailure,
  proxyRefusal,
} from '../../../main/http/network-failure.ts';

const direct = { host: 'api.vendor.example', proxyHost: null };
const proxied = { host: 'api.vendor.example', proxyHost: 'proxy.example:3128' };

/** As undici's fetch throws it: a TypeError with the real error as its cause. */
function fetchFailed(code: string, message = ''): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

test.each([
  ['ENOTFOUND', 'network_unreachable'],
  ['ECONNRESET', 'network_unreachable'],
  ['EPIPE', 'network_unreachable'],
  ['UND_ERR_SOCKET', 'network_unreachable'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'network_unreachable'],
  ['SOMETHING_NEW', 'network_unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'tls_untrusted'],
  ['HPE_INVALID_CONSTANT', 'response_unexpected'],
  ['Z_DATA_ERROR', 'response_unexpected'],
])('%s of an exchange becomes %s and names the host', (code, expected) => {
  const failure = networkFailure(fetchFailed(code), direct);
  expect(failure.code).toBe(expected);
  expect(failure.message).toContain('api.vendor.example');
  expect(failure.hint).not.toBe('');
});

test.each([
  ['ENOTFOUND', 'network_unreachable', 'proxy_failed'],
  ['EAI_AGAIN', 'network_unreachable', 'proxy_failed'],
  ['ECONNREFUSED', 'network_unreachable', 'proxy_failed'],
  ['ECONNRESET', 'network_unreachable', 'proxy_failed'],
  ['EHOSTUNREACH', 'network_unreachable', 'proxy_failed'],
  ['ENETUNREACH', 'network_unreachable', 'proxy_failed'],
  ['SOMETHING_NEW', 'network_unreachable', 'network_unreachable'],
  ['ETIMEDOUT', 'timeout', 'proxy_failed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted', 'tls_untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted', 'tls_untrusted'],
  ['CERT_HAS_EXPIRED', 'tls_untrusted', 'tls_untrusted'],
  ['CERT_NOT_YET_VALID', 'tls_untrusted', 'tls_untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_untrusted', 'tls_untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_untrusted', 'tls_untrusted'],
  ['EPROTO', 'tls_untrusted', 'tls_untrusted'],
  ['HPE_INVALID_CONSTANT', 'proxy_failed', 'proxy_failed'],
])('%s while a connection is opened becomes %s, or %s on the way to a proxy', (code, server, proxy) => {
  const error = Object.assign(new Error(''), { code });
  const reached = connectFailure(error, { ...direct, leg: 'server' });
  expect(reached).toMatchObject({ code: server });
  if (code !== 'HPE_INVALID_CONSTANT') expect(reached.message).toContain('api.vendor.example');
  const unreached = connectFailure(error, { ...proxied, leg: 'proxy' });
  expect(unreached).toMatchObject({
    code: proxy,
    message: expect.stringContaining('proxy.example:3128') as string,
  });
  expect(unreached.message).not.toContain('api.vendor.example');
});

test('a connection that was refused keeps its own words through whatever fetch wraps it in', () => {
  const failure = connectFailure(Object.assign(new Error(''), { code: 'ECONNREFUSED' }), {
    ...proxied,
    leg: 'proxy',
  });
  const wrapped = new TypeError('fetch failed', { cause: new ConnectFailure(failure, true) });
  expect(networkFailure(wrapped, proxied)).toBe(failure);
});

test.each([
  ['Basic realm="proxy"', false, 'wants to know who you are (407)', '--password-env'],
  ['Basic realm="proxy"', true, 'refused the user name or password', '--password-env'],
  ['', false, 'wants to know who you are (407)', '--password-env'],
  ['Negotiate, NTLM', false, 'in a way that Latchkey does not know (407, Negotiate, NTLM)', 'noProxy'],
  ['NTLM, Basic realm="a, b"', false, 'wants to know who you are (407)', '--password-env'],
])('a proxy that asks for "%s" (known: %s) is said so', (schemes, known, words, hint) => {
  const failure = proxyRefusal(407, schemes, { ...proxied, known });
  expect(failure.message).toContain(words);
  expect(failure.hint).toContain(hint);
});

test('the cause is found at any depth, also among the addresses that were tried', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const all = new AggregateError([new Error('first'), refused]);
  expect(networkFailure(new TypeError('fetch failed', { cause: all }), direct).message).toContain('refused');
});

test('an error that is its own cause ends the search', () => {
  const error = new Error('round');
  error.cause = error;
  expect(networkFailure(error, direct).code).toBe('network_unreachable');
  expect(networkFailure('text', direct).code).toBe('network_unreachable');
});

test("what the error itself says is never repeated: it may hold an address's query", () => {
  const failure = networkFailure(fetchFailed('SOMETHING_NEW', 'https://x.example/?code=pass-word-1'), direct);
  expect(JSON.stringify(failure)).not.toContain('pass-word-1');
});
