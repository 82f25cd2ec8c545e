import type { Installation, User } from '../providers/provider.ts';
import { fold, markWords } from './fold.ts';
import type { InstallationRow, ListKey, ListKind, UserRow } from './rows.ts';

/** A row as it crosses to the worker and lies in a snapshot: the id, then what each kind shows. */
export type Cells = readonly [id: string, ...shown: unknown[]];

/** What the database needs to know of one row. */
export interface Indexed {
  readonly id: string;
  /** Folded and marked: the default sort, and searched. */
  readonly name: string;
  /** Folded and marked: searched too. */
  readonly rest: string;
  readonly status: string;
  readonly roles: readonly string[];
}

/** The differences between the two kinds of list, in one place. */
export interface Kind {
  /** SQL of each sort but the default; every one ends with the default order. */
  readonly sorts: Readonly<Record<string, string>>;
  readonly index: (cells: Cells) => Indexed;
  readonly row: (key: ListKey, cells: Cells) => InstallationRow | UserRow;
}

export function userCells(user: User): Cells {
  return [user.id, user.displayName, user.email, user.roles, user.status];
}

export function installationCells(installation: Installation): Cells {
  const { id, name, state, timeZone, userCount } = installation;
  return [id, name, state, timeZone, userCount];
}

type UserCells = [string, string, string | null, string[], UserRow['status']];
type InstallationCells = [string, string, string | null, string | null, number | null];

export const defaultSort: Readonly<Record<ListKind, string>> = {
  installations: 'name',
  users: 'displayName',
};

export const kinds: Readonly<Record<ListKind, Kind>> = {
  users: {
    sorts: {
      email: 'rest',
      status: 'status',
      installation: '(SELECT label FROM list WHERE list.no = e.list)',
    },
    index(cells) {
      const [id, displayName, email, roles, status] = cells as UserCells;
      return {
        id,
        name: markWords(fold(displayName)),
        rest: email ? markWords(fold(email)) : '',
        status,
        roles,
      };
    },
    row(key, cells) {
      const [id, displayName, email, roles, status] = cells as UserCells;
      const installation = key.kind === 'users' ? key.installation : { id: '', name: '' };
      return {
        connection: key.connection,
        installation: installation.id,
        installationName: installation.name,
        id,
        displayName,
        email,
        roles,
        status,
      };
    },
  },
  installations: {
    sorts: {
      state: 'status',
      timeZone: "cells ->> '$[2]'",
      userCount: "cells ->> '$[3]'",
      provider: '(SELECT label FROM list WHERE list.no = e.list)',
      connection: '(SELECT connection FROM list WHERE list.no = e.list)',
    },
    index(cells) {
      const [id, name, state] = cells as InstallationCells;
      return { id, name: markWords(fold(name)), rest: markWords(fold(id)), status: state ?? '', roles: [] };
    },
    row(key, cells) {
      const [id, name, state, timeZone, userCount] = cells as InstallationCells;
      const provider = key.kind === 'installations' ? key.provider : 'oauth2';
      return { connection: key.connection, provider, id, name, state, timeZone, userCount };
    },
  },
};
