import {
  Configuration,
  type ServerMetadata,
  allowInsecureRequests,
  clockSkew,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';
import { type ErrorCode, type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connections/connection.ts';
import { connectionEndpoints, connectionTexts } from '../connections/endpoints.ts';
import { checkEndpointUrl, isLoopbackHost } from '../http/endpoint-url.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { type Http, HttpError } from '../http/seam.ts';
import type { Endpoints, ProviderProfile } from '../providers/provider.ts';
import { causeCode, findCause } from './causes.ts';
import { isNone, isSymmetric } from '../tokens/algorithms.ts';
import { clientAuthentication } from './client-authentication.ts';
import { serverTrouble } from './server-trouble.ts';
import type { Credentials } from './session.ts';
import { asksForOpenId } from './openid.ts';
import { type TokenExchange, tokenExchange } from './token-exchange.ts';

/** A connection's authorization server, ready for one exchange: openid-client's configuration over the network seam. */
export interface Server {
  readonly configuration: Configuration;
  readonly exchange: TokenExchange;
  /** Discovered endpoints with what the user set by hand on top. */
  readonly endpoints: Endpoints;
  /** False where nobody named the issuer: then `iss` in a callback has nothing to be compared with. */
  readonly issuerKnown: boolean;
}

export interface ServerParts {
  readonly http: Http;
  readonly clock: Clock;
  readonly profile: ProviderProfile;
  readonly credentials: Credentials;
  readonly signal?: AbortSignal;
  /** The old access token, for providers whose refresh carries it. */
  readonly bearer?: string;
  /** POSTs are not cancelled by `signal` once they are sent. */
  readonly finishPosts?: boolean;
}

/** `retryAfterMs`: how long a server that is busy asks to wait, where it says so. */
export type FoundServer =
  | { readonly ok: true; readonly value: Server }
  | { readonly ok: false; readonly error: Failure; readonly retryAfterMs?: number | null };

/**
 * Finds the server of a connection: by discovery (OpenID Connect Discovery 1.0 4, RFC 8414 3) where there is an issuer
 * that publishes a document, otherwise from the endpoints given. What the user set by hand always wins.
 * Errors: discovery_failed, issuer_mismatch, rate_limited, provider_failed, input_invalid, and those of the network.
 */
export async function findServer(connection: Connection, parts: ServerParts): Promise<FoundServer> {
  const { profile, http, credentials } = parts;
  const given = connectionEndpoints(connection, profile);
  const encoding = connection.overrides.tokenEncoding ?? profile.tokenEncoding;
  const exchange = tokenExchange(http, encoding, {
    connection: connection.id,
    ...(parts.signal && { signal: parts.signal }),
    ...(parts.bearer !== undefined && { bearer: parts.bearer }),
    ...(parts.finishPosts && { finishPosts: true }),
    ignoreIdToken: !asksForOpenId(connection),
  });

  let metadata: Record<string, unknown> & { issuer: string };
  if (given.issuer !== undefined && profile.discovery) {
    const discovered = await discover(given.issuer, profile, exchange);
    if (!discovered.ok) {
      const byHand = given.tokenEndpoint !== undefined && noDocument.has(discovered.error.code);
      if (!byHand) {
        const asked = exchange.discoveryAnswer()?.retryAfter ?? null;
        return { ...discovered, retryAfterMs: retryAfterMs(asked, parts.clock.now()) };
      }
      metadata = { issuer: given.issuer };
    } else {
      metadata = discovered.value;
      if (asksForOpenId(connection) && signsNothing(metadata)) return unsignedOnly(profile);
      const inward = inwardEndpoint(given.issuer, metadata);
      if (inward !== null) return pointsInward(profile, inward);
    }
  } else {
    // openid-client wants an issuer; a plain OAuth 2 server has none, so the token endpoint's origin stands in. It is
    // compared with nothing then, for such a server sends neither `iss` nor ID tokens.
    const standIn = URL.parse(given.tokenEndpoint ?? given.authorizationEndpoint ?? '')?.origin;
    metadata = { issuer: given.issuer ?? standIn ?? 'https://unknown.invalid' };
  }

  const dialog = connectionTexts(connection, profile, 'switches').authorizationEndpoint === 'dialog';
  const merged = {
    ...metadata,
    ...(given.authorizationEndpoint !== undefined && { authorization_endpoint: given.authorizationEndpoint }),
    ...(given.tokenEndpoint !== undefined && { token_endpoint: given.tokenEndpoint }),
    ...(given.revocationEndpoint !== undefined && { revocation_endpoint: given.revocationEndpoint }),
    ...(given.jwksUri !== undefined && { jwks_uri: given.jwksUri }),
  } as Record<string, unknown> & { issuer: string };
  if (dialog && typeof merged.authorization_endpoint === 'string') {
    merged.authorization_endpoint = `${merged.authorization_endpoint.replace(/\/$/, '')}/dialog`;
  }

  const endpoints: Endpoints = { ...given, issuer: merged.issuer };
  for (const [name, key] of endpointNames) {
    const value = merged[key];
    if (typeof value !== 'string') continue;
    const checked = checkEndpointUrl(value, `The ${key.replaceAll('_', ' ')} of ${profile.label}`);
    if (!checked.ok) return checked;
    endpoints[name] = value;
  }

  const origin = endpoints.tokenEndpoint ?? endpoints.issuer;
  const skewSeconds = origin === undefined ? 0 : (http.skewSeconds(new URL(origin).origin) ?? 0);
  // openid-client reads the system's clock: this is the difference to the server's time as our clock sees it.
  const skew = Math.round(skewSeconds + (parts.clock.now() - Date.now()) / 1000);
  const configuration = new Configuration(
    merged as ServerMetadata,
    connection.clientId,
    { [clockSkew]: skew },
    clientAuthentication(connection.clientAuth, connection.clientId, credentials.clientSecret),
  );
  configuration[customFetch] = exchange.fetch;
  // The seam refuses http to anything but loopback (http/endpoint-url.ts); the library's own, wider rule is for https only.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so by its author to make it stand out
  allowInsecureRequests(configuration);
  // Also in the code flow, where OpenID Connect Core 3.1.3.7 (6) would let TLS stand in; without keys no ID token is taken.
  enableNonRepudiationChecks(configuration);
  return ok({ configuration, exchange, endpoints, issuerKnown: given.issuer !== undefined });
}

const endpointNames = [
  ['authorizationEndpoint', 'authorization_endpoint'],
  ['tokenEndpoint', 'token_endpoint'],
  ['revocationEndpoint', 'revocation_endpoint'],
  ['jwksUri', 'jwks_uri'],
] as const;

/** After these somebody answered, but with no document: endpoints that were given by hand do without. */
const noDocument: ReadonlySet<ErrorCode> = new Set(['discovery_failed', 'rate_limited', 'provider_failed']);

/** Whether a server announces only ID tokens that are not signed by a key of its own: `none`, or with a shared secret. */
function signsNothing({
  id_token_signing_alg_values_supported: announced,
}: Record<string, unknown>): boolean {
  return (
    Array.isArray(announced) && announced.every((alg) => isNone(String(alg)) || isSymmetric(String(alg)))
  );
}

function unsignedOnly({ label }: ProviderProfile): Result<never> {
  return fail(
    'discovery_failed',
    `${label} offers no ID tokens whose signature can be checked (id_token_signing_alg_values_supported).`,
    'Ask the provider for RS256, which OpenID Connect requires, or take openid out of the scope.',
  );
}

/** What requests are sent to. */
const askedEndpoints = [
  ...endpointNames.map(([, key]) => key),
  'userinfo_endpoint',
  'introspection_endpoint',
];

/**
 * An endpoint that a server elsewhere (its issuer is https) names as plain http to this computer: our requests, which have no
 * Origin, would reach programs here that believe only their own user can speak to them. RFC 8414 2 wants https of all of them.
 */
function inwardEndpoint(issuer: string, metadata: Readonly<Record<string, unknown>>): string | null {
  if (!issuer.startsWith('https:')) return null;
  const inward = askedEndpoints.find((key) => {
    const url = URL.parse(String(metadata[key]));
    return url?.protocol === 'http:' && isLoopbackHost(url.hostname);
  });
  return inward ?? null;
}

function pointsInward({ label }: ProviderProfile, key: string): Result<never> {
  return fail(
    'discovery_failed',
    `${label} names an address of this computer as its ${key.replaceAll('_', ' ')}; it was not asked.`,
    'Tell the provider: its discovery document may name https addresses only (RFC 8414 2).',
  );
}

async function discover(
  issuer: string,
  profile: ProviderProfile,
  exchange: TokenExchange,
): Promise<Result<Record<string, unknown> & { issuer: string }>> {
  const checked = checkEndpointUrl(issuer, 'The issuer');
  if (!checked.ok) return checked;
  try {
    const found = await discovery(checked.value, 'discovery', undefined, undefined, {
      algorithm: profile.id === 'oauth2' ? 'oauth2' : 'oidc',
      [customFetch]: exchange.fetch,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
      execute: [allowInsecureRequests],
    });
    return ok({ ...found.serverMetadata() });
  } catch (error) {
    const network = findCause(error, (candidate): candidate is HttpError => candidate instanceof HttpError);
    if (network) return { ok: false, error: network.failure };
    const code = causeCode(error);
    if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') {
      return fail(
        'issuer_mismatch',
        `The server at ${issuer} describes itself as another issuer.`,
        'Check the issuer address letter by letter (a closing slash counts). If it is right, someone else may be answering for it.',
      );
    }
    if (code === 'OAUTH_TIMEOUT')
      return fail('timeout', `${checked.value.host} did not answer in time.`, 'Try again in a moment.');
    if (code === 'OAUTH_ABORT') return fail('cancelled', 'Cancelled.', 'Start it again when you like.');
    const { status = 200, contentType = '' } = exchange.discoveryAnswer() ?? {};
    const trouble = serverTrouble(status, profile.label);
    if (trouble !== null) return { ok: false, error: trouble };
    const page = /html/i.test(contentType) ? 'a web page' : null;
    const came = [status === 200 ? null : `HTTP ${status}`, page].filter((word) => word !== null).join(', ');
    return fail(
      'discovery_failed',
      `${issuer} has no discovery document that can be used${came === '' ? '' : ` (${came})`}.`,
      `Check the issuer address, or give the endpoints by hand (--token-endpoint, --authorization-endpoint).${page === null ? '' : ' A proxy or a sign-in page of the network may be answering in its place.'}`,
    );
  }
}
