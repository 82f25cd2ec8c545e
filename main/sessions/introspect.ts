import { tokenIntrospection } from 'openid-client';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { HttpError } from '../http/seam.ts';
import { readSecrets } from '../vault/secrets.ts';
import { findCause } from './causes.ts';
import { fetchKeys, storeKeys } from './keys.ts';
import type { SessionParts } from './parts.ts';
import { type Server, findServer } from './server.ts';
import type { Session } from './session.ts';

/** What a server says of a token (RFC 7662 2.2). */
export interface Introspection {
  /** The host that was asked: it has seen the token. */
  readonly host: string;
  readonly active: boolean;
  /** The whole answer. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Asks the connection's server what a token is (RFC 7662). This sends the token to that server: only ever because a person
 * asked for it. Errors: not_found where the server offers no introspection; client_rejected, provider_failed,
 * response_unexpected, cancelled; those of discovery, the network and the vault.
 */
export async function introspect(
  parts: SessionParts,
  connection: Connection,
  token: string,
  signal?: AbortSignal,
): Promise<Result<Introspection>> {
  const found = await serverOf(parts, connection, signal);
  if (!found.ok) return found;
  const { configuration, exchange } = found.value;
  const { label } = parts.profileOf(connection.provider);
  const endpoint = configuration.serverMetadata().introspection_endpoint;
  if (endpoint === undefined) {
    return fail(
      'not_found',
      `The server of ${connection.name} offers no introspection.`,
      'Nothing was sent. Only its own API can tell whether it takes the token.',
    );
  }
  try {
    const answer = await tokenIntrospection(configuration, token);
    return ok({ host: new URL(endpoint).host, active: answer.active, claims: { ...answer } });
  } catch (error) {
    return { ok: false, error: refusal(error, exchange.answer()?.status ?? null, label, signal) };
  }
}

/**
 * Fetches the keys of the connection's issuer again, because a person asked. Errors: not_found where the server names no
 * keys; those of discovery and of the network.
 */
export async function refreshKeys(
  parts: SessionParts,
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<void>> {
  const found = await serverOf(parts, connection, signal);
  if (!found.ok) return found;
  const { endpoints, issuerKnown } = found.value;
  if (endpoints.jwksUri === undefined) {
    return fail(
      'not_found',
      `The server of ${connection.name} names no keys (jwks_uri).`,
      'Its tokens cannot be verified offline, unless you give its keys by hand.',
    );
  }
  const fetched = await fetchKeys(parts.http, parts.clock, endpoints.jwksUri, connection.id, signal);
  if (!fetched.ok) return fetched;
  await storeKeys(parts.home, connection.id, issuerKnown ? (endpoints.issuer ?? null) : null, fetched.value);
  return ok(undefined);
}

async function serverOf(
  parts: SessionParts,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Result<Server>> {
  const secrets = await readSecrets<Session>(parts.vault, connection.id);
  if (!secrets.ok) return secrets;
  return findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile: parts.profileOf(connection.provider),
    credentials: secrets.value.credentials,
    ...(signal && { signal }),
  });
}

function refusal(
  error: unknown,
  status: number | null,
  label: string,
  signal: AbortSignal | undefined,
): Failure {
  const network = findCause(error, (candidate): candidate is HttpError => candidate instanceof HttpError);
  if (network) return network.failure;
  if (signal?.aborted) {
    return {
      code: 'cancelled',
      message: 'Cancelled before the server had answered.',
      hint: 'The token may have reached the server all the same.',
    };
  }
  if (status === 401 || status === 403) {
    return {
      code: 'client_rejected',
      message: `${label} does not let this client ask about tokens (HTTP ${status}).`,
      hint: 'Many servers let only the API itself ask. The client’s id and secret may also be wrong.',
    };
  }
  return status !== null && status >= 500
    ? {
        code: 'provider_failed',
        message: `${label} failed to answer (HTTP ${status}).`,
        hint: 'Try again later.',
      }
    : {
        code: 'response_unexpected',
        message: `${label} answered something that is no introspection answer${status === null ? '' : ` (HTTP ${status})`}.`,
        hint: 'Expected a JSON object with "active" (RFC 7662 2.2).',
      };
}
