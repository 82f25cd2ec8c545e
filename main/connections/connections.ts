import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from './connection.ts';
import { changeSettings, readSettings } from './settings.ts';
import { sameName } from './same-name.ts';
import { typedName } from './typed-name.ts';

/** What is said where there is nothing to work with yet. */
export const noConnectionsYet = 'There are no connections yet. Add one with: latchkey connections add';

/** All connections, by name. */
export function listConnections(home: string): Result<readonly Connection[]> {
  const settings = readSettings(home);
  if (!settings.ok) return settings;
  return ok(settings.value.connections.toSorted((a, b) => a.name.localeCompare(b.name)));
}

/** The connection of that name (names are compared without case). Errors: not_found. */
export function findConnection(home: string, name: string): Result<Connection> {
  const settings = readSettings(home);
  if (!settings.ok) return settings;
  const found = settings.value.connections.find((connection) => sameName(connection.name, name));
  if (found !== undefined) return ok(found);
  return settings.value.connections.length > 0 ? unknownName(name) : unknownName(name, noConnectionsYet);
}

/** The connection of that id, whatever it is called now. Errors: not_found. */
export function connectionOfId(home: string, id: string): Result<Connection> {
  const settings = readSettings(home);
  if (!settings.ok) return settings;
  const found = settings.value.connections.find((connection) => connection.id === id);
  return found === undefined
    ? fail('not_found', 'This connection was removed.', 'Look at the list of connections again.')
    : ok(found);
}

/** Adds it. Errors: connection_exists. */
export async function addConnection(home: string, connection: Connection): Promise<Result<Connection>> {
  const changed = await changeSettings(home, (settings) => {
    const taken = settings.connections.find((other) => sameName(other.name, connection.name));
    if (taken !== undefined) return nameTaken(taken.name);
    return ok({ ...settings, connections: [...settings.connections, connection] });
  });
  return changed.ok ? ok(connection) : changed;
}

/**
 * Changes the connection of that id, as it is under the lock: two doors that change different things of it do not undo
 * each other. Errors: those of `change`, not_found, connection_exists (its new name is taken).
 */
export async function changeConnection(
  home: string,
  previous: Connection,
  change: (current: Connection) => Result<Connection>,
): Promise<Result<Connection>> {
  const found: { connection: Connection } = { connection: previous };
  const changed = await changeSettings(home, (settings) => {
    const current = settings.connections.find((other) => other.id === previous.id);
    if (current === undefined) return unknownName(previous.name);
    const connection = change(current);
    if (!connection.ok) return connection;
    found.connection = connection.value;
    const others = settings.connections.filter((other) => other.id !== previous.id);
    const taken = others.find((other) => sameName(other.name, connection.value.name));
    if (taken !== undefined) return nameTaken(taken.name);
    return ok({ ...settings, connections: [...others, connection.value] });
  });
  return changed.ok ? ok(found.connection) : changed;
}

/** Removes it; ok also when it was gone already. */
export async function removeConnection(home: string, id: string): Promise<Result<void>> {
  const changed = await changeSettings(home, (settings) =>
    ok({ ...settings, connections: settings.connections.filter((other) => other.id !== id) }),
  );
  return changed.ok ? ok(undefined) : changed;
}

function unknownName(name: string, hint = 'See the names with: latchkey connections list'): Result<never> {
  return fail('not_found', `There is no connection named "${name}".`, hint);
}

/** What `connection_exists` says; `name` is the one that is there, as it is written. */
export function nameTaken(name: string): Result<never> {
  return fail(
    'connection_exists',
    `There is already a connection named "${name}".`,
    `Choose another name, or change it with: latchkey connections set ${typedName({ name })}`,
    'name',
  );
}
