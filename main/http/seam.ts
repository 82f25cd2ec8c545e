import type { Failure } from '../../preload/errors.ts';

/** What a request is for; `check` asks only whether a host answers. */
export type Purpose =
  'discovery' | 'token' | 'jwks' | 'userinfo' | 'revocation' | 'introspection' | 'api' | 'check';

/** Who asks and why, for the request log. */
export interface About {
  readonly purpose: Purpose;
  /** The connection's id. */
  readonly connection?: string;
  /** Which try at the same thing this is, from 1. */
  readonly attempt?: number;
}

/** As fetch takes it. */
export interface HttpRequest extends RequestInit {
  readonly about?: About;
}

/** One finished or failed exchange, safe to show: no header, body or query value that could be a secret is in it. */
export interface RequestRecord extends Required<Omit<About, 'connection'>> {
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly connection: string | null;
  readonly method: string;
  /** With the port where it is not the usual one. */
  readonly host: string;
  /** Path and query as {@link redactPath} shows them. */
  readonly path: string;
  /** HTTP status, or null where no answer came. */
  readonly status: number | null;
  readonly milliseconds: number;
  /** Length of the answer's body after decompression; null where it did not come whole. */
  readonly bytes: number | null;
  /** Host of the proxy it went through; null = direct. */
  readonly proxy: string | null;
  /** Why it failed, where it did: an answer with an error's status is no failure of the exchange. */
  readonly failure: Failure | null;
}

/** An answer whose body has been read already. */
export interface WholeResponse extends Response {
  /**
   * That body, decompressed, without a further copy: a page of a large list is a megabyte, and reading it out of a
   * `Response` copies it twice. Whoever moves the bytes elsewhere has emptied the response. Missing where there is none.
   */
  readonly whole?: Uint8Array<ArrayBuffer>;
}

/** The ONE network seam: every request of the core goes through an object of this type. */
export interface Http {
  /**
   * WHATWG fetch through proxy, extra CA and time-outs. Redirects are never followed (`redirect: 'manual'`), so that
   * credentials go nowhere but where they were sent, and no request that left is repeated by the seam. Rejects with an
   * {@link HttpError}, or with the caller's abort reason.
   */
  fetch(url: string | URL, request?: HttpRequest): Promise<WholeResponse>;
  /**
   * How far the clock of `origin` is ahead of ours, in seconds, from the last HTTP `Date` header seen
   * (RFC 9110 6.6.1; resolution 1 s). Null before the first answer.
   */
  skewSeconds(origin: string): number | null;
  /** Ends idle connections so that a process can exit. */
  close(): Promise<void>;
}

/** The only thing {@link Http.fetch} throws for itself: fetch is a throwing interface, so the value travels inside. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}
