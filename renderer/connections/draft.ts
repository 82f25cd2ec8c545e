import type { ConnectionInfo, Input, ProviderInfo } from '../../preload/contract.ts';
import { type ConnectionField, type Failure, connectionFields } from '../../preload/errors.ts';
import { t } from '../messages/text.ts';

type NewConnection = Input<'connections.add'>;
export type Grant = ConnectionInfo['grant'];

/** What is typed in the third step; texts as they stand in their fields. */
export interface Draft {
  provider: NewConnection['provider'];
  grant: Grant;
  name: string;
  environment: ConnectionInfo['environment'];
  clientId: string;
  clientSecret: string;
  /** Empty = as the provider documents it. */
  clientAuth: ConnectionInfo['clientAuth'] | '';
  username: string;
  password: string;
  scope: string;
  /** Ports to listen on, as typed; empty = any free port. */
  ports: string;
  redirectPath: string;
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  apiBase: string;
  /** More overrides, one key=value a line. */
  more: string;
}
export type FieldName = Exclude<keyof Draft, 'provider' | 'grant'>;
export type FieldErrors = Partial<Record<FieldName, string>>;

export const addressFields = ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'apiBase'] as const;

/** An empty draft with a name that is not taken yet. */
export function newDraft(provider: ProviderInfo, grant: Grant, taken: readonly string[]): Draft {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  let name: string = provider.id;
  for (let number = 2; used.has(name); number += 1) name = `${provider.id}-${number}`;
  return {
    provider: provider.id,
    grant,
    name,
    environment: provider.environments[0]?.id ?? 'custom',
    clientId: '',
    clientSecret: '',
    clientAuth: '',
    username: '',
    password: '',
    scope: provider.grants.find((offered) => offered.grant === grant)?.scope ?? '',
    ports: '',
    redirectPath: '/callback',
    issuer: '',
    authorizationEndpoint: '',
    tokenEndpoint: '',
    apiBase: '',
    more: '',
  };
}

/** Whether anything stands otherwise in the one than in the other. */
export function differs(one: Draft, other: Draft): boolean {
  return (Object.keys(one) as (keyof Draft)[]).some((field) => one[field] !== other[field]);
}

/** A connection as it stands, to be changed. Secrets stay empty, which leaves them as they are. */
export function draftOf(connection: ConnectionInfo): Draft {
  const { issuer, authorizationEndpoint, tokenEndpoint, apiBase, ...more } = connection.overrides;
  return {
    provider: connection.provider,
    grant: connection.grant,
    name: connection.name,
    environment: connection.environment,
    clientId: connection.clientId,
    clientSecret: '',
    clientAuth: connection.clientAuth,
    username: connection.username ?? '',
    password: '',
    scope: connection.scope ?? '',
    ports: connection.redirectPorts.join(', '),
    redirectPath: connection.redirectPath,
    issuer: issuer ?? '',
    authorizationEndpoint: authorizationEndpoint ?? '',
    tokenEndpoint: tokenEndpoint ?? '',
    apiBase: apiBase ?? '',
    more: Object.entries(more)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  };
}

/** True where somebody must be at a browser. */
export function needsBrowser(grant: Grant): boolean {
  return grant === 'authorization_code' || grant === 'implicit';
}

/** The ports as typed: numbers between commas or spaces. Null where something else stands there. */
export function portsOf(text: string): number[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const ports = words.map((word) => (/^\d{1,5}$/.test(word) ? Number(word) : 0));
  return ports.every((port) => port >= 1 && port <= 65_535) && ports.length <= 20 ? ports : null;
}

/** The exact addresses to register at the provider, one for each port; without ports, the address without one. */
export function redirectUris(draft: Pick<Draft, 'ports' | 'redirectPath'>): string[] {
  const path = draft.redirectPath.startsWith('/') ? draft.redirectPath : `/${draft.redirectPath}`;
  const ports = portsOf(draft.ports) ?? [];
  return ports.length === 0
    ? [`http://127.0.0.1${path}`]
    : ports.map((port) => `http://127.0.0.1:${port}${path}`);
}

