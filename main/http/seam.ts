import type { Failure } from '../../preload/errors.ts';

/** One finished or failed exchange, safe to show: no header, body or query value that could be a secret is in it. */
export interface RequestRecord {
  /** ISO 8601. */
  readonly time: string;
  readonly method: string;
  /** Origin and path; query values are replaced by `…` (names stay), user info is dropped. */
  readonly url: string;
  /** HTTP status, or null where no answer came. */
  readonly status: number | null;
  readonly milliseconds: number;
  /** Error code where no answer came. */
  readonly failure: string | null;
}

/** The ONE network seam: every request of the core goes through an object of this type. */
export interface Http {
  /**
   * WHATWG fetch through proxy, extra CA and time-outs. Redirects are never followed (`redirect: 'manual'`), and no
   * request is repeated by the seam. Rejects with an {@link HttpError}, or with the caller's abort reason.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /**
   * How far the clock of `origin` is ahead of ours, in seconds, from the last HTTP `Date` header seen
   * (RFC 9110 6.6.1; resolution 1 s). Null before the first answer.
   */
  skewSeconds(origin: string): number | null;
  /** The last exchanges, oldest first, bounded. */
  records(): readonly RequestRecord[];
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
