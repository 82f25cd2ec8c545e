type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The socket paths at which this environment's session bus may be, in the order to try: `DBUS_SESSION_BUS_ADDRESS`, else
 * `$XDG_RUNTIME_DIR/bus` (D-Bus Specification, "Server Addresses" and "Well-known Message Bus Instances"; GLib, and so
 * libsecret, looks in the same places). A path that begins with NUL is in Linux' abstract namespace. Addresses other
 * than unix sockets are left out.
 */
export function sessionBusSockets(env: Environment): string[] {
  const address = env.DBUS_SESSION_BUS_ADDRESS;
  if (address) return address.split(';').flatMap(socketOf);
  return env.XDG_RUNTIME_DIR ? [`${env.XDG_RUNTIME_DIR}/bus`] : [];
}

function socketOf(entry: string): string[] {
  if (!entry.startsWith('unix:')) return [];
  const keys = new Map(
    entry
      .slice('unix:'.length)
      .split(',')
      .map((pair): [string, string] => {
        const equals = pair.indexOf('=');
        return [pair.slice(0, equals), unescape(pair.slice(equals + 1))];
      }),
  );
  const path = keys.get('path');
  if (path) return [path];
  const abstract = keys.get('abstract');
  return abstract ? [`\0${abstract}`] : [];
}

function unescape(value: string): string {
  const bytes = value.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return value.includes('%') ? Buffer.from(bytes, 'latin1').toString('utf8') : value;
}
