import type { PeerCertificate } from 'node:tls';
import type { ErrorCode, Failure } from '../../preload/errors.ts';
import { certificateHint, certificateProblem, certificateWords } from './certificate-words.ts';

/** Where the failed request went: what the message may name (never a query or credentials). */
export interface Route {
  readonly host: string;
  /** Host of the proxy in between, or null. */
  readonly proxyHost: string | null;
}

/** No connection could be opened, and so nothing of the request was sent. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  readonly failure: Failure;
  /** The proxy itself could not be used: another one may be tried. */
  readonly proxyUnreachable: boolean;

  constructor(failure: Failure, proxyUnreachable: boolean, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
    this.proxyUnreachable = proxyUnreachable;
  }
}

/** What opening a connection met. `leg`: on the way to the proxy, or from there (or directly) to the server. */
export function connectFailure(error: unknown, route: Route & { readonly leg: 'proxy' | 'server' }): Failure {
  const { leg, host, proxyHost } = route;
  const found = collect(error);
  const codes = found.flatMap(({ code }) => (code === undefined ? [] : [code]));
  const certificate = found.find((one) => one.certificate !== null)?.certificate ?? null;
  const who = leg === 'proxy' ? `The proxy ${proxyHost ?? ''}` : host;
  const through = leg === 'server' && proxyHost !== null ? `, reached through the proxy ${proxyHost},` : '';
  for (const code of codes) {
    const problem = certificateProblem(code);
    if (problem !== null) {
      return failure(
        'tls_untrusted',
        `The certificate of ${leg === 'proxy' ? `the proxy ${proxyHost ?? ''}` : host}${through} ${problem} (${code}).${certificateWords(certificate)} Nothing was sent.`,
        certificateHint(code, certificate),
      );
    }
    if (isTls(code)) return noTls(leg === 'proxy' ? `the proxy ${proxyHost ?? ''}` : host, code);
    const reach = reachProblems[code];
    if (reach !== undefined) {
      return leg === 'proxy'
        ? failure('proxy_failed', `${who} ${reach}`, proxyHint)
        : failure(
            'network_unreachable',
            `${host} ${reach}`,
            'Check the address and your network connection.',
          );
    }
    if (code === 'ETIMEDOUT') {
      return leg === 'proxy'
        ? failure('proxy_failed', `${who} did not take the connection in time.`, proxyHint)
        : failure(
            'timeout',
            `${host} did not take the connection in time${through === '' ? '' : ` through the proxy ${proxyHost ?? ''}`}.`,
            'Check your network connection. Behind a company proxy, set it: latchkey settings set proxy ADDRESS',
          );
    }
    if (brokenOff.has(code)) {
      return leg === 'proxy'
        ? failure('proxy_failed', `${who} broke the connection off.`, proxyHint)
        : failure(
            'network_unreachable',
            `${host}${through} broke the connection off before it stood.`,
            'Try again in a moment.',
          );
    }
    if (code.startsWith('HPE_')) {
      return failure('proxy_failed', `What ${who} answered is no HTTP (${code}).`, proxyHint);
    }
  }
  return unknown(leg === 'proxy' ? `the proxy ${proxyHost ?? ''}` : host, codes[0]);
}

/**
 * What a proxy that did not open a tunnel means (RFC 9110 9.3.6, 11.7.1).
 * @param schemes its Proxy-Authenticate field
 */
export function proxyRefusal(
  status: number,
  schemes: string,
  { host, proxyHost, known }: { readonly host: string; readonly proxyHost: string; readonly known: boolean },
): Failure {
  if (status !== 407) {
    return failure(
      'proxy_failed',
      `The proxy ${proxyHost} did not connect to ${host} (${status}).`,
      proxyHint,
    );
  }
  const offered = [...schemes.matchAll(/(?:^|,)\s*([A-Za-z][\w-]{1,20})(?=\s|,|$)/g)].flatMap(
    ([, name]) => name ?? [],
  );
  if (offered.length > 0 && !offered.some((name) => name.toLowerCase() === 'basic')) {
    return failure(
      'proxy_failed',
      `The proxy ${proxyHost} wants to know who you are in a way that Latchkey does not know (407, ${offered.join(', ')}).`,
      'Ask whoever runs the proxy for Basic sign-in, or for a way round it: latchkey settings set noProxy HOST',
    );
  }
  return known
    ? failure(
        'proxy_failed',
        `The proxy ${proxyHost} refused the user name or password (407).`,
        'Give them again: latchkey settings set proxy ADDRESS --username NAME --password-env VAR',
      )
    : failure(
        'proxy_failed',
        `The proxy ${proxyHost} wants to know who you are (407).`,
        'Give it a user name and password: latchkey settings set proxy ADDRESS --username NAME --password-env VAR',
      );
}

/** The one place where what undici, the sockets and TLS throw becomes a failure for people. */
export function networkFailure(error: unknown, route: Route): Failure {
  const found = collect(error);
  const refused = found.find((one) => one.connect !== null)?.connect;
  if (refused) return refused.failure;
  const codes = found.flatMap(({ code }) => (code === undefined ? [] : [code]));
  for (const code of codes) {
    const failure = translate(code, route);
    if (failure !== null) return failure;
  }
  return unknown(route.host, codes[0]);
}

/** The connection that could not be opened, if that is what happened. */
export function connectFailureIn(error: unknown): ConnectFailure | null {
  return collect(error).find((one) => one.connect !== null)?.connect ?? null;
}

function translate(code: string, { host }: Route): Failure | null {
  if (isTls(code)) return noTls(host, code);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return failure('timeout', `${host} did not answer in time.`, 'Try again in a moment.');
  }
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    return failure('timeout', `The answer from ${host} stopped half-way.`, 'Try again in a moment.');
  }
  if (code === 'ETIMEDOUT') {
    return failure('timeout', `The connection to ${host} fell silent.`, 'Try again in a moment.');
  }
  if (brokenOff.has(code)) {
    return failure(
      'network_unreachable',
      `${host} broke the connection off before the answer was complete.`,
      'Try again in a moment.',
    );
  }
  const reach = reachProblems[code];
  if (reach !== undefined) {
    return failure(
      'network_unreachable',
      `${host} ${reach}`,
      'Check the address and your network connection.',
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

function isTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}

function noTls(who: string, code: string): Failure {
  return failure(
    'tls_untrusted',
    `No secure connection to ${who} could be agreed on (${code}).`,
    'Check that the address and port are those of an https server, and that nothing in between interferes.',
  );
}

function unknown(who: string, code: string | undefined): Failure {
  return failure(
    'network_unreachable',
    `The exchange with ${who} failed${code === undefined ? '' : ` (${code})`}.`,
    'Try again in a moment. If it stays, check the address and the connection: latchkey doctor',
  );
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

const proxyHint =
  'Check the proxy (latchkey settings show, HTTPS_PROXY, NO_PROXY) and that it lets this host through.';

interface Found {
  readonly code: string | undefined;
  readonly certificate: PeerCertificate | null;
  readonly connect: ConnectFailure | null;
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
    const { certificate = null } = current as { certificate?: PeerCertificate | null };
    found.push({ code: known, certificate, connect: current instanceof ConnectFailure ? current : null });
    queue.push(current.cause);
    if (current instanceof AggregateError) queue.push(...(current.errors as unknown[]));
  }
  return found;
}

function failure(code: ErrorCode, message: string, hint: string): Failure {
  return { code, message, hint };
}
