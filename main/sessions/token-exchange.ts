import type { CustomFetch } from 'openid-client';
import type { Http, Purpose } from '../http/seam.ts';
import type { TokenEncoding } from '../providers/provider.ts';
import { UnreadableAnswer, longestAnswer, readableTokenBody } from './token-body.ts';

/** The answer of the token endpoint as it came, kept for the translation of errors (never logged, never stored). */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  /** The `Retry-After` field as it came. */
  readonly retryAfter: string | null;
  readonly text: string;
}

/** A document that was asked for and did not come with 200. */
export type Refused = Pick<Answer, 'status' | 'retryAfter'>;

/**
 * A fetch for openid-client over the one network seam, which remembers the last answer to a POST. Throws
 * {@link UnreadableAnswer} for what must not be read at all.
 */
export interface TokenExchange {
  readonly fetch: CustomFetch;
  answer(): Answer | null;
  /** The last answer to a GET before that (discovery); its text is not kept. */
  discoveryAnswer(): Omit<Answer, 'text'> | null;
  /** The answer to a GET after that (the keys for an ID token) where it was not 200; else null. */
  refusedKeys(): Refused | null;
}

/**
 * @param encoding `json` sends the form that openid-client built as a JSON object (Smartenit: SMA-DOC, SMA-SDK).
 * @param bearer   sent as `Authorization: Bearer` where the client authentication uses no header (Smartenit's refresh
 *                 carries the old access token: SMA-SDK).
 * @param finishPosts a POST that was sent is not cancelled by `signal`, only by openid-client's own time-out.
 * @param ignoreIdToken an ID token that nobody asked for is taken out: it proves nothing, and could fail a good sign-in.
 */
export function tokenExchange(
  http: Http,
  encoding: TokenEncoding,
  options: {
    readonly signal?: AbortSignal;
    /** The connection's id, for the request log. */
    readonly connection?: string;
    readonly bearer?: string;
    readonly finishPosts?: boolean;
    readonly ignoreIdToken?: boolean;
  } = {},
): TokenExchange {
  let last: Answer | null = null;
  let document: Omit<Answer, 'text'> | null = null;
  let refusedKeys: Refused | null = null;
  return {
    fetch: async (url, request) => {
      const headers = new Headers(request.headers);
      let body = request.body;
      if (request.method === 'POST' && encoding === 'json' && body instanceof URLSearchParams) {
        headers.set('content-type', 'application/json');
        body = JSON.stringify(Object.fromEntries(body));
      }
      if (request.method === 'POST' && options.bearer !== undefined && !headers.has('authorization')) {
        headers.set('authorization', `Bearer ${options.bearer}`);
      }
      const cancel = request.method === 'POST' && options.finishPosts ? undefined : options.signal;
      // Cancelled before it is sent, nothing is lost.
      if (cancel === undefined) options.signal?.throwIfAborted();
      const signals = [request.signal, cancel].filter((signal) => signal !== undefined);
      const response = await http.fetch(url, {
        method: request.method,
        headers,
        body: body as RequestInit['body'],
        redirect: 'manual',
        about: {
          purpose: purposeOf(url, request.method, headers, request.body),
          ...(options.connection !== undefined && { connection: options.connection }),
        },
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      });
      const text = await response.clone().text();
      const tooLarge = text.length > longestAnswer;
      const head = {
        url,
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        retryAfter: response.headers.get('retry-after'),
      };
      refusedKeys = null;
      if (request.method === 'POST') last = { ...head, text: tooLarge ? '' : text };
      else if (last === null) document = head;
      else if (response.status !== 200) refusedKeys = head;
      if (tooLarge) {
        const from = request.method === 'POST' ? 'token endpoint' : 'discovery or keys';
        throw new UnreadableAnswer(from, 'it is larger than any such answer');
      }
      if (request.method !== 'POST' || response.status !== 200) return response;
      const { status, headers: answered } = response;
      return new Response(readableTokenBody(text, options.ignoreIdToken === true), {
        status,
        headers: answered,
      });
    },
    answer: () => last,
    discoveryAnswer: () => document,
    refusedKeys: () => refusedKeys,
  };
}

/** OpenID Connect Discovery 1.0 4; RFC 8414 3.1, which puts it before the issuer's path. */
const metadataPath =
  /\/\.well-known\/openid-configuration$|^\/\.well-known\/oauth-authorization-server(\/|$)/;

/**
 * What openid-client wants: it fetches metadata, keys and, with the access token, userinfo, and posts forms that tell
 * themselves apart (a grant to the token endpoint, RFC 6749 4; a token to revoke, RFC 7009 2.1, or to ask about, RFC 7662 2.1).
 */
function purposeOf(url: string, method: string, headers: Headers, body: unknown): Purpose {
  if (method !== 'POST') {
    if (headers.has('authorization')) return 'userinfo';
    return metadataPath.test(new URL(url).pathname) ? 'discovery' : 'jwks';
  }
  if (!(body instanceof URLSearchParams) || body.has('grant_type') || !body.has('token')) return 'token';
  return /introspect/i.test(url) ? 'introspection' : 'revocation';
}
