import * as v from 'valibot';
import {
  type ConnectionField,
  type Failure,
  type Result,
  connectionFields,
  fail,
  ok,
} from '../../preload/errors.ts';
import type {
  ClientAuth,
  EnvironmentId,
  Grant,
  GrantProfile,
  ProviderProfile,
} from '../providers/provider.ts';
import { type Connection, type Overrides, connectionSchema } from './connection.ts';
import { connectionEndpoints } from './endpoints.ts';

/** What a user says of a connection; everything left out gets the provider's default. */
export interface ConnectionInput {
  readonly name?: string;
  readonly environment?: EnvironmentId;
  readonly grant?: Grant;
  readonly clientId?: string;
  readonly clientAuth?: ClientAuth;
  readonly username?: string;
  readonly scope?: string;
  readonly redirectPorts?: readonly number[];
  readonly redirectPath?: string;
  readonly overrides?: Partial<Overrides>;
  /** Nothing that a person says. */
  readonly ownSandbox?: true;
}

/** Whether the client of this connection has a secret to keep, which decides the default client authentication. */
export interface CredentialsKnown {
  readonly clientSecret: boolean;
}

/**
 * A whole connection from what the user said and what the profile knows, checked. `previous` is the connection that is
 * being changed. `checkUrl` judges every address (https, or http to loopback).
 * Errors: input_invalid, with the field that is wrong.
 */
export function describeConnection(
  profile: ProviderProfile,
  input: ConnectionInput,
  known: CredentialsKnown,
  parts: {
    readonly id: string;
    readonly createdAt: string;
    readonly previous?: Connection;
    readonly checkUrl: (text: string, what: string) => Result<URL>;
  },
): Result<Connection> {
  const { previous } = parts;
  const grant = input.grant ?? previous?.grant ?? profile.grants[0]?.grant;
  const grantProfile = profile.grants.find((offered) => offered.grant === grant);
  if (grant === undefined || grantProfile === undefined) {
    const offered = profile.grants.map((other) => other.grant).join(', ');
    return fail(
      'input_invalid',
      `${profile.label} does not offer the grant ${grant ?? ''}.`,
      `Choose one of: ${offered}.`,
    );
  }
  const overrides: Overrides = mergeOverrides(previous?.overrides, input.overrides);
  const environment = input.environment ?? previous?.environment ?? defaultEnvironment(profile, overrides);
  const sameGrant = previous?.grant === grant;
  const own = input.ownSandbox ?? previous?.ownSandbox;
  const connection = {
    id: parts.id,
    name: input.name ?? previous?.name ?? '',
    provider: profile.id,
    environment,
    grant,
    clientId: input.clientId ?? previous?.clientId ?? '',
    clientAuth:
      input.clientAuth ?? (sameGrant ? previous.clientAuth : defaultClientAuth(grantProfile, known)),
    // An empty text takes them away: an empty scope parameter is not the same as none (RFC 6749 3.3).
    username: (input.username ?? (sameGrant ? previous.username : null)) || null,
    scope: (input.scope?.trim() ?? (sameGrant ? previous.scope : (grantProfile.scope ?? null))) || null,
    redirect: {
      ports: input.redirectPorts ? [...input.redirectPorts] : (previous?.redirect.ports ?? []),
      path: input.redirectPath ?? previous?.redirect.path ?? '/callback',
    },
    overrides,
    ...(environment === 'sandbox' && own === true && { ownSandbox: own }),
    createdAt: parts.createdAt,
  };
  const parsed = v.safeParse(connectionSchema, connection);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const path = v.getDotPath(issue);
    return fail(
      'input_invalid',
      `${path === null ? 'Connection' : labelOf(path)}: ${issue.message}`,
      'Correct it and try again; nothing was saved.',
      path === null ? undefined : fieldOf(path),
    );
  }
  const problem =
    unknownName(profile, input.overrides) ?? checkMeaning(parsed.output, profile, known, parts.checkUrl);
  return problem === null ? ok(parsed.output) : { ok: false, error: problem };
}

