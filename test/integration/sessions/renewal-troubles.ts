import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../../../preload/errors.ts';

/** One way in which a renewal does not bring new tokens. The table of docs/sessions.md is made of these. */
export interface RenewalTrouble {
  readonly what: string;
  /** What the token endpoint does; or where the connection points instead. */
  readonly server:
    ((response: ServerResponse, request: IncomingMessage) => void) | { readonly address: string };
  /** It is the discovery document that the server answers so: nothing comes as far as the token endpoint. */
  readonly at?: 'discovery';
  readonly code: ErrorCode;
  /** Whether the session is over. */
  readonly ended?: true;
  /** State once the access token has ended as well. */
  readonly then: 'signed in' | 'sign in needed';
  /** Seconds until it is tried again unasked; null = never. */
  readonly nextTry: number | null;
}

const passing = { then: 'signed in', nextTry: 5 } as const;
const refused = { then: 'sign in needed', nextTry: 300 } as const;

const send =
  (status: number, body: string | object = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    const type = typeof body === 'object' ? 'application/json' : body === '' ? undefined : 'text/html';
    response.writeHead(status, { ...(type && { 'content-type': type }), ...headers });
    response.end(typeof body === 'object' ? JSON.stringify(body) : body);
  };
const page = '<!doctype html><title>Blocked by the company proxy</title>';
const error = (code: unknown): object => ({ error: code });
const good = { access_token: 'lost-1', refresh_token: 'lost-2', token_type: 'Bearer', expires_in: 3600 };

export const renewalTroubles: readonly RenewalTrouble[] = [
  {
    what: '429 with `Retry-After: 120`',
    server: send(429, error('slow_down'), { 'retry-after': '120' }),
    code: 'rate_limited',
    then: 'signed in',
    nextTry: 120,
  },
  { what: '429 without it', server: send(429), code: 'rate_limited', ...passing },
  { what: '500 with a page', server: send(500, page), code: 'provider_failed', ...passing },
  { what: '502 from a gateway', server: send(502, page), code: 'provider_failed', ...passing },
  {
    what: '503 with `Retry-After: 60`',
    server: send(503, '', { 'retry-after': '60' }),
    code: 'provider_failed',
    then: 'signed in',
    nextTry: 60,
  },
  {
    what: '503 whose body says `invalid_grant`',
    server: send(503, error('invalid_grant')),
    code: 'provider_failed',
    ...passing,
  },
  {
    what: 'the name is not found (DNS)',
    server: { address: 'https://id.acme.invalid' },
    code: 'network_unreachable',
    ...passing,
  },
  {
    what: 'nothing listens there',
    server: { address: 'closed' },
    code: 'network_unreachable',
    ...passing,
  },
  {
    what: 'the connection is reset',
    server: (response) => void response.socket?.resetAndDestroy(),
    code: 'network_unreachable',
    ...passing,
  },
  { what: 'no answer in time', server: () => undefined, code: 'timeout', ...passing },
  {
    what: 'the answer stops half-way',
    server: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write(JSON.stringify(good).slice(0, 40), () => response.socket?.destroy());
    },
    code: 'network_unreachable',
    ...passing,
  },
  { what: 'the certificate is not trusted', server: { address: 'tls' }, code: 'tls_untrusted', ...passing },
  {
    what: 'what comes back is no HTTP',
    server: (response) => void response.socket?.end('hello\r\n\r\n'),
    code: 'response_unexpected',
    ...passing,
  },
  { what: '403 with a proxy’s page', server: send(403, page), code: 'session_refused', ...refused },
  { what: '400 with nothing', server: send(400), code: 'session_refused', ...refused },
  { what: '401 with nothing', server: send(401), code: 'session_refused', ...refused },
  { what: '404 with a page', server: send(404, page), code: 'session_refused', ...refused },
  {
    what: 'a redirect to a network’s sign-in page',
    server: send(302, '', { location: 'http://portal.example/' }),
    code: 'session_refused',
    ...refused,
  },
  { what: '200 with a page', server: send(200, page), code: 'token_response_invalid', ...refused },
  {
    what: '200 without an access token',
    server: send(200, { token_type: 'Bearer' }),
    code: 'token_response_invalid',
    ...refused,
  },
  {
    what: '`invalid_client`',
    server: send(401, error('invalid_client')),
    code: 'client_rejected',
    ...refused,
  },
  { what: '`invalid_scope`', server: send(400, error('invalid_scope')), code: 'scope_rejected', ...refused },
  {
    what: 'an error that no RFC knows',
    server: send(400, error('strange')),
    code: 'session_refused',
    ...refused,
  },
  {
    what: 'Smartenit’s error 101 for the user',
    server: send(400, error({ errors: [{ code: 101 }] })),
    code: 'session_refused',
    ...refused,
  },
  {
    what: 'discovery: 429 with `Retry-After: 120`',
    at: 'discovery',
    server: send(429, error('slow_down'), { 'retry-after': '120' }),
    code: 'rate_limited',
    then: 'signed in',
    nextTry: 120,
  },
  {
    what: 'discovery: 503 with a page',
    at: 'discovery',
    server: send(503, page),
    code: 'provider_failed',
    ...passing,
  },
  {
    what: 'discovery: 403 with a proxy’s page',
    at: 'discovery',
    server: send(403, page),
    code: 'discovery_failed',
    ...passing,
  },
  {
    what: '`invalid_grant`, and the vault holds no newer token',
    server: send(400, error('invalid_grant')),
    code: 'sign_in_needed',
    ended: true,
    then: 'sign in needed',
    nextTry: null,
  },
];
