import { expect, test } from 'vitest';
import { networkFailure } from '../../../main/http/network-failure.ts';

const direct = { host: 'api.vendor.example', proxyHost: null };
const proxied = { host: 'api.vendor.example', proxyHost: 'proxy.example:3128' };

/** As undici's fetch throws it: a TypeError with the real error as its cause. */
function fetchFailed(code: string, message = ''): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

test.each([
  ['ENOTFOUND', 'network_unreachable'],
  ['EAI_AGAIN', 'network_unreachable'],
  ['ECONNREFUSED', 'network_unreachable'],
  ['ECONNRESET', 'network_unreachable'],
  ['EHOSTUNREACH', 'network_unreachable'],
  ['ENETUNREACH', 'network_unreachable'],
  ['EPIPE', 'network_unreachable'],
  ['UND_ERR_SOCKET', 'network_unreachable'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'network_unreachable'],
  ['SOMETHING_NEW', 'network_unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['CERT_HAS_EXPIRED', 'tls_untrusted'],
  ['CERT_NOT_YET_VALID', 'tls_untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_untrusted'],
  ['EPROTO', 'tls_untrusted'],
  ['HPE_INVALID_CONSTANT', 'response_unexpected'],
  ['Z_DATA_ERROR', 'response_unexpected'],
])('%s of a direct request becomes %s and names the host', (code, expected) => {
  const failure = networkFailure(fetchFailed(code), direct);
  expect(failure.code).toBe(expected);
  expect(failure.message).toContain('api.vendor.example');
  expect(failure.hint).not.toBe('');
});

test.each(['ENOTFOUND', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_PRX_CONN', 'UND_ERR_PRX_TLS'])(
  '%s on the way through a proxy names the proxy',
  (code) => {
    const failure = networkFailure(fetchFailed(code), proxied);
    expect(failure.code).toBe(code === 'UND_ERR_PRX_TLS' ? 'tls_untrusted' : 'proxy_failed');
    expect(failure.message).toContain('proxy.example:3128');
  },
);

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
