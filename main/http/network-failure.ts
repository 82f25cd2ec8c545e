import type { ErrorCode, Failure } from '../../preload/errors.ts';

/** Where the failed request went: what the message may name (never a query or credentials). */
export interface Route {
  readonly host: string;
  /** Host of the proxy in between, or null. */
  readonly proxyHost: string | null;
}

/** The one place where what undici, the sockets and TLS throw becomes a failure for people. */
export function networkFailure(error: unknown, route: Route): Failure {
  const found = collect(error);
  const codes = found.map((one) => one.code).filter((code) => code !== undefined);
  for (const code of codes) {
    const failure = translate(code, route);
    if (failure !== null) return failure;
  }
  const refusal = route.proxyHost === null ? null : proxyRefusal(found, route.proxyHost, route.host);
  if (refusal !== null) return refusal;
  const known = codes[0];
  return {
    code: 'network_unreachable',
    message: `The exchange with ${route.host} failed${known === undefined ? '' : ` (${known})`}.`,
    hint: 'Try again in a moment. If it stays, check the address and the connection: latchkey doctor',
  };
}

function translate(code: string, route: Route): Failure | null {
  const { host, proxyHost } = route;
  if (code === 'UND_ERR_PRX_TLS') return untrusted(proxyHost ?? host, 'is for another host', code);
  const certificate = certificateProblems[code];
  if (certificate !== undefined) return untrusted(host, certificate, code, proxyHost);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return failure(
      'tls_untrusted',
      `No secure connection to ${host} could be agreed on (${code}).`,
      'Check that the address and port are those of an https server, and that nothing in between interferes.',
    );
  }
  const reach = reachProblems[code];
  if (reach !== undefined) {
    // Through a proxy only the proxy is looked up and connected to by this computer.
    return proxyHost === null
      ? failure('network_unreachable', `${host} ${reach}`, 'Check the address and your network connection.')
      : failure('proxy_failed', `The proxy ${proxyHost} ${reach}`, proxyHint);
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    const who = proxyHost === null ? host : `The proxy ${proxyHost}`;
    return failure(
      proxyHost === null ? 'timeout' : 'proxy_failed',
      `${who} did not take the connection in time.`,
      proxyHost === null
        ? 'Check your network connection. Behind a company proxy, set HTTPS_PROXY.'
        : proxyHint,
    );
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return failure('timeout', `${host} did not answer in time.`, 'Try again in a moment.');
  }
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    return failure('timeout', `The answer from ${host} stopped half-way.`, 'Try again in a moment.');
  }
  if (code === 'UND_ERR_PRX_CONN') {
    return failure('proxy_failed', `The proxy ${proxyHost ?? ''} broke the connection off.`, proxyHint);
  }
  if (brokenOff.has(code)) {
    return failure(
      'network_unreachable',
      `${host} broke the connection off before the answer was complete.`,
      'Try again in a moment.',
    );
  }
  if (code.startsWith('HPE_') || code.startsWith('Z_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure(
      'response_unexpected',
      `What ${host} sent is no HTTP answer that can be read (${code}).`,
      'Check the address and the port.',
    );
  }
  return null;
}

const reachProblems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'was not found: its name is not known to the name server.',
  EAI_AGAIN: 'could not be looked up: no name server answered.',
  ECONNREFUSED: 'refused the connection: nothing listens there.',
  EHOSTUNREACH: 'cannot be reached from this network.',
  ENETUNREACH: 'cannot be reached: this computer seems to be offline.',
  EHOSTDOWN: 'is down.',
  ENETDOWN: 'cannot be reached: the network is down.',
  EADDRNOTAVAIL: 'cannot be reached from this computer.',
};

const brokenOff = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** Codes of OpenSSL's verification as Node names them, in words that follow "The certificate of HOST". */
const certificateProblems: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'was issued by an authority that this computer does not know',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'was issued by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'was issued by an authority that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'was issued by an authority that this computer does not know',
  CERT_UNTRUSTED: 'was issued by an authority that is not trusted',
  CERT_REJECTED: 'was rejected',
  CERT_REVOKED: 'was revoked',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature',
  CERT_CHAIN_TOO_LONG: 'has too long a chain of authorities',
  INVALID_CA: 'was issued by a certificate that is no authority',
  INVALID_PURPOSE: 'is not meant for a server',
  PATH_LENGTH_EXCEEDED: 'has too long a chain of authorities',
  HOSTNAME_MISMATCH: 'is for another host',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host',
};

const certificateHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Check the date of this computer. If it is right, the server needs a new certificate.',
  CERT_NOT_YET_VALID: 'Check the date of this computer.',
  CERT_REVOKED: 'Do not go on; tell whoever runs the server.',
  HOSTNAME_MISMATCH: 'Check the address. If it is right, someone else may be answering for it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Check the address. If it is right, someone else may be answering for it.',
};

const proxyHint = 'Check the proxy (HTTPS_PROXY, NO_PROXY) and that it lets this host through.';

function untrusted(host: string, problem: string, code: string, proxyHost: string | null = null): Failure {
  const through = proxyHost === null ? '' : `, reached through the proxy ${proxyHost},`;
  return failure(
    'tls_untrusted',
    `The certificate of ${host}${through} ${problem} (${code}). Nothing was sent.`,
    certificateHints[code] ??
      'If your company or the server has an authority of its own, give its certificate: LATCHKEY_CA_FILE.',
  );
}

/** undici tells a refused CONNECT in the message only: `Proxy response (407) !== 200 when HTTP Tunneling`. */
function proxyRefusal(found: readonly Found[], proxyHost: string, host: string): Failure | null {
  const status = found
    .map((one) => /^Proxy (?:response \((\d{3})\)|Authentication Required \((407)\))/.exec(one.message))
    .map((match) => match?.[1] ?? match?.[2])
    .find((text) => text !== undefined);
  if (status === undefined) return null;
  if (status === '407') {
    return failure(
      'proxy_failed',
      `The proxy ${proxyHost} wants to know who you are (407).`,
      'Put the name and password into the proxy address: HTTPS_PROXY=http://name:password@host:port',
    );
  }
  return failure('proxy_failed', `The proxy ${proxyHost} did not connect to ${host} (${status}).`, proxyHint);
}

interface Found {
  readonly code: string | undefined;
  readonly message: string;
}

/** The error, what caused it, and the members of an AggregateError (one for each address tried), outermost first. */
function collect(error: unknown): readonly Found[] {
  const found: Found[] = [];
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < 20) {
    const current = queue.shift();
    if (!(current instanceof Error) || seen.has(current)) continue;
    seen.add(current);
    const { code } = current as { code?: unknown };
    // undici leaves some of its parser's errors without a code.
    const known =
      typeof code === 'string' ? code : current.name === 'HTTPParserError' ? 'HPE_INVALID' : undefined;
    found.push({ code: known, message: current.message });
    queue.push(current.cause);
    if (current instanceof AggregateError) queue.push(...(current.errors as unknown[]));
  }
  return found;
}

function failure(code: ErrorCode, message: string, hint: string): Failure {
  return { code, message, hint };
}
