import type { Result } from '../../preload/errors.ts';
import type { ServiceReach, SystemUserApi } from './system-users.ts';

/** Lower-case letters, digits and hyphens, at most 40 (the contract's rule); which there are, registry.ts says. */
export type ProviderId = string;

export const environmentIds = ['production', 'accept', 'sandbox', 'custom'] as const;
export type EnvironmentId = (typeof environmentIds)[number];

export const grants = ['authorization_code', 'password', 'client_credentials', 'implicit'] as const;
export type Grant = (typeof grants)[number];

/** How the client proves itself at the token endpoint; `basic-raw` is Basic without RFC 6749 2.3.1's form encoding. */
export const clientAuths = ['basic', 'basic-raw', 'post', 'none'] as const;
export type ClientAuth = (typeof clientAuths)[number];

export const tokenEncodings = ['form', 'json'] as const;
export type TokenEncoding = (typeof tokenEncodings)[number];

/** Where a provider lives. What is undefined comes from discovery, or must be given by the user. */
export interface Endpoints {
  issuer?: string;
  authorizationEndpoint?: string;
  tokenEndpoint?: string;
  revocationEndpoint?: string;
  jwksUri?: string;
  /** Base of the resource API, no trailing slash. */
  apiBase?: string;
}

/** How one grant works at this provider. */
export interface GrantProfile {
  readonly grant: Grant;
  /** Whether the vendor's own pages show it; the rest is offered under "other grants". */
  readonly documented: boolean;
  /** Client authentication with a secret; without a secret it is always `none`. */
  readonly clientAuth: ClientAuth;
  /** Asked for unless the connection says otherwise; undefined = no scope parameter. */
  readonly scope?: string;
  /** A sentence a person should read before choosing it. */
  readonly caution?: string;
}

/** What is known of a vendor platform; every value can be overridden on a connection. */
export interface ProviderProfile {
  readonly id: ProviderId;
  /** "Salto KS" */
  readonly label: string;
  /** Two letters that tell it from the others at a glance: "KS". */
  readonly mark: string;
  /** A sentence on what a person must have at hand to add a connection: "Needs a client id and a client secret." */
  readonly needs: string;
  /** What an installation is called there: "site", "tenant", "location". */
  readonly installationWord: string;
  /** The state of an installation with which nothing is wrong, where the vendor writes one: "released". */
  readonly usualState?: string;
  readonly environments: Partial<Record<EnvironmentId, Endpoints>>;
  readonly grants: readonly GrantProfile[];
  /** Whether the issuer publishes a discovery document (OpenID Connect Discovery 1.0, RFC 8414). */
  readonly discovery: boolean;
  readonly tokenEncoding: TokenEncoding;
  /** Whether a code sign-in sends PKCE S256: always; kept here only as the vendor's own statement for the hint. */
  readonly pkceDocumented: boolean;
  /**
   * Whether the client validates the access token itself on arrival (signature, iss, aud, exp): Konexus tells
   * clients to. `audience` is the expected `aud`.
   */
  readonly validateAccessToken?: { readonly audience: string };
  /** The `aud` of its access tokens where that is known and no client has to check it; the inspector does. */
  readonly accessTokenAudience?: string;
  /** Whether a refresh carries the old access token as `Authorization: Bearer` (Smartenit: SMA-SDK). */
  readonly refreshSendsAccessToken?: boolean;
  /** Named API paths with `{placeholders}`; overridden by `--set paths.NAME=...`. */
  readonly paths: Readonly<Record<string, string>>;
  /** Added to the authorization request, e.g. a dialog's extras; overridden by `--set authorizationParams.NAME=...`. */
  readonly authorizationParams?: Readonly<Record<string, string>>;
  /** Sent with every API request; overridden by `--set apiHeaders.NAME=...`. */
  readonly apiHeaders?: Readonly<Record<string, string>>;
  /** Named assumptions a user can turn, with their default; overridden by `--set switches.NAME=...`. */
  readonly switches?: Readonly<Record<string, string>>;
  /** Whom to ask for a client, in the vendor's words. */
  readonly contact: string;
}

export type UserStatus = 'active' | 'pending' | 'suspended' | 'blocked' | 'expired';

