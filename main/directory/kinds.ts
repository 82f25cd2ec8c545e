import type { Installation, User } from '../providers/provider.ts';
import type { Traits } from './facets.ts';
import { fold, markWords, unmarked } from './fold.ts';
import {
  millisecondsPerDay,
  type InstallationRow,
  type Lack,
  type ListKey,
  type ListKind,
  type UserRow,
} from './rows.ts';

/** A row as it crosses to the worker and lies in a snapshot: the id, then what each kind shows. */
export type Cells = readonly [id: string, ...shown: unknown[]];

/** What the database needs to know of one row. */
export interface Indexed {
  readonly id: string;
  /** The name as it came: the default sort. */
  readonly title: string;
  /** The name folded and marked: searched. */
  readonly name: string;
  /** Folded and marked: searched too. */
  readonly rest: string;
  /** What can be narrowed by; the list's part of it is the same for all its rows. */
  readonly traits: Omit<Traits, 'list' | 'connection'>;
  /** Milliseconds since the epoch, or null. */
  readonly ends: number | null;
  /** What is shown and cannot be had from the others. */
  readonly shown: string;
}

/** A row as it lies in the database. */
export interface Stored {
  readonly id: string;
  readonly rest: string;
  readonly shown: string;
  readonly ends: number | null;
  readonly traits: Traits;
}

/** How a list and its connection are called. */
export interface Named {
  readonly key: ListKey;
  readonly connectionName: string;
  readonly provider: string;
}

/** The differences between the two kinds of list, in one place. */
export interface Kind {
  /** SQL of each sort but the default; every one ends with the default order. */
  readonly sorts: Readonly<Record<string, string>>;
  /**
   * How a large list comes into those orders (orders.ts): by the value of a column, SQL on `e`, or by what the rows of
   * one combination of traits have in common. Together they are all sorts but the default.
   */
  readonly columns: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, (traits: Traits, list: Named) => string>>;
  readonly index: (cells: Cells) => Indexed;
  readonly row: (key: ListKey, stored: Stored) => InstallationRow | UserRow;
}

export function userCells({ id, displayName, email, roles, status, expiresAt }: User): Cells {
  return [id, displayName, email, roles, status, expiresAt];
}

export function installationCells(installation: Installation): Cells {
  const { id, name, state, timeZone, userCount } = installation;
  return [id, name, state, timeZone, userCount];
}

/** The end of access is missing in what earlier versions kept. */
type UserCells = [string, string, string | null, readonly string[], UserRow['status'], (number | null)?];
type InstallationCells = [string, string, string | null, string | null, number | null];

export const defaultSort: Readonly<Record<ListKind, string>> = {
  installations: 'name',
  users: 'displayName',
};

const ofList = (column: string): string => `(SELECT ${column} FROM list WHERE list.no = e.list)`;
const ofCombo = (column: string): string => `(SELECT ${column} FROM combo WHERE combo.combo = e.combo)`;

/**
 * Most addresses are written in small letters: what is searched is what is shown then. Such a row keeps its name alone,
 * after this sign; others keep name and address as JSON.
 */
const sameEmail = '=';

export const kinds: Readonly<Record<ListKind, Kind>> = {
  users: {
    sorts: {
      email: 'rest',
      status: ofCombo('status'),
      roles: ofCombo('roles'),
      installation: ofList('label'),
      connection: ofList('connection'),
      provider: ofList('provider'),
      // No end is later than any.
      expiresAt: 'coalesce(ends, 9007199254740991)',
      id: 'id',
    },
    columns: { email: 'rest', expiresAt: 'coalesce(ends, 9007199254740991)', id: 'id' },
    labels: {
      status: ({ status }) => status,
      roles: ({ roles }) => roles.join(', '),
      installation: (_, { key }) => (key.kind === 'users' ? key.installation.name : ''),
      connection: (_, { connectionName }) => connectionName,
      provider: (_, { provider }) => provider,
    },
    index(cells) {
      const [id, displayName, email, roles, status, expiresAt = null] = cells as UserCells;
      const searched = email === null ? '' : fold(email);
      const without: Lack[] = [];
      if (displayName === id || displayName === email) without.push('name');
      if (email === null) without.push('email');
      const endsOn = expiresAt === null ? null : Math.floor(expiresAt / millisecondsPerDay);
      return {
        id,
        title: displayName,
        name: markWords(fold(displayName)),
        rest: markWords(searched),
        traits: { status, roles, endsOn, without },
        ends: expiresAt,
        shown: searched === email ? sameEmail + displayName : JSON.stringify([displayName, email]),
      };
    },
    row(key, { id, rest, shown, ends, traits }) {
      const [displayName, email] = shown.startsWith(sameEmail)
        ? [shown.slice(sameEmail.length), unmarked(rest)]
        : (JSON.parse(shown) as [string, string | null]);
      const installation = key.kind === 'users' ? key.installation : { id: '', name: '' };
      return {
        connection: key.connection,
        installation: installation.id,
        installationName: installation.name,
        id,
        displayName,
        email,
        roles: traits.roles,
        status: traits.status as UserRow['status'],
        expiresAt: ends,
      };
    },
  },
  installations: {
    sorts: {
      state: ofCombo('status'),
      timeZone: "shown ->> '$[1]'",
      userCount: "shown ->> '$[2]'",
      connection: ofList('connection'),
      provider: ofList('provider'),
      id: 'id',
    },
    columns: { timeZone: "shown ->> '$[1]'", userCount: "shown ->> '$[2]'", id: 'id' },
    labels: {
      state: ({ status }) => status,
      connection: (_, { connectionName }) => connectionName,
      provider: (_, { provider }) => provider,
    },
    index(cells) {
      const [id, name, state, timeZone, userCount] = cells as InstallationCells;
      return {
        id,
        title: name,
        name: markWords(fold(name)),
        rest: markWords(fold(id)),
        traits: { status: state ?? '', roles: [], endsOn: null, without: [] },
        ends: null,
        shown: JSON.stringify([name, timeZone, userCount]),
      };
    },
    row(key, { id, shown, traits }) {
      const [name, timeZone, userCount] = JSON.parse(shown) as [string, string | null, number | null];
      const provider = key.kind === 'installations' ? key.provider : 'oauth2';
      const state = traits.status === '' ? null : traits.status;
      return { connection: key.connection, provider, id, name, state, timeZone, userCount };
    },
  },
};
