import type { ConnectionInfo, InstallationRow, UserRow } from '../../preload/contract.ts';
import type { IconName } from '../components/icons.ts';
import { t } from '../messages/text.ts';
import { type View, keyOfUser, views } from '../state/route.ts';

/** One line of the palette: what it is, and what choosing it does. */
export interface Choice {
  readonly key: string;
  readonly group: string;
  readonly icon: IconName;
  readonly label: string;
  readonly detail: string;
  readonly sandbox: boolean;
  /** The key that does the same without the palette. */
  readonly shortcut: string;
  readonly run: () => void;
}

/** What choosing can do; the palette itself knows nothing of views. */
export interface Deeds {
  readonly go: (view: View, parameters?: Readonly<Record<string, string>>) => void;
  readonly add: () => void;
  readonly keys: () => void;
  readonly nextTheme: () => void;
  readonly lock: () => void;
  readonly signIn: (connection: ConnectionInfo) => void;
  readonly renew: (connection: ConnectionInfo) => void;
  readonly readUsers: () => void;
}

export interface Found {
  readonly connections: readonly ConnectionInfo[];
  readonly installations: readonly InstallationRow[];
  readonly people: readonly UserRow[];
  /** Whether somebody could be found after reading users: a platform is signed in, and its users were not read yet. */
  readonly unread: boolean;
}

const nothing = { detail: '', sandbox: false, shortcut: '' };
const shownConnections = 6;

/** The choices for that text, in the order they are shown. Without a text: the views, and what waits for a person. */
export function choicesFor(text: string, found: Found, deeds: Deeds): Choice[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  const fits = (label: string): boolean => words.every((word) => label.toLowerCase().includes(word));
  const asked = words[0] !== '';
  const named = asked ? found.connections.filter(({ name }) => fits(name)).slice(0, shownConnections) : [];
  return [
    ...named.map((connection) => connectionChoice(connection, deeds)),
    ...found.installations.map((row) => ({
      ...nothing,
      key: `i ${row.connection} ${row.id}`,
      group: t('palette.installations'),
      icon: 'installations' as const,
      label: row.name,
      detail: row.connectionName,
      sandbox: row.sandbox,
      run: () => deeds.go('users', { connection: row.connection, installation: row.id }),
    })),
    ...peopleOf(found.people).map(({ row, places }) => ({
      ...nothing,
      key: `u ${row.connection} ${row.installation} ${row.id}`,
      group: t('palette.people'),
      icon: 'users' as const,
      label: row.displayName,
      // How many places stands first: the address is what can be cut.
      detail: [places === 1 ? row.installationName : t('palette.places', { count: places }), row.email]
        .filter((part) => part !== null)
        .join(' · '),
      sandbox: row.sandbox,
      run: () => deeds.go('users', { search: row.email ?? row.displayName, open: keyOfUser(row) }),
    })),
    ...views
      .map((view, place) => ({
        ...nothing,
        key: `v ${view}`,
        group: t('palette.go'),
        icon: view,
        label: t(`view.${view}`),
        shortcut: String(place + 1),
        run: () => deeds.go(view),
      }))
      .filter(({ label }) => fits(label)),
    ...actions(found, deeds).filter(({ label, key }) => (asked ? fits(label) : !key.startsWith('a renew'))),
    // Whoever looks for a person that was not read yet is told how to get there.
    ...(asked && found.unread && found.people.length === 0 ? [readChoice(deeds)] : []),
  ];
}

function readChoice({ readUsers }: Deeds): Choice {
  return {
    ...nothing,
    key: 'a read',
    group: t('palette.people'),
    icon: 'refresh',
    label: t('users.read'),
    detail: t('palette.unread'),
    run: readUsers,
  };
}

function connectionChoice(connection: ConnectionInfo, deeds: Deeds): Choice {
  return {
    ...nothing,
    key: `c ${connection.id}`,
    group: t('palette.connections'),
    icon: 'connections',
    label: connection.name,
    detail: t(`status.${connection.session.state}`),
    sandbox: connection.sandbox,
    run: () => deeds.go('connections', { open: connection.id }),
  };
}

function actions({ connections }: Found, deeds: Deeds): Choice[] {
  const action = (key: string, icon: IconName, label: string, run: () => void, shortcut = ''): Choice => ({
    ...nothing,
    key: `a ${key}`,
    group: t('palette.actions'),
    icon,
    label,
    shortcut,
    run,
  });
  return [
    ...connections.flatMap((connection) => {
      const { id, name, session } = connection;
      if (session.state === 'signed_out' || session.state === 'sign_in_needed')
        return [action(`signin ${id}`, 'key', t('palette.signIn', { name }), () => deeds.signIn(connection))];
      if (session.state === 'signed_in')
        return [
          action(`renew ${id}`, 'refresh', t('palette.renew', { name }), () => deeds.renew(connection)),
        ];
      return [];
    }),
    action('add', 'plus', t('connection.add'), deeds.add),
    action('compare', 'compare', t('palette.compare'), () => deeds.go('users', { find: 'everywhere' })),
    action('lock', 'lock', t('palette.lock'), deeds.lock),
    action('theme', 'sun', t('palette.theme'), deeds.nextTheme),
    action('keys', 'help', t('keys.title'), deeds.keys, '?'),
  ];
}

/** A person stands once, however many installations have them; those without an e-mail address each stand alone. */
function peopleOf(rows: readonly UserRow[]): { row: UserRow; places: number }[] {
  const people = new Map<string, { row: UserRow; places: Set<string> }>();
  for (const row of rows) {
    const key = row.email === null ? keyOfUser(row) : `@ ${row.email.toLowerCase()}`;
    const person = people.get(key) ?? { row, places: new Set() };
    people.set(key, person);
    person.places.add(`${row.connection} ${row.installation}`);
  }
  return [...people.values()].slice(0, 8).map(({ row, places }) => ({ row, places: places.size }));
}