function checkMeaning(
  connection: Connection,
  profile: ProviderProfile,
  known: CredentialsKnown,
  checkUrl: (text: string, what: string) => Result<URL>,
): Failure | null {
  const endpoints = connectionEndpoints(connection, profile);
  for (const [what, text] of Object.entries(endpoints) as [string, string][]) {
    const checked = checkUrl(text, labelOf(what));
    if (!checked.ok) return { ...checked.error, field: fieldOf(what) };
  }
  if (connection.grant === 'password' && !connection.username) {
    return problem(
      'The password grant needs the name that the system user signs in with.',
      'Give it with --username.',
      'username',
    );
  }
  if (connection.grant === 'client_credentials' && !known.clientSecret) {
    return problem(
      'The client credentials grant needs the client secret.',
      'Give it with --client-secret-stdin, or with --client-secret-env and the name of a variable that holds it.',
      'clientSecret',
    );
  }
  if (connection.clientAuth !== 'none' && !known.clientSecret) {
    return problem(
      `Client authentication "${connection.clientAuth}" needs the client secret.`,
      'Give the secret, or say --client-auth none for a public client.',
      'clientSecret',
    );
  }
  if (connection.grant === 'client_credentials' && connection.clientAuth === 'none') {
    return problem(
      'The client credentials grant cannot go without client authentication: its secret would not be sent.',
      'Say --client-auth post or basic, as the provider wants it.',
      'clientAuth',
    );
  }
  const interactive = connection.grant === 'authorization_code' || connection.grant === 'implicit';
  const { issuer, authorizationEndpoint, tokenEndpoint } = endpoints;
  if (profile.discovery && (issuer ?? tokenEndpoint ?? authorizationEndpoint) === undefined) {
    return problem(
      `The address of ${profile.label} (${connection.environment}) is missing.`,
      'Give its address with --issuer URL, or its endpoints by hand with --token-endpoint and --authorization-endpoint.',
      'issuer',
    );
  }
  if (issuer === undefined || !profile.discovery) {
    if (tokenEndpoint === undefined && connection.grant !== 'implicit') {
      return problem(
        `${profile.label} (${connection.environment}) has no token endpoint.`,
        'Give it with --token-endpoint URL.',
        'tokenEndpoint',
      );
    }
    if (interactive && authorizationEndpoint === undefined) {
      return problem(
        `${profile.label} (${connection.environment}) has no authorization endpoint.`,
        'Give it with --authorization-endpoint URL.',
        'authorizationEndpoint',
      );
    }
  }
  return null;
}

/** A path or switch that the provider does not have would be kept and never used: most likely a slip of the pen. */
function unknownName(profile: ProviderProfile, given: Partial<Overrides> | undefined): Failure | null {
  for (const group of ['paths', 'switches'] as const) {
    const names = Object.keys(profile[group] ?? {});
    const unknown = Object.entries(given?.[group] ?? {}).find(
      ([name, value]) => value !== '' && !names.includes(name),
    );
    if (unknown !== undefined) {
      return problem(
        `${profile.label} has no ${group}.${unknown[0]} to set.`,
        names.length === 0
          ? 'It has none at all.'
          : `What it has: ${names.map((name) => `${group}.${name}`).join(', ')}.`,
        'overrides',
      );
    }
  }
  return null;
}

function problem(message: string, hint: string, field: ConnectionField): Failure {
  return { code: 'input_invalid', message, hint, field };
}

function defaultClientAuth(grant: GrantProfile, known: CredentialsKnown): ClientAuth {
  return known.clientSecret ? grant.clientAuth : 'none';
}

function defaultEnvironment(profile: ProviderProfile, overrides: Overrides): EnvironmentId {
  const byHand = overrides.issuer ?? overrides.tokenEndpoint ?? overrides.authorizationEndpoint;
  if (byHand !== undefined) return 'custom';
  return profile.environments.production === undefined ? 'custom' : 'production';
}

/** An empty text takes an override away again. */
function mergeOverrides(previous: Overrides | undefined, input: Partial<Overrides> | undefined): Overrides {
  const merged = { ...previous, ...input };
  const plain = Object.fromEntries(
    Object.entries(merged).filter(([, value]) => typeof value === 'string' && value !== ''),
  ) as Partial<Overrides>;
  const texts = (
    which: 'paths' | 'authorizationParams' | 'apiHeaders' | 'switches',
  ): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...previous?.[which], ...input?.[which] }).filter(([, value]) => value !== ''),
    );
  return {
    ...plain,
    paths: texts('paths'),
    authorizationParams: texts('authorizationParams'),
    apiHeaders: texts('apiHeaders'),
    switches: texts('switches'),
  };
}

const labels: Record<string, string> = {
  name: 'Name',
  clientId: 'Client id',
  issuer: 'Issuer',
  authorizationEndpoint: 'Authorization endpoint',
  tokenEndpoint: 'Token endpoint',
  revocationEndpoint: 'Revocation endpoint',
  jwksUri: 'JWKS address',
  apiBase: 'API address',
  redirectPath: 'Redirect path',
  redirectPorts: 'Redirect port',
};

/** The member of a connection that a path leads into: `overrides.issuer` to `issuer`, `redirect.ports.0` to `redirectPorts`. */
function memberOf(path: string): string {
  const [first = '', second = ''] = path.split('.');
  if (first === 'redirect') return second === 'ports' ? 'redirectPorts' : 'redirectPath';
  return first === 'overrides' ? second : first;
}

function labelOf(path: string): string {
  return labels[memberOf(path)] ?? path;
}

/** The field that a member is typed in; addresses that have none of their own are overrides. */
function fieldOf(path: string): ConnectionField | undefined {
  const member = memberOf(path);
  const override = path.startsWith('overrides.') || labels[member] !== undefined;
  return connectionFields.find((field) => field === member) ?? (override ? 'overrides' : undefined);
}
