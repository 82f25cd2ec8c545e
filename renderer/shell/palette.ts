import type { ConnectionInfo, InstallationRow, UserRow } from '../../preload/contract.ts';
import type { IconName } from '../components/icons.ts';
import { standingOf } from '../connections/standing.ts';
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
  /** Found by the core: while it is asked anew this may be of the words before. */
  readonly asked: boolean;
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
  readonly startSandbox: () => void;
}

export interface Found {
  readonly connections: readonly ConnectionInfo[];
  readonly installations: readonly InstallationRow[];
  readonly people: readonly UserRow[];
  /** Whether somebody could be found after reading users: a platform is signed in, and its users were not read yet. */
  readonly unread: boolean;
  /** Whether the console's own sandbox has connections and is not running here. */
  readonly sandboxEnded: boolean;
}

const nothing = { detail: '', sandbox: false, shortcut: '', asked: false };
const shownConnections = 6;

/**
 * The choices for that text, in the order they are shown: whoever has a word that begins so stands before those that have
 * it in the middle of one. Without a text: the views, and what waits for a person.
 */
export function choicesFor(text: string, found: Found, deeds: Deeds): Choice[] {
  const plain = (label: string): string => label.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const words = plain(text.trim()).split(/\s+/);
  const fits = (label: string): boolean => words.every((word) => plain(label).includes(word));
  const begins = (label: string): boolean => {
    const starts = plain(label).split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => starts.some((start) => start.startsWith(word)));
  };
  const asked = words[0] !== '';
  const named = Map.groupBy(
    asked ? found.connections.filter(({ name }) => fits(name)).slice(0, shownConnections) : [],
    ({ name }) => begins(name),
  );
  const connections = (beginning: boolean): Choice[] =>
    (named.get(beginning) ?? []).map((connection) => connectionChoice(connection, deeds));
  return [
    ...connections(true),
    ...found.installations.map((row) => ({
      ...nothing,
      key: `i ${row.connection} ${row.id}`,
      group: t('palette.installations'),
      icon: 'installations' as const,
      label: row.name,
      detail: row.connectionName,
      sandbox: row.sandbox,
      asked: true,
      run: () => deeds.go('users', { connection: row.connection, installation: row.id }),
    })),
    ...peopleOf(found.people, begins).map(({ row, places }) => ({
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
      asked: true,
      run: () => deeds.go('users', { search: row.email ?? row.displayName, open: keyOfUser(row) }),
    })),
    ...connections(false),
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
    asked: true,
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
    detail: t(`status.${standingOf(connection)}`),
    sandbox: connection.sandbox,
    run: () => deeds.go('connections', { open: connection.id }),
  };
}

function actions({ connections, sandboxEnded }: Found, deeds: Deeds): Choice[] {
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
    ...(sandboxEnded ? [action('sandbox', 'refresh', t('sandbox.startAgain'), deeds.startSandbox)] : []),
    action('add', 'plus', t('connection.add'), deeds.add),
    action('compare', 'compare', t('palette.compare'), () => deeds.go('users', { find: 'everywhere' })),
    action('lock', 'lock', t('palette.lock'), deeds.lock),
    action('theme', 'sun', t('palette.theme'), deeds.nextTheme),
    action('keys', 'help', t('keys.title'), deeds.keys, '?'),
  ];
}

/** A person stands once, however many installations have them; those without an e-mail address each stand alone. */
function peopleOf(
  rows: readonly UserRow[],
  first: (name: string) => boolean,
): { row: UserRow; places: number }[] {
  const people = new Map<string, { row: UserRow; places: Set<string> }>();
  for (const row of rows) {
    const key = row.email === null ? keyOfUser(row) : `@ ${row.email.toLowerCase()}`;
    const person = people.get(key) ?? { row, places: new Set() };
    people.set(key, person);
    person.places.add(`${row.connection} ${row.installation}`);
  }
  const inOrder = [...people.values()].toSorted(
    (a, b) => Number(first(b.row.displayName)) - Number(first(a.row.displayName)),
  );
  return inOrder.slice(0, 8).map(({ row, places }) => ({ row, places: places.size }));
}
