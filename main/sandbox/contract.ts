/** The types between the sandbox's parts: listener, identity (OAuth) and resource APIs. Shared with no other room. */

export type SandboxProvider = 'salto-ks' | 'salto-nebula' | 'konexus' | 'smartenit';

/** One request as a handler sees it, body read whole (bounded). */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** At most one of `json`, `html`, `text` is set; none = empty body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly html?: string;
  readonly text?: string;
}

/** Null = not mine, try the next handler. */
export type Handler = (exchange: Exchange) => Promise<Reply | null>;

/** What a vendor's installations a caller may see: all, or the first N of the seeded list. */
export type Reach = 'all' | number;

/** Who stands behind a bearer token. */
export interface Access {
  readonly clientId: string;
  /** Identity subject of the person, null for client credentials. */
  readonly accountId: string | null;
  /** Sign-in name of the person, null for client credentials. */
  readonly username: string | null;
  readonly scopes: readonly string[];
  readonly reach: Reach;
}

export type AccessProblem = 'missing' | 'invalid' | 'expired' | 'wrong_audience';

/** Looks at an `Authorization` header value. */
export type Authenticate = (authorization: string | undefined) => Promise<Access | AccessProblem>;

/** Builds a vendor's resource API. Absolute links (next_page_link) start with `origin`. */
export interface ApiOptions {
  readonly origin: string;
  readonly authenticate: Authenticate;
  readonly switches: Switches;
  /** Milliseconds since the epoch, offset by `POST /clock`. */
  readonly now: () => number;
}

/** A sign-in account that the sandbox lists (its password is public by design: demo data only). */
export interface SandboxAccount {
  readonly provider: SandboxProvider;
  /** Identity subject: a UUID at KS, numeric text at Konexus, 24 hex at Smartenit. */
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly role: string;
  readonly reach: Reach;
  /** True for accounts made for exercises, which `sandbox --json` prints under `exercises`. */
  readonly exercise: boolean;
}

export interface SandboxClient {
  readonly provider: SandboxProvider;
  readonly grant: 'authorization_code' | 'password' | 'client_credentials' | 'implicit';
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly clientAuth: 'basic' | 'post' | 'none';
  /** Space-separated; empty = none. */
  readonly scope: string;
  readonly reach: Reach;
  readonly exercise: boolean;
}

/**
 * Every assumption of vendor-apis.md section 6 by name, with its default in switches.ts. Values are plain so that they
 * can come from the command line and `POST /switches`.
 */
export type Switches = Record<string, string | number | boolean>;
