import type { ConnectionInfo } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import type { Console } from '../console.ts';
import type { Connection, Overrides } from '../connections/connection.ts';

/** Several connections as screens see them, with where their sessions stand. The vault is asked once whether it is open. */
export async function connectionInfos(
  console: Console,
  connections: readonly Connection[],
): Promise<ConnectionInfo[]> {
  const { state } = await console.vault.state();
  return Promise.all(
    connections.map(async (connection) => ({
      ...settingsOf(connection),
      session: state === 'open' ? await sessionOf(console, connection) : unknownSession(null),
    })),
  );
}

/** One connection as screens see it. */
export async function connectionInfo(console: Console, connection: Connection): Promise<ConnectionInfo> {
  const { state } = await console.vault.state();
  const session = state === 'open' ? await sessionOf(console, connection) : unknownSession(null);
  return { ...settingsOf(connection), session };
}

/** Whether a connection's data is invented. */
export function isSandbox(connection: Pick<Connection, 'environment'>): boolean {
  return connection.environment === 'sandbox';
}

function settingsOf(connection: Connection): Omit<ConnectionInfo, 'session'> {
  const { id, name, provider, environment, grant, clientId, clientAuth, username, scope } = connection;
  return {
    id,
    name,
    provider,
    environment,
    grant,
    clientId,
    clientAuth,
    username,
    scope,
    redirectPorts: [...connection.redirect.ports],
    redirectPath: connection.redirect.path,
    overrides: flatOverrides(connection.overrides),
    sandbox: isSandbox(connection),
    ownSandbox: connection.ownSandbox === true,
  };
}

/** `issuer`, `paths.users`, ...: the keys of `--set`. */
function flatOverrides(overrides: Overrides): Record<string, string> {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string'
        ? [[key, value]]
        : Object.entries(value).map(([name, text]) => [`${key}.${name}`, text]),
    ),
  );
}

async function sessionOf(console: Console, connection: Connection): Promise<ConnectionInfo['session']> {
  const outlook = await console.sessions.outlook(connection);
  if (!outlook.ok) return unknownSession(outlook.error);
  const { status, warnFrom, tokens } = outlook.value;
  return {
    state: status.state,
    subject: status.subject,
    displayName: status.displayName,
    expiresAt: milliseconds(status.expiresAt),
    refreshExpiresAt: milliseconds(status.refreshExpiresAt),
    failure: status.failure,
    nextTryAt: milliseconds(status.nextTryAt),
    signInBy: milliseconds(status.signInBy),
    warnFrom,
    tokens: [...tokens],
  };
}

function unknownSession(failure: Failure | null): ConnectionInfo['session'] {
  return {
    state: 'unknown',
    subject: null,
    displayName: null,
    expiresAt: null,
    refreshExpiresAt: null,
    failure,
    nextTryAt: null,
    signInBy: null,
    warnFrom: null,
    tokens: [],
  };
}

function milliseconds(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
