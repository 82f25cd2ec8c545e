/** Everything secret about one connection, as it lies in the item `connection:<id>`. */
export interface ConnectionSecrets<Session> {
  readonly version: 1;
  readonly credentials: { readonly clientSecret?: string; readonly password?: string };
  /** The token set, whose shape the sessions room owns and checks; null when signed out. */
  readonly session: Session | null;
}

/** Ids are made by us; one that is none would be a name in the file system and the keychain of somebody else's making. */
export function itemName(connectionId: string): string {
  if (!/^[\w-]{1,64}$/.test(connectionId)) throw new TypeError('This is no connection id.');
  return `connection:${connectionId}`;
}

/** What an item of that name holds; null where it cannot be understood. */
export function parseSecrets<Session>(text: string): ConnectionSecrets<Session> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isSecrets(value) ? (value as ConnectionSecrets<Session>) : null;
}

function isSecrets(value: unknown): boolean {
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.credentials)) return false;
  const { clientSecret, password } = value.credentials;
  return (
    (clientSecret === undefined || typeof clientSecret === 'string') &&
    (password === undefined || typeof password === 'string') &&
    (value.session === null || isRecord(value.session))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