/** Addresses that the chosen environment has no preset for, so that they must be typed. */
export function neededAddresses(draft: Draft, provider: ProviderInfo): (typeof addressFields)[number][] {
  const preset = provider.environments.find(({ id }) => id === draft.environment)?.endpoints ?? {};
  const wanted = provider.discovery
    ? (['issuer'] as const)
    : needsBrowser(draft.grant)
      ? (['authorizationEndpoint', 'tokenEndpoint'] as const)
      : (['tokenEndpoint'] as const);
  const api = provider.lists ? (['apiBase'] as const) : [];
  return [...wanted, ...api].filter((field) => preset[field] === undefined);
}

/** What can be seen to be missing without asking anybody. Empty when there is nothing to say. */
export function missing(draft: Draft, changing: boolean, provider: ProviderInfo): FieldErrors {
  const errors: FieldErrors = {};
  if (draft.name.trim() === '') errors.name = t('field.name.missing');
  if (draft.clientId.trim() === '') errors.clientId = t('field.clientId.missing');
  if (draft.grant === 'client_credentials' && draft.clientSecret === '' && !changing)
    errors.clientSecret = t('field.clientSecret.missing');
  if (draft.grant === 'password') {
    if (draft.username.trim() === '') errors.username = t('field.username.missing');
    if (draft.password === '' && !changing) errors.password = t('field.password.missing');
  }
  if (portsOf(draft.ports) === null) errors.ports = t('field.ports.invalid');
  if (moreOf(draft.more) === null) errors.more = t('field.more.invalid');
  for (const field of neededAddresses(draft, provider)) {
    const byHand = field === 'issuer' && draft.tokenEndpoint.trim() !== '' && !changing; // An issuer can be replaced by endpoints.
    if (draft[field].trim() === '' && !byHand) errors[field] = t('field.address.missing');
  }
  return errors;
}

function moreOf(text: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const equals = line.indexOf('=');
    if (equals < 1) return null;
    found[line.slice(0, equals).trim()] = line.slice(equals + 1).trim();
  }
  return found;
}

/** The bridge's input for a new connection. */
export function inputOf(draft: Draft): NewConnection {
  return { provider: draft.provider, ...changesOf(draft) };
}

/**
 * What a draft says of a connection, but for its provider. Empty fields are left out (the provider's values hold); when changing, an override
 * that was emptied is sent empty, which takes it away.
 */
export function changesOf(draft: Draft, previous?: ConnectionInfo): Omit<NewConnection, 'provider'> {
  const addresses = Object.fromEntries(
    addressFields.map((field) => [field, draft[field].trim()] as const).filter(([, value]) => value !== ''),
  );
  const now: Record<string, string> = { ...addresses, ...moreOf(draft.more) };
  const gone = Object.keys(previous?.overrides ?? {}).filter((key) => now[key] === undefined);
  const overrides = { ...now, ...Object.fromEntries(gone.map((key) => [key, ''])) };
  const browser = needsBrowser(draft.grant);
  return {
    name: draft.name.trim(),
    environment: draft.environment,
    grant: draft.grant,
    clientId: draft.clientId.trim(),
    ...(draft.clientAuth !== '' && { clientAuth: draft.clientAuth }),
    ...(draft.grant === 'password' && { username: draft.username.trim() }),
    ...(draft.scope.trim() !== '' && { scope: draft.scope.trim() }),
    ...(browser && { redirectPorts: portsOf(draft.ports) ?? [], redirectPath: draft.redirectPath.trim() }),
    ...(Object.keys(overrides).length > 0 && { overrides }),
    ...(draft.clientSecret !== '' && { clientSecret: draft.clientSecret }),
    ...(draft.grant === 'password' && draft.password !== '' && { password: draft.password }),
  };
}

/** Where the fields of a connection are typed, where they are not called as there. */
const typedIn: Partial<Record<ConnectionField, FieldName>> = { redirectPorts: 'ports', overrides: 'more' };

/** The field that caused a failure; null where it is none of them (a network, the provider). */
export function fieldOf({ code, field }: Failure, draft: Draft): FieldName | null {
  const known = connectionFields.find((one) => one === field);
  if (known !== undefined) return typedIn[known] ?? (known as FieldName);
  switch (code) {
    case 'client_rejected':
      return draft.clientSecret === '' ? 'clientId' : 'clientSecret';
    case 'credentials_rejected':
      return 'password';
    case 'scope_rejected':
      return 'scope';
    case 'issuer_mismatch':
    case 'discovery_failed':
      return 'issuer';
    case 'port_unavailable':
      return 'ports';
    default:
      return null;
  }
}