/** Salto KS site, Nebula installation, Konexus tenant, Smartenit location. */
export interface Installation {
  readonly id: string;
  readonly name: string;
  /** The vendor's own word, or null where it has none. */
  readonly state: string | null;
  /** IANA name. */
  readonly timeZone: string | null;
  readonly userCount: number | null;
  /** The vendor's record as it came. */
  readonly raw: unknown;
}

/** A person in an installation. */
export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly status: UserStatus;
  /** When this person's access ends by the vendor's record, milliseconds since the epoch; null where it says nothing. */
  readonly expiresAt: number | null;
  readonly raw: unknown;
}

/** One page of a vendor's list, in the vendor's order. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** How many there are in all, where the vendor says; otherwise null. */
  readonly total: number | null;
  /**
   * The answer as it came: JSON that is, or holds in one of its members, the array of the rows' records, in their order.
   * Missing where rows were left out of it. Whoever takes the page may move the bytes to another thread.
   */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Where the list goes on after this page; null at its end. */
  readonly cursor?: PageCursor | null;
}

/** A place in a vendor's list, from which it can be read on: see {@link ProviderContext.from}. */
export interface PageCursor {
  readonly request: ApiRequest;
  /** The number of the page that the request asks for; 1 for the first. */
  readonly page: number;
  /** Rows before it. */
  readonly before: number;
  /** What the vendor said there is in all, or null. */
  readonly announced: number | null;
}

/** A provider's list: one Result per page; after a failure the list has ended. */
export type PageStream<T> = AsyncGenerator<Result<Page<T>>, void, undefined>;

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  /** JSON body. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a POST that only reads (Konexus finds contacts by POST): it may be sent again after a fault. */
  readonly repeatable?: boolean;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered. */
  readonly url: string;
  readonly text: string;
  /** What the text was decoded from; missing where it was not kept. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/**
 * Sends API requests with the session's access token (added by the implementation, as are 401-refresh-retry, 429
 * waiting and the connection's extra headers). Every HTTP status is a value; only a missing answer or a missing
 * session is a failure. A URL outside the origin of `apiBase` is refused with `response_unexpected`: a token never
 * goes to a host the user did not configure.
 */
export interface ApiClient {
  send(request: ApiRequest): Promise<Result<ApiResponse>>;
}

/** What a provider needs to talk to its API for one connection. */
export interface ProviderContext {
  /** No trailing slash. */
  readonly apiBase: string;
  /** The profile's paths with the connection's overrides applied. */
  readonly paths: Readonly<Record<string, string>>;
  /** The profile's switches with the connection's overrides applied. */
  readonly switches: Readonly<Record<string, string>>;
  readonly api: ApiClient;
  /** Claims of the access token where it is a JWT, otherwise null. Not verified here. */
  accessTokenClaims(): Promise<Result<Readonly<Record<string, unknown>> | null>>;
  /** Milliseconds since the epoch, for "expired". */
  now(): number;
  readonly signal?: AbortSignal;
  /** Reads a list on from here instead of from its beginning; of the same list, of an earlier stream. */
  readonly from?: PageCursor;
}

/**
 * What a provider is asked for. Words are not among it: no vendor documents a search that covers names and e-mail addresses,
 * and one that covers less would say "nobody" where there is somebody. The directory searches the whole list.
 */
export interface UserQuery {
  /** The vendor's own filter language, passed on as typed. */
  readonly filter?: string;
}

/**
 * A provider as it is registered. What talks to its API is loaded when it is needed: `latchkey token` knows every profile
 * and reads no list, and it has a start-up budget.
 */
export interface RegisteredProvider {
  readonly profile: ProviderProfile;
  /** The provider of that profile. */
  readonly load: () => Promise<Provider>;
}

export interface Provider {
  readonly profile: ProviderProfile;
  /** Whether an answer with another status than 401 says that the access token is no longer good; absent = none does. */
  readonly refusesToken?: (response: ApiResponse) => boolean;
  /** Every page is followed to the end; an unexpected shape is `response_unexpected`, never an empty list. */
  listInstallations(context: ProviderContext): PageStream<Installation>;
  listUsers(
    context: ProviderContext,
    installation: { readonly id: string; readonly name: string },
    query?: UserQuery,
  ): PageStream<User>;
  /** Where a system user has to be set up site by site; absent elsewhere. */
  readonly systemUsers?: SystemUserApi;
  /** Where a service has an identity of its own whose reach can be looked at; absent elsewhere. */
  reach?(context: ProviderContext, clientId: string): Promise<Result<ServiceReach>>;
}
